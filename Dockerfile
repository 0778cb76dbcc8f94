# The image of web, worker, beat and migrate: the same code, started with another command.
FROM node:22-bookworm-slim AS frontend
WORKDIR /site
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-progress
COPY assets ./assets
RUN npm run build --silent

FROM python:3.12-slim-bookworm
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /site
COPY requirements.txt ./
RUN pip install --no-cache-dir --require-hashes --only-binary :all: --requirement requirements.txt
COPY . .
COPY --from=frontend /site/static_build ./static_build
RUN useradd --system --uid 1000 jtrack && install -d -o jtrack -m 0700 /var/lib/jtrack
ENV JTRACK_HOME=/var/lib/jtrack
USER jtrack
CMD ["gunicorn", "jtrack.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4", "--no-control-socket"]
