"""The deployment of docker-compose.yml, run for real without containers: PostgreSQL, both executors, roles, one DAG."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest

from ingestion.settings import get_settings
from operations.airflow_client import AirflowClient, DagRun
from operations.airflow_processes import WAREHOUSE_POOL
from tests.operations.deployment import Deployment, admin_of, running_deployment

pytestmark = [pytest.mark.services, pytest.mark.timeout(900)]
RUN_SECONDS = 180
DAG = "intake"


@dataclass
class Running:
    deployment: Deployment
    client: AirflowClient
    folder: Path


@pytest.fixture(scope="module", params=["", "CeleryExecutor"], ids=["LocalExecutor", "CeleryExecutor"])
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The whole deployment, once for each executor."""
    folder = tmp_path_factory.mktemp("deployment")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YIBIAO_HOME", str(folder / "home"))
        get_settings.cache_clear()
        settings = get_settings()
        with running_deployment(settings, folder, request.param) as deployment:
            address = f"http://127.0.0.1:{deployment.port}"
            client = AirflowClient(address, *admin_of(deployment), deployment.check)
            yield Running(deployment, client, folder)
            client.close()
    get_settings.cache_clear()


def login(client: AirflowClient, user: str, password: str) -> httpx.Client:
    answer = httpx.post(f"{client.address}/auth/token", json={"username": user, "password": password}, trust_env=False)
    answer.raise_for_status()
    token = answer.json()["access_token"]
    return httpx.Client(
        base_url=client.address, headers={"Authorization": f"Bearer {token}"}, trust_env=False, timeout=30
    )


def test_a_dag_triggered_by_the_api_succeeds_and_leaves_its_files_in_the_volume(running):
    home = get_settings().home
    run_id = running.client.trigger(DAG, {})

    def is_done(runs: list[DagRun]) -> bool:
        return any(run.run_id == run_id and run.state == "success" for run in runs)

    running.client.wait_until(is_done, RUN_SECONDS, DAG)
    (run,) = [run for run in running.client.dag_runs(DAG) if run.run_id == run_id]
    assert {task["state"] for task in running.client.task_instances(run)} <= {"success", "skipped"}
    assert running.client.task_log(run, "sweep_inbox", 1)
    assert list((home / "airflow" / "logs").rglob(f"run_id={run_id}/**/*.log"))
    assert (home / "warehouse" / "pipeline.duckdb").is_file()


def test_the_executor_is_the_one_that_the_profile_names(running, request):
    wanted = request.node.callspec.params["running"] or "LocalExecutor"
    assert running.deployment.environment_of("scheduler")["AIRFLOW__CORE__EXECUTOR"] == wanted
    assert ("worker" in running.deployment.running) == (wanted == "CeleryExecutor")
    if wanted == "CeleryExecutor":
        assert "execute_workload" in (running.deployment.logs / "worker.log").read_text(encoding="utf-8")


def test_the_metadata_lies_in_postgresql(running):
    import psycopg2  # only the group for services has it
    from sqlalchemy.engine import make_url

    environment = running.deployment.environment_of("scheduler")
    url = make_url(environment["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"])
    with (
        psycopg2.connect(
            host=url.host, port=url.port, user=url.username, password=url.password, dbname=url.database
        ) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("select count(*) from dag_run where dag_id = %s", (DAG,))
        (count,) = cursor.fetchone()
    connection.close()
    assert count >= 1
    # A worker has no way to the database and makes itself a file without tables.
    files = {path.relative_to(running.folder).parts[0]: path for path in running.folder.rglob("airflow.db")}
    assert set(files) <= {"worker"}
    for path in files.values():
        with closing(sqlite3.connect(path)) as empty:
            assert empty.execute("select name from sqlite_master").fetchall() == []


def test_the_database_is_cleaned_wherever_the_tasks_run(running):
    """By the triggerer, which knows the database; a worker does not."""
    run_id = running.client.trigger("housekeeping", {})

    def is_done(runs: list[DagRun]) -> bool:
        return any(run.run_id == run_id and run.state == "success" for run in runs)

    running.client.wait_until(is_done, RUN_SECONDS, "housekeeping")
    (run,) = [run for run in running.client.dag_runs("housekeeping") if run.run_id == run_id]
    printed = "\n".join(running.client.task_log(run, "clean_database", 1))
    assert "Checking table dag_run" in printed and "Checking table task_instance" in printed


def test_the_pool_has_one_slot(running):
    assert running.client.pool_slots()[WAREHOUSE_POOL] == 1


def test_roles_hold(running):
    """A viewer reads and may not run; who has no role sees nothing; nobody comes in without a password."""
    with login(running.client, *admin_of(running.deployment)) as admin:
        for name, role in (("reader", "Viewer"), ("nobody", "Public")):
            user = {
                "username": name, "password": f"{name}-password", "first_name": name, "last_name": name,
                "email": f"{name}@localhost", "roles": [{"name": role}],
            }  # fmt: skip
            answer = admin.post("/auth/fab/v1/users", json=user)
            assert answer.status_code == 200, answer.text
    body = {"logical_date": None, "conf": {}}
    with login(running.client, "reader", "reader-password") as reader:
        assert reader.get("/api/v2/dags").status_code == 200
        assert reader.get("/api/v2/plugins").status_code == 200
        assert reader.get("/yibiao/published/").status_code == 200
        assert reader.post(f"/api/v2/dags/{DAG}/dagRuns", json=body).status_code == 403
    with login(running.client, "nobody", "nobody-password") as nobody:
        assert nobody.get("/yibiao/published/").status_code == 403
        assert nobody.get("/api/v2/dags").status_code == 403
    assert httpx.get(f"{running.client.address}/yibiao/published/", trust_env=False).status_code == 401
    wrong = {"username": "admin", "password": "admin"}
    assert httpx.post(f"{running.client.address}/auth/token", json=wrong, trust_env=False).status_code == 401


def test_everything_listens_on_loopback_only(running):
    heads = [psutil.Process(process.pid) for process in running.deployment.running.values()]
    processes = heads + [child for head in heads for child in head.children(recursive=True)]
    listening = {
        connection.laddr.ip
        for process in processes
        for connection in process.net_connections()
        if connection.status == psutil.CONN_LISTEN
    }
    assert listening == {"127.0.0.1"}


def test_a_part_that_is_gone_is_reported_by_its_health_check(running, monkeypatch):
    assert running.deployment.health("scheduler").returncode == 0
    environment = running.deployment.services["scheduler"]["environment"]
    monkeypatch.setitem(environment, "AIRFLOW__CORE__EXECUTION_API_SERVER_URL", "http://127.0.0.1:1/execution/")
    assert running.deployment.health("scheduler").returncode == 1
