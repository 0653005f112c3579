# syntax=docker/dockerfile:1
# One image for the API (`serve`), workers (`work`) and migrations (`migrate`).

FROM python:3.11-slim AS build
RUN pip install --no-cache-dir --disable-pip-version-check uv==0.13.9
WORKDIR /src
RUN python -m venv --without-pip /opt/readout
# Of the lock what the service needs: its versions and hashes hold, its tools for developers stay out.
COPY requirements.lock pyproject.toml ./
RUN uv pip install --no-cache --compile-bytecode --python /opt/readout/bin/python --constraint requirements.lock --requirement pyproject.toml --extra otel
COPY README.md LICENSE ./
COPY schemas schemas
COPY prompts prompts
COPY pipeline pipeline
COPY store store
COPY worker worker
COPY api api
RUN uv pip install --no-cache --compile-bytecode --python /opt/readout/bin/python --no-deps .

FROM python:3.11-slim
RUN useradd --system --uid 10001 --user-group --home-dir /data --create-home readout
COPY --from=build /opt/readout /opt/readout
ENV PATH=/opt/readout/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    MALLOC_ARENA_MAX=2 \
    READOUT_HOST=0.0.0.0 \
    READOUT_PORT=8000 \
    READOUT_AUTH=required \
    READOUT_LOG_FORMAT=json
WORKDIR /data
USER 10001:10001
EXPOSE 8000
# Of the API. A worker has no port: switch the check off there, as compose.yaml does.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ[\"READOUT_PORT\"]}/health/live', timeout=2)"]
ENTRYPOINT ["readout"]
CMD ["serve"]
