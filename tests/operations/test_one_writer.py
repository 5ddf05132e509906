"""Whoever writes the warehouse waits for the others: our own processes, a dbt by hand, a program that knows nothing."""

import os
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import psutil
import pytest

from ingestion import store
from ingestion.errors import WarehouseBusy
from ingestion.settings import ROOT, Settings, get_settings
from ingestion.store import open_warehouse, writer_lock
from tests.stages import DBT, copy_dbt_project

OPENED = "connection ok"
CHILD = "import os, time, one_writer as o; o._die_with(os.getppid()); print(os.getpid(), flush=True); time.sleep(600)"
PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {CHILD!r}])"
HOLD = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.readline()"


@pytest.fixture
def project(home: Settings, tmp_path: Path) -> Path:
    """A dbt project of its own, beside a warehouse."""
    with open_warehouse():
        pass
    return copy_dbt_project(tmp_path / "project")


def start_dbt(project: Path, home: Settings, **variables: str) -> "subprocess.Popen[str]":
    """dbt opening the warehouse, as a person at a shell has it do."""
    environment = os.environ | {"YIBIAO_HOME": str(home.home)} | variables
    return subprocess.Popen(
        [DBT, "debug"], cwd=project, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def test_a_dbt_by_hand_waits_for_the_writer_and_one_started_by_it_does_not(home: Settings, project: Path) -> None:
    with writer_lock(home):
        own = start_dbt(project, home, YIBIAO_LOCK_HOLDER=str(os.getpid()))
        printed = own.communicate()[0]
        assert own.returncode == 0 and OPENED in printed, printed
        waiting = start_dbt(project, home)
        assert waiting.stdout is not None
        line = ""
        while "占用" not in line:
            line = waiting.stdout.readline()
            assert line, "it ended without waiting"
        assert "pipeline.lock" in line
        assert waiting.poll() is None
    printed = waiting.communicate()[0]
    assert waiting.returncode == 0 and OPENED in printed, printed


def test_a_dbt_does_not_outlive_the_holder_of_the_locks(home: Settings) -> None:
    """Killed alone, as the system does when memory runs out, it would leave dbt writing beside the next run."""
    environment = os.environ | {"PYTHONPATH": str(ROOT / "dbt_project" / "plugins")}
    with subprocess.Popen([sys.executable, "-c", PARENT], env=environment, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        assert child.is_running()
        parent.kill()
        assert psutil.wait_procs([child], timeout=60)[1] == []


def test_a_program_that_knows_of_no_lock_is_waited_for_and_then_named(
    home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_warehouse():
        pass
    command = [sys.executable, "-c", HOLD, str(home.pipeline_file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdin is not None and holder.stdout is not None
        holder.stdout.readline()
        monkeypatch.setattr(store, "PATIENCE_SECONDS", 0.3)
        with pytest.raises(WarehouseBusy, match=rf"(?s){holder.pid}.*analyst\.duckdb"), open_warehouse():
            pass
        monkeypatch.setattr(store, "PATIENCE_SECONDS", 60.0)
        tried: list[float] = []

        def connect(*arguments, **options):
            tried.append(time.monotonic())
            if len(tried) == 3:  # seen to be in the way twice: now it goes
                holder.stdin.close()
                holder.wait()
            return original(*arguments, **options)

        original = duckdb.connect
        monkeypatch.setattr(duckdb, "connect", connect)
        with open_warehouse() as connection:
            assert connection.execute("select 42").fetchall() == [(42,)]
    assert len(tried) == 3
    get_settings.cache_clear()
