# One image; docker-compose.yml chooses the role by command.
FROM python:3.12-slim

RUN useradd --create-home seedbed && mkdir -p /srv/seedbed /var/lib/seedbed \
    && chown seedbed: /srv/seedbed /var/lib/seedbed
WORKDIR /srv/seedbed

COPY requirements/app.txt requirements/app.txt
RUN pip install --no-cache-dir --no-deps -r requirements/app.txt

COPY pyproject.toml README.md alembic.ini ./
COPY backend backend
COPY workers workers
COPY dashboard dashboard
COPY migrations migrations
# Compiled here, where it may be written: else each start of a process would do it.
RUN pip install --no-cache-dir --no-deps -e . && python -m compileall -q backend workers dashboard

USER seedbed
ENV SEEDBED_HOME=/var/lib/seedbed PYTHONUNBUFFERED=1
