"""A small client of Airflow's REST API: what the demonstration, `make up` and the tests ask of a running Airflow."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
from tenacity import retry, retry_if_exception, stop_after_delay, wait_fixed

_PAGE_SIZE = 100
_LOG_LINES = 25
_POLL_SECONDS = 1.5
_QUESTION_OF = ("dag_id", "dag_run_id", "task_id", "map_index")


class AirflowError(Exception):
    """Airflow did not start, stopped running, failed a run or took too long; the text says which and why."""


@dataclass(frozen=True)
class DagRun:
    """One run as Airflow reports it. `state` is queued, running, success or failed."""

    dag_id: str
    run_id: str
    partition_key: str | None
    state: str
    run_type: str


@dataclass(frozen=True)
class Question:
    """What a task waits to be told by a person."""

    dag_id: str
    run_id: str
    task_id: str
    map_index: int
    subject: str
    body: str


def _is_passing(error: BaseException) -> bool:
    """SQLite answers some requests with 503 while another process writes; a second try a moment later goes through."""
    if isinstance(error, httpx.HTTPStatusError):
        return error.response.status_code in (429, 500, 503)
    return isinstance(error, httpx.TransportError)


class AirflowClient:
    """Talks to one Airflow as one user. What passes by itself is tried again for 30 s, then AirflowError."""

    def __init__(
        self, address: str, user: str, password: str, check_processes: Callable[[], None] = lambda: None
    ) -> None:
        """`address` without a path, such as http://127.0.0.1:8080; `check_processes` raises when a process has died."""
        self.address = address
        self.user = user
        self.check_processes = check_processes
        self._password = password
        # An HTTP proxy of the environment must not be asked for an address of this machine.
        self._http = httpx.Client(base_url=address, timeout=30, trust_env=False)

    def close(self) -> None:
        """Closes the connections."""
        self._http.close()

    def health(self) -> dict[str, str | None]:
        """State of each component ("healthy" or not), empty while the API does not answer yet. Needs no login."""
        try:
            answer = self._http.get("/api/v2/monitor/health", timeout=5)
            answer.raise_for_status()
        except httpx.HTTPError:
            return {}
        return {name: part.get("status") for name, part in answer.json().items() if part}

    def dag_ids(self) -> set[str]:
        """The DAGs that Airflow has read so far."""
        return {dag["dag_id"] for dag in self._pages("/api/v2/dags", "dags")}

    def import_errors(self) -> list[str]:
        """File and reason of every DAG file that could not be read."""
        errors = self._pages("/api/v2/importErrors", "import_errors")
        return [f"{error['filename']}: {error['stack_trace']}" for error in errors]

    def ensure_pool(self, name: str, slots: int, description: str) -> None:
        """Creates a pool, or gives an existing one this many slots."""
        body = {"slots": slots, "description": description, "include_deferred": False}
        if name in self.pool_slots():
            self._request("PATCH", f"/api/v2/pools/{name}", json=body | {"pool": name})
        else:
            self._request("POST", "/api/v2/pools", json=body | {"name": name})

    def pool_slots(self) -> dict[str, int]:
        """Slots by pool."""
        return {pool["name"]: pool["slots"] for pool in self._pages("/api/v2/pools", "pools")}

    def create_backfill(
        self,
        dag_id: str,
        from_date: datetime,
        to_date: datetime,
        conf: dict[str, Any],
        reprocess_behavior: str = "none",
        max_active_runs: int = 3,
    ) -> int:
        """Asks for the runs of the partitions between two dates (both inclusive); returns the backfill's id.

        `reprocess_behavior` "completed" runs partitions again that have run already.
        """
        body = {
            "dag_id": dag_id,
            "from_date": from_date.isoformat(),
            "to_date": to_date.isoformat(),
            "dag_run_conf": conf,
            "reprocess_behavior": reprocess_behavior,
            "max_active_runs": max_active_runs,
        }
        return int(self._request("POST", "/api/v2/backfills", json=body)["id"])

    def pause(self, dag_id: str) -> None:
        """No run of this DAG starts until somebody lets it."""
        self._request("PATCH", f"/api/v2/dags/{dag_id}", json={"is_paused": True})

    def trigger(self, dag_id: str, conf: dict[str, Any], partition_key: str | None = None) -> str:
        """Starts one run by hand; returns its id."""
        body = {"logical_date": None, "conf": conf, "partition_key": partition_key}
        return str(self._request("POST", f"/api/v2/dags/{dag_id}/dagRuns", json=body)["dag_run_id"])

    def dag_runs(self, dag_id: str = "~") -> list[DagRun]:
        """Every run of a DAG, or of all DAGs, oldest first."""
        runs = self._pages(f"/api/v2/dags/{dag_id}/dagRuns", "dag_runs", order_by="id")
        return [
            DagRun(run["dag_id"], run["dag_run_id"], run["partition_key"], run["state"], run["run_type"])
            for run in runs
        ]

    def wait_until(self, is_done: Callable[[list[DagRun]], bool], seconds: float, what: str) -> None:
        """Asks again and again, with all runs so far, until `is_done`.

        AirflowError when a run failed, a process died or the time is over; `what` names what was waited for.
        """
        deadline = time.monotonic() + seconds
        while True:
            self.check_processes()
            runs = self.dag_runs()
            if failed := [run for run in runs if run.state == "failed"]:
                raise AirflowError("运行失败：\n" + "\n".join(self.failure_report(run) for run in failed))
            if is_done(runs):
                return
            if time.monotonic() > deadline:
                open_runs = [self._where(run) for run in runs if run.state != "success"]
                raise AirflowError(f"等待{what}超过 {seconds:.0f} 秒；未完成的运行：{'、'.join(open_runs) or '无'}")
            time.sleep(_POLL_SECONDS)

    def open_questions(self, dag_id: str = "~") -> list[Question]:
        """What tasks of a DAG, or of all DAGs, wait to be told by a person."""
        path = f"/api/v2/dags/{dag_id}/dagRuns/~/hitlDetails"
        details = self._pages(path, "hitl_details", response_received=False, state="awaiting_input")
        return [
            Question(*(detail["task_instance"][name] for name in _QUESTION_OF), detail["subject"], detail["body"] or "")
            for detail in details
        ]

    def answer(self, question: Question, option: str, values: dict[str, Any]) -> None:
        """Chooses one of the question's options and fills in its fields; the task goes on."""
        path = (
            f"/api/v2/dags/{question.dag_id}/dagRuns/{question.run_id}/taskInstances/{question.task_id}"
            f"/{question.map_index}/hitlDetails"
        )
        self._request("PATCH", path, json={"chosen_options": [option], "params_input": values})

    def task_instances(self, run: DagRun) -> list[dict[str, Any]]:
        """The tasks of a run as the API describes them."""
        return list(self._pages(f"{self._run_path(run)}/taskInstances", "task_instances"))

    def failure_report(self, run: DagRun) -> str:
        """DAG, period, task and the last log lines of each failed task of a run."""
        failed = [task for task in self.task_instances(run) if task["state"] == "failed"]
        lines = [f"{run.dag_id} {run.partition_key or run.run_id}: {run.state}"]
        for task in failed:
            lines.append(f"  {task['task_id']} (第 {task['try_number']} 次)")
            lines += [f"    {line}" for line in self.task_log(run, task["task_id"], task["try_number"])[-_LOG_LINES:]]
        return "\n".join(lines)

    def _where(self, run: DagRun) -> str:
        """DAG, period and state of a run, and the tasks it stands at."""
        tasks = [task for task in self.task_instances(run) if task["state"] not in (None, "success", "skipped")]
        at = "、".join(f"{task['task_id']} {task['state']}" for task in tasks)
        return f"{run.dag_id} {run.partition_key} {run.state}" + (f"（{at}）" if at else "")

    def task_log(self, run: DagRun, task_id: str, try_number: int) -> list[str]:
        """The log lines of one try, errors with their type and text."""
        path = f"{self._run_path(run)}/taskInstances/{task_id}/logs/{try_number}"
        content = self._request("GET", path, params={"full_content": True}, headers={"Accept": "application/json"})
        lines = [line for entry in content["content"] for line in _log_lines(entry)]
        return [line for line in lines if not line.startswith("::")]  # marks that only fold the log in a browser

    @staticmethod
    def _run_path(run: DagRun) -> str:
        return f"/api/v2/dags/{run.dag_id}/dagRuns/{run.run_id}"

    def _pages(self, path: str, key: str, **params: Any) -> Iterator[dict[str, Any]]:
        offset = 0
        while True:
            page = self._request("GET", path, params=params | {"limit": _PAGE_SIZE, "offset": offset})
            yield from page[key]
            offset += len(page[key])
            if not page[key] or offset >= page["total_entries"]:
                return

    def _request(self, method: str, path: str, **arguments: Any) -> dict[str, Any]:
        try:
            return self._attempt(method, path, **arguments)
        except httpx.HTTPStatusError as error:
            raise AirflowError(f"{method} {path}: {error.response.status_code} {error.response.text}") from error
        except httpx.HTTPError as error:
            self.check_processes()
            raise AirflowError(f"{method} {path}: {error}") from error

    @retry(retry=retry_if_exception(_is_passing), stop=stop_after_delay(30), wait=wait_fixed(1), reraise=True)
    def _attempt(self, method: str, path: str, **arguments: Any) -> dict[str, Any]:
        if "Authorization" not in self._http.headers:
            self._log_in()
        answer = self._http.request(method, path, **arguments)
        answer.raise_for_status()
        return dict(answer.json())

    def _log_in(self) -> None:
        answer = self._http.post("/auth/token", json={"username": self.user, "password": self._password})
        answer.raise_for_status()
        self._http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"


def _log_lines(entry: Any) -> Iterator[str]:
    if isinstance(entry, str):
        yield entry
        return
    yield str(entry.get("event", ""))
    for error in entry.get("error_detail") or []:
        yield f"{error.get('exc_type')}: {error.get('exc_value')}"
