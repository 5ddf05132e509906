# 一区一表: the program and its locked dependencies, run by a user without rights.
FROM python:3.11-slim-bookworm AS dependencies
WORKDIR /opt/yibiao
ENV UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
RUN pip install --no-cache-dir uv
COPY pyproject.toml uv.lock ./
# uv checks every package against the hash in uv.lock.
RUN uv sync --locked --no-default-groups --group deployment --compile-bytecode --no-cache

FROM python:3.11-slim-bookworm
RUN groupadd --gid 1000 yibiao \
    && useradd --uid 1000 --gid 1000 --create-home yibiao \
    && install -d -o yibiao -g yibiao -m 0750 /data /var/lib/yibiao/airflow /opt/yibiao
WORKDIR /opt/yibiao
COPY --from=dependencies /opt/yibiao/.venv .venv
COPY pyproject.toml ./
COPY ingestion ingestion
COPY expectations expectations
COPY reports reports
COPY operations operations
COPY samples samples
COPY dags dags
# dbt writes its compiled models and the copy of the registry beside the models.
COPY --chown=yibiao:yibiao dbt_project dbt_project
ENV PATH=/opt/yibiao/.venv/bin:$PATH \
    PYTHONPATH=/opt/yibiao \
    PYTHONUNBUFFERED=1 \
    DO_NOT_TRACK=1
USER yibiao
VOLUME /data
