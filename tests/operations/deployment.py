"""The services of docker-compose.yml as processes of this machine: the same commands, health checks and environment.

What the file says is asked of docker-compose itself, so that nothing is said twice. Only what a container brings is
put in its place: host names, ports and folders.
"""

import os
import pwd
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psutil
import yaml

from ingestion.settings import ROOT, Settings
from operations.airflow_environment import LOOPBACK, USER, free_port
from operations.airflow_processes import AirflowProcesses, is_alive
from operations.deployment_secrets import write_environment

PATIENCE_SECONDS = 240
_PYTHON_PROGRAMS = ("airflow", "celery")


def written_environment(folder: Path, profile: str = "") -> Path:
    """A .env as `make deployment-env` writes it, with the profile chosen in it."""
    path = folder / ".env"
    write_environment(ROOT / ".env.example", path)
    if profile:
        with path.open("a", encoding="utf-8") as file:
            file.write(f"COMPOSE_PROFILES={profile}\n")
    return path


def compose_config(environment_file: Path) -> dict[str, Any]:
    """The whole file as Debian's docker-compose understands it, every variable filled in."""
    command = ["docker-compose", "--file", str(ROOT / "docker-compose.yml"), "--env-file", str(environment_file)]
    kept = {"PATH": os.environ["PATH"], "HOME": str(environment_file.parent), "LC_ALL": "C.UTF-8"}
    done = subprocess.run([*command, "config"], env=kept, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return dict(yaml.safe_load(done.stdout.replace("$$", "$")))


class Deployment(AirflowProcesses):
    """Starts services by name; every process is the head of a session of its own, ended together by `stop`."""

    def __init__(self, settings: Settings, config: dict[str, Any], folder: Path, postgres_port: int) -> None:
        """`folder` takes the place of what a container has for itself, the home of the settings that of the volume."""
        super().__init__(settings)
        self.services = config["services"]
        self.folder = folder
        self.places = {
            "/opt/yibiao": str(ROOT),
            "/var/lib/yibiao": str(folder / "{service}"),
            "/run/yibiao": str(folder),
            "/data": str(settings.home),
            "0.0.0.0": LOOPBACK,
            "postgres:5432": f"{LOOPBACK}:{postgres_port}",
            "redis:6379": f"{LOOPBACK}:{{redis}}",
            "api-server:8080": f"{LOOPBACK}:{self.port}",
            "8080": str(self.port),
            "6379": "{redis}",
        }
        redis = str(free_port(6379))
        self.places = {name: place.replace("{redis}", redis) for name, place in self.places.items()}
        self._pattern = re.compile("|".join(rf"(?<![\w.-]){re.escape(name)}(?![\w-])" for name in self.places))

    def here(self, service: str, text: str) -> str:
        """A text of the file with the names of this machine."""
        return self._pattern.sub(lambda match: self.places[match[0]], text).replace("{service}", service)

    def arguments(self, service: str, command: list[str]) -> list[str]:
        """A command of the file as it is run here: Python's programs by this Python."""
        program, *rest = [self.here(service, part) for part in command]
        if program in _PYTHON_PROGRAMS:
            return [sys.executable, "-m", program, *rest]
        return [sys.executable if program == "python" else program, *rest]

    def environment_of(self, service: str) -> dict[str, str]:
        """What the file gives the service, and nothing else of ours or of another Airflow."""
        given = self.services[service].get("environment") or {}
        values = {name: self.here(service, str(value)) for name, value in given.items()}
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        packages = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
        return {"PATH": path, "HOME": str(self.folder), "LC_ALL": "C.UTF-8"} | values | {"PYTHONPATH": packages}

    def launch(self, service: str) -> "subprocess.Popen[bytes]":
        """Starts the service's command; its output goes to its log."""
        (self.folder / service).mkdir(exist_ok=True)
        self.logs.mkdir(parents=True, exist_ok=True)
        with (self.logs / f"{service}.log").open("ab") as log:
            process = subprocess.Popen(
                self.arguments(service, self.services[service]["command"]),
                cwd=ROOT, env=self.environment_of(service), stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        self.running[service] = process
        return process

    def finish(self, service: str) -> None:
        """Runs a service that ends by itself, as depends_on waits for it."""
        assert self.launch(service).wait(PATIENCE_SECONDS) == 0, self.log_tail(service)
        del self.running[service]

    def wait_until_healthy(self, services: list[str]) -> None:
        """Asks each service's own health check until all say yes."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        for service in services:
            while (answer := self.health(service)).returncode != 0:
                self.check()
                assert time.monotonic() < deadline, f"{service}: {answer.stdout}{answer.stderr}{self.log_tail(service)}"
                time.sleep(1)

    def health(self, service: str) -> "subprocess.CompletedProcess[str]":
        """One health check of the file."""
        kind, *command = self.services[service]["healthcheck"]["test"]
        arguments = ["sh", "-c", self.here(service, command[0])] if kind == "CMD-SHELL" else []
        return subprocess.run(
            arguments or self.arguments(service, command), cwd=ROOT, env=self.environment_of(service),
            capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip


@contextmanager
def running_deployment(settings: Settings, folder: Path, profile: str = "") -> Iterator[Deployment]:
    """All services, healthy, for as long as the block runs; afterwards no process of them is alive."""
    config = compose_config(written_environment(folder, profile))
    services = [name for name, service in config["services"].items() if service.get("profiles", [profile]) == [profile]]
    started: set[int] = set()
    with ExitStack() as stack:
        postgres = stack.enter_context(running_postgres(config["services"]["postgres"], started))
        deployment = Deployment(settings, config, folder, postgres)
        stack.callback(lambda: _stop(deployment, started))
        if "redis" in services:
            deployment.launch("redis")
            deployment.wait_until_healthy(["redis"])
        deployment.finish("init")
        # A second start finds everything there.
        deployment.finish("init")
        ours = [name for name in services if name not in ("postgres", "redis", "init")]
        for name in ours:
            deployment.launch(name)
        deployment.wait_until_healthy(ours)
        yield deployment
    alive = [pid for pid in started if is_alive(pid)]
    assert alive == [], alive


def _stop(deployment: Deployment, started: set[int]) -> None:
    started |= {process.pid for process in psutil.Process().children(recursive=True)}
    deployment.stop()


def admin_of(deployment: Deployment) -> tuple[str, str]:
    """Name and password of the first user."""
    return USER, str(deployment.services["init"]["environment"]["YIBIAO_ADMIN_PASSWORD"])


@contextmanager
def running_postgres(service: dict[str, Any], started: set[int]) -> Iterator[int]:
    """A throw-away cluster of Debian's PostgreSQL with the service's user, password and database; yields its port."""
    given, port = service["environment"], free_port(5432)
    folder = Path(tempfile.mkdtemp(prefix="yibiao-postgres-"))
    run = _as_postgres(folder)
    try:
        password = folder / "password"
        password.write_text(given["POSTGRES_PASSWORD"] + "\n", encoding="utf-8")
        if os.getuid() == 0:
            shutil.chown(password, "postgres")
        password.chmod(0o600)
        user, data = given["POSTGRES_USER"], str(folder / "data")
        run("initdb", "--pgdata", data, "--username", user, "--pwfile", str(password), "--encoding", "UTF8",
            "--no-locale", *given["POSTGRES_INITDB_ARGS"].split())  # fmt: skip
        options = f"-c listen_addresses={LOOPBACK} -c port={port} -c unix_socket_directories={folder} -c fsync=off"
        run("pg_ctl", "--pgdata", data, "--log", str(folder / "log"), "--options", options, "--wait", "start")
        try:
            started.add(int((folder / "data" / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0]))
            login = {"PGPASSWORD": given["POSTGRES_PASSWORD"], "PGPORT": str(port), "PATH": os.environ["PATH"]}
            create = ["createdb", "--host", LOOPBACK, "--username", user, given["POSTGRES_DB"]]
            subprocess.run([_postgres_program(create[0]), *create[1:]], env=login, check=True)
            subprocess.run(service["healthcheck"]["test"][1:], env=login, check=True)
            yield port
        finally:
            run("pg_ctl", "--pgdata", data, "--mode", "fast", "--wait", "stop")
    finally:
        shutil.rmtree(folder)


def _as_postgres(folder: Path) -> Callable[..., None]:
    """Runs PostgreSQL's programs; they refuse to be root, so root becomes the user that Debian's package made."""
    user = pwd.getpwnam("postgres" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name)
    if os.getuid() == 0:
        shutil.chown(folder, user.pw_uid, user.pw_gid)

    def run(program: str, *arguments: str) -> None:
        change = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if os.getuid() == 0 else {}
        done = subprocess.run(
            [_postgres_program(program), *arguments], cwd=folder, check=False, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT, **change,
        )  # fmt: skip
        log = folder / "log"
        assert done.returncode == 0, log.read_text(encoding="utf-8") if log.exists() else program

    return run


def _postgres_program(name: str) -> str:
    """Debian keeps the server's programs outside PATH, by version."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    return str(found[-1]) if found else name
