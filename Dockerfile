# The image of web, worker, beat, migrate and keys: the same code, started with another command.
# It holds no secret, no data, no tests and no developer's tools; .dockerignore lets in only what is named there.

FROM node:22-bookworm-slim AS frontend
WORKDIR /site
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-progress
COPY assets ./assets
RUN npm run build --silent

FROM python:3.12-slim-bookworm AS packages
WORKDIR /site
COPY requirements.txt .ci/live-requirements ./
RUN python -m venv /packages \
 && python live-requirements > live.txt \
 && /packages/bin/pip install --no-cache-dir --require-hashes --only-binary :all: --requirement live.txt \
 && /packages/bin/pip uninstall --yes pip

FROM python:3.12-slim-bookworm
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PATH=/packages/bin:$PATH \
    JTRACK_HOME=/var/lib/jtrack JTRACK_KEYS=/run/jtrack/keys JTRACK_PASSWORDS=/run/jtrack/passwords
RUN useradd --uid 1000 --user-group --no-create-home --home-dir /var/lib/jtrack --shell /usr/sbin/nologin jtrack \
 && install -d -o jtrack -g jtrack -m 0700 /var/lib/jtrack /var/lib/jtrack/drop
COPY --from=packages /packages /packages
WORKDIR /site
COPY manage.py ./
COPY jtrack ./jtrack
COPY vault ./vault
COPY audit ./audit
COPY access ./access
COPY offenders ./offenders
COPY custody ./custody
COPY feeds ./feeds
COPY disclosures ./disclosures
COPY templates ./templates
COPY --from=frontend /site/static_build ./static_build
# Nobody may write here at run time, so what Python compiles is compiled now.
RUN python -m compileall -q /site /packages/lib
USER 1000:1000
EXPOSE 8000 9464
CMD ["gunicorn", "jtrack.wsgi", "--config", "python:jtrack.gunicorn"]
