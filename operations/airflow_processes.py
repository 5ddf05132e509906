"""Starts and stops Airflow's processes on this machine.

Not `airflow standalone`: that opens log servers on every interface. Here everything listens on loopback only, and each
process is the head of a session of its own, so that at the end nothing of it stays behind.
"""

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from ingestion.settings import ROOT, Settings
from operations.airflow_client import AirflowClient, AirflowError
from operations.airflow_environment import LOOPBACK, USER, airflow_environment, free_port, read_password

WAREHOUSE_POOL = "warehouse_writer"
_START_SECONDS = 180
_STOP_SECONDS = 20
_LOG_LINES = 20
_COMPONENTS = ("metadatabase", "scheduler", "triggerer", "dag_processor")


class AirflowProcesses:
    """The four processes of one Airflow; `start` and `stop` once each."""

    def __init__(self, settings: Settings, wanted_port: int = 0) -> None:
        """Chooses the port, the wanted one if it is free; starts nothing yet."""
        self.logs = settings.airflow_logs
        self.port = free_port(wanted_port)
        self.environment = airflow_environment(settings, self.port)
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self._lock = _lock_home(settings.airflow_home)

    @property
    def commands(self) -> dict[str, list[str]]:
        """Arguments of `airflow` by process name."""
        return {
            "api-server": ["api-server", "--host", LOOPBACK, "--port", str(self.port), "--workers", "1"],
            "scheduler": ["scheduler", "--skip-serve-logs"],
            "dag-processor": ["dag-processor"],
            "triggerer": ["triggerer", "--skip-serve-logs"],
        }

    def prepare(self) -> None:
        """Creates Airflow's database or brings it up to date. AirflowError if that fails."""
        migration = self.running["db-migrate"] = self.spawn("db-migrate", _airflow("db", "migrate"))
        if migration.wait() != 0:
            raise AirflowError(f"airflow db migrate 失败：\n{self.log_tail('db-migrate')}")
        del self.running["db-migrate"]

    def start(self) -> None:
        """Starts the processes; returns at once."""
        for name, arguments in self.commands.items():
            self.running[name] = self.spawn(name, _airflow(*arguments))

    def check(self) -> None:
        """AirflowError if a process has ended by itself."""
        for name, process in self.running.items():
            if process.poll() is not None:
                raise AirflowError(f"{name} 已退出（代码 {process.returncode}）:\n{self.log_tail(name)}")

    def log_tail(self, name: str) -> str:
        """The last lines that a process wrote."""
        path = self.logs / f"{name}.log"
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else []
        return "\n".join([str(path), *lines[-_LOG_LINES:]])

    def stop(self, patience_seconds: float = _STOP_SECONDS) -> None:
        """Ends every process and everything it started: asked to first, made to when patience is over."""
        for pids, number in ((self._asked(), signal.SIGTERM), (None, signal.SIGKILL)):
            for pid in self.members() if pids is None else pids:
                with suppress(ProcessLookupError):
                    os.kill(pid, number)
            if self._wait_for_end(patience_seconds):
                break
        self.running.clear()
        os.close(self._lock)

    def _asked(self) -> set[int]:
        """The four heads, which end their own children in order, and all of the triggerer's: it does not hurry else."""
        sessions = {process.pid for name, process in self.running.items() if name == "triggerer"}
        heads = {process.pid for process in self.running.values() if process.poll() is None}
        return heads | self.members(sessions)

    def members(self, sessions: set[int] | None = None) -> set[int]:
        """Ids of all living processes of the given sessions; without any given, of all that we started."""
        if sessions is None:
            sessions = {process.pid for process in self.running.values()}
        return {pid for pid in psutil.pids() if _session(pid) in sessions and is_alive(pid)}

    def _wait_for_end(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for process in self.running.values():
                process.poll()
            if not self.members():
                return True
            time.sleep(0.2)
        return False

    def spawn(self, name: str, arguments: list[str]) -> "subprocess.Popen[bytes]":
        """Starts this Python with some arguments as the head of a session of its own; its output goes to its log."""
        self.logs.mkdir(parents=True, exist_ok=True)
        with (self.logs / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                # As long as any of them lives, the home stays locked.
                pass_fds=(self._lock,),
            )


@contextmanager
def running_airflow(
    settings: Settings, say: Callable[[str], None] = lambda text: None, wanted_port: int = 0
) -> Iterator[AirflowClient]:
    """Airflow on this machine for as long as the block runs; `say` is told what is being waited for.

    Without a wanted port any free one: of two that start together and want the same, one would speak to the other.
    Yields a client once all parts are healthy, all DAGs are read and the pool exists. AirflowError otherwise.
    """
    processes = AirflowProcesses(settings, wanted_port)
    address = f"http://{LOOPBACK}:{processes.port}"
    client = AirflowClient(address, USER, read_password(settings.airflow_home), processes.check)
    try:
        say("准备 Airflow 的数据库")
        processes.prepare()
        processes.start()
        _wait_until_ready(processes, client, say)
        yield client
    finally:
        client.close()
        say("停止 Airflow")
        processes.stop()


def end_on_termination() -> None:
    """Makes a termination signal end this program as Ctrl-C does, so that its Airflow is stopped with it."""

    def interrupt(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)


def _wait_until_ready(processes: AirflowProcesses, client: AirflowClient, say: Callable[[str], None]) -> None:
    _wait(processes, lambda: "metadatabase" in client.health(), lambda: say("启动 Airflow：等待接口应答"))
    client.ensure_pool(WAREHOUSE_POOL, 1, "数据仓库一次只允许一个写入者")
    expected = {path.stem for path in (ROOT / "dags").glob("*.py")}

    def is_ready() -> bool:
        if errors := client.import_errors():
            raise AirflowError("DAG 文件无法读取：\n" + "\n".join(errors))
        health = client.health()
        waiting = [name for name in _COMPONENTS if health.get(name) != "healthy"]
        missing = expected - client.dag_ids()
        read = f"已读入 {len(expected) - len(missing)}/{len(expected)} 个 DAG"
        say(f"启动 Airflow：{read}" + (f",等待 {'、'.join(waiting)}" if waiting else ""))
        return not waiting and bool(expected) and not missing

    _wait(processes, is_ready, lambda: None)


def _wait(processes: AirflowProcesses, is_done: Callable[[], bool], tell: Callable[[], None]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not is_done():
        processes.check()
        if time.monotonic() > deadline:
            raise AirflowError(f"Airflow 在 {_START_SECONDS} 秒内没有就绪，日志在 {processes.logs}")
        tell()
        time.sleep(1)


def _airflow(*arguments: str) -> list[str]:
    return ["-m", "airflow", *arguments]


def _lock_home(airflow_home: Path) -> int:
    """Takes the home for this Airflow; the processes inherit the lock, so it holds until the last of them has ended."""
    descriptor = os.open(airflow_home / "running.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise AirflowError(
            f"{airflow_home} 的 Airflow 还在运行；请先停止它，或用 YIBIAO_HOME 另选一个数据目录。"
        ) from None
    return descriptor


def _session(pid: int) -> int | None:
    try:
        return os.getsid(pid)
    except (ProcessLookupError, PermissionError):
        return None


def is_alive(pid: int) -> bool:
    """Whether a process exists and has not ended; one that only waits to be collected by its parent has."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
