# The two commands are `make run` and `make test`; the others are parts of them.

PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed

export JTRACK_HOME ?= $(CURDIR)/.jtrack
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: run test check bench drill install frontend browser keys lock

run: install ## Set up whatever is missing and serve http://127.0.0.1:$(PORT)
	@PORT=$(PORT) exec $(BIN)/python -m jtrack.run

test: check frontend browser ## Every check and every test, browser tests included
	@$(BIN)/python tests/run_all.py

check: install frontend keys ## Format, lint, types, layers, deployment settings, missing migrations
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@JTRACK_HTTPS=yes $(BIN)/python manage.py check --deploy --fail-level WARNING
	@$(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run

bench: install keys ## Measurements, side by side
	@$(BIN)/python -m bench

drill: install frontend browser ## Switch each control off and expect its test to fail
	@$(BIN)/python -m pytest -m drill

install: $(INSTALLED) ## The Python environment, from pinned hashes

$(INSTALLED): requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed: make PYTHON=python3.11" if sys.version_info < (3, 11) else 0)'
	@echo "Python environment …"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --require-hashes --only-binary :all: --requirement requirements.txt
	@touch $@

frontend: install ## Stylesheet and scripts
	@$(BIN)/python -m jtrack.frontend

keys: install ## Keys and passwords, as far as they are missing
	@$(BIN)/python -m jtrack.embedded keys

browser: ## Chromium of the system's packages
	@.ci/browser

lock: install ## Pin requirements.in into requirements.txt
	@$(BIN)/python .ci/lock
