"""The environment in which Airflow's processes run on this machine: all under one home, all on loopback."""

import json
import os
import secrets
import socket
import sys
from base64 import urlsafe_b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from ingestion.access import make_folder
from ingestion.settings import ROOT, Settings

LOOPBACK = "127.0.0.1"
USUAL_PORT = 8080
USER = "admin"
# With SQLite's own five seconds the scheduler ended on a busy machine: database is locked.
SQLITE_PATIENCE_SECONDS = 60


def free_port(wanted: int = 0) -> int:
    """The wanted port of the loopback interface if nobody has it, else one that is free."""
    for port in (wanted, 0):
        with socket.socket() as listener:
            try:
                listener.bind((LOOPBACK, port))
            except OSError:
                continue
            return int(listener.getsockname()[1])
    raise OSError(f"no free port on {LOOPBACK}")


def password_file(airflow_home: Path) -> Path:
    """Where the password of the user lies, generated once for each home."""
    return airflow_home / "passwords.json"


def read_password(airflow_home: Path) -> str:
    """The password of the user; generated at the first call."""
    path = password_file(airflow_home)
    passwords = _read_or_create(path, lambda: {USER: secrets.token_urlsafe(12)})
    return passwords[USER]


def airflow_environment(settings: Settings, port: int) -> dict[str, str]:
    """All environment variables of Airflow's processes. Variables of another Airflow of this user are left out."""
    home = settings.airflow_home
    make_folder(home, settings.home)
    read_password(home)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW_", "YIBIAO_"))}
    return kept | _of_python() | _of_settings(settings) | _of_airflow(settings, port) | _of_secrets(home)


def _of_python() -> dict[str, str]:
    """The interpreter's folder first, since Airflow starts programs by name; the repository root for our packages."""
    no_proxy = ",".join(filter(None, [os.environ.get("NO_PROXY", os.environ.get("no_proxy", "")), LOOPBACK]))
    return {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "NO_PROXY": no_proxy,
        "no_proxy": no_proxy,
    }


def _of_settings(settings: Settings) -> dict[str, str]:
    """The settings of this process, so that tasks see the same ones; of the remote readers' token they know nothing."""
    values = settings.model_dump(exclude={"remote_token"})
    return {f"YIBIAO_{name.upper()}": _plain(value) for name, value in values.items()}


def _plain(value: Any) -> str:
    """A secret prints as asterisks, which is no address."""
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


def database_address(settings: Settings) -> str:
    """Where Airflow's own database is: the setting, else a SQLite file in Airflow's home."""
    return settings.airflow_database.get_secret_value() or _sqlite_address(settings)


def _sqlite_address(settings: Settings) -> str:
    return f"sqlite:///{database_file(settings)}?timeout={SQLITE_PATIENCE_SECONDS}"


def database_file(settings: Settings) -> Path:
    """The SQLite file that is Airflow's database where no other is set."""
    return settings.airflow_home / "airflow.db"


def _of_airflow(settings: Settings, port: int) -> dict[str, str]:
    home = settings.airflow_home
    options = {
        "CORE__DAGS_FOLDER": ROOT / "dags",
        "CORE__PLUGINS_FOLDER": ROOT / "dags" / "plugins",
        "CORE__LOAD_EXAMPLES": False,
        "CORE__DAGS_ARE_PAUSED_AT_CREATION": False,
        "CORE__EXECUTOR": "LocalExecutor",
        # One task writes the warehouse at a time; the others only wait for the calendar.
        "CORE__PARALLELISM": 3,
        "CORE__EXECUTION_API_SERVER_URL": f"http://{LOOPBACK}:{port}/execution/",
        "CORE__SIMPLE_AUTH_MANAGER_USERS": f"{USER}:admin",
        "CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": password_file(home),
        "DATABASE__SQL_ALCHEMY_CONN": database_address(settings),
        "API__HOST": LOOPBACK,
        "API__PORT": port,
        "API__BASE_URL": f"http://{LOOPBACK}:{port}",
        "API__WORKERS": 1,
        "API__INSTANCE_NAME": "一区一表",
        "LOGGING__BASE_LOG_FOLDER": settings.airflow_logs,
        "DAG_PROCESSOR__PARSING_PROCESSES": 1,
        "DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": 120,
        "DAG_PROCESSOR__DAG_VERSION_INFLATION_CHECK_LEVEL": "error",
        "SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": 0.5,
    }
    return {"AIRFLOW_HOME": str(home)} | {f"AIRFLOW__{name}": str(value) for name, value in options.items()}


def _of_secrets(home: Path) -> dict[str, str]:
    """Keys of this home: tokens of one Airflow are worth nothing at another."""
    names = ("AIRFLOW__API__SECRET_KEY", "AIRFLOW__API_AUTH__JWT_SECRET", "AIRFLOW__CORE__FERNET_KEY")
    return _read_or_create(
        home / "secrets.json",
        lambda: {name: urlsafe_b64encode(secrets.token_bytes(32)).decode() for name in names},
    )


def _read_or_create(path: Path, create: Callable[[], dict[str, str]]) -> dict[str, str]:
    """A small JSON object that only this user may read."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(json.dumps(create()) + "\n")
    return dict(json.loads(path.read_text(encoding="utf-8")))
