"""The environment of Airflow's processes: its own home, loopback, secrets that nobody else can read."""

import json
import socket
import stat
from urllib.parse import urlsplit

import pytest
from pydantic import SecretStr

from ingestion.settings import ROOT
from operations.airflow_client import AirflowError
from operations.airflow_environment import LOOPBACK, USER, airflow_environment, free_port, password_file
from operations.airflow_processes import AirflowProcesses, is_alive


def test_everything_lies_under_the_home_and_listens_on_loopback(home):
    environment = airflow_environment(home, 9999)
    assert environment["AIRFLOW_HOME"] == str(home.airflow_home)
    database = urlsplit(environment["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"])
    assert (database.scheme, database.path) == ("sqlite", f"/{home.airflow_home}/airflow.db")
    assert environment["AIRFLOW__API__HOST"] == LOOPBACK
    execution = urlsplit(environment["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"])
    assert (execution.hostname, execution.port) == (LOOPBACK, 9999)
    assert environment["AIRFLOW__API__PORT"] == "9999"


def test_tasks_see_the_settings_of_this_process_and_nothing_of_another_airflow(home, monkeypatch):
    monkeypatch.setenv("AIRFLOW__CORE__DAGS_FOLDER", "/elsewhere")
    monkeypatch.setenv("AIRFLOW_CONN_OTHER", "x")
    monkeypatch.setenv("YIBIAO_TRUST_RECEIPTS", "0")
    environment = airflow_environment(home.model_copy(update={"trust_receipts": True}), 9999)
    assert environment["AIRFLOW__CORE__DAGS_FOLDER"] == str(ROOT / "dags")
    assert "AIRFLOW_CONN_OTHER" not in environment
    assert environment["YIBIAO_HOME"] == str(home.home)
    assert environment["YIBIAO_TRUST_RECEIPTS"] == "True"
    assert environment["PYTHONPATH"] == str(ROOT)


def test_tasks_get_secret_settings_as_they_are_and_no_token_that_they_do_not_need(home):
    address, token = "json://user:pass@127.0.0.1:1/", "a-token-for-this-test-only"
    secret = {"notify_urls": SecretStr(address), "remote_token": SecretStr(token)}
    environment = airflow_environment(home.model_copy(update=secret), 9999)
    assert environment["YIBIAO_NOTIFY_URLS"] == address
    assert token not in environment.values()


def test_secrets_are_generated_once_for_each_home_and_private(home, tmp_path):
    first, again = airflow_environment(home, 1), airflow_environment(home, 2)
    other = airflow_environment(home.model_copy(update={"home": tmp_path / "other"}), 1)
    for name in ("AIRFLOW__API__SECRET_KEY", "AIRFLOW__API_AUTH__JWT_SECRET", "AIRFLOW__CORE__FERNET_KEY"):
        assert first[name] == again[name] != other[name]
        assert len(first[name]) >= 40
    for path in (password_file(home.airflow_home), home.airflow_home / "secrets.json"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(json.loads(password_file(home.airflow_home).read_text())[USER]) >= 12


def test_another_port_is_chosen_where_the_usual_one_is_taken():
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        taken.listen()
        port = taken.getsockname()[1]
        chosen = free_port(port)
        assert chosen != port
    assert free_port(port) == port


def test_a_home_whose_airflow_still_runs_is_not_started_twice(home):
    first = AirflowProcesses(home)
    with pytest.raises(AirflowError, match="还在运行"):
        AirflowProcesses(home)
    first.stop()
    AirflowProcesses(home).stop()


def test_a_process_that_dies_is_reported_with_the_end_of_its_log(home):
    processes = AirflowProcesses(home)
    processes.running["scheduler"] = processes.spawn("scheduler", ["-c", "raise SystemExit('last words')"])
    processes.running["scheduler"].wait()
    with pytest.raises(AirflowError, match=r"scheduler 已退出(?s:.)*last words"):
        processes.check()
    processes.stop()


def test_stopping_leaves_no_child_behind_even_one_that_ignores_the_request(home):
    processes = AirflowProcesses(home)
    script = home.home / "stubborn.py"
    script.write_text(
        "import signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], process_group=0)\n"
        "print('ready', flush=True)\n"
        "time.sleep(600)\n"
    )
    process = processes.spawn("stubborn", [str(script)])
    processes.running["stubborn"] = process
    while "ready" not in processes.log_tail("stubborn"):
        assert process.poll() is None
    members = processes.members()
    assert len(members) == 2
    processes.stop(patience_seconds=1)
    assert not [pid for pid in members if is_alive(pid)]
