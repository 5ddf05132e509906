"""Who does something now, for the journal: nothing that a notice holds depends on it."""

import os
import pwd
from datetime import UTC, datetime


def recorded_now() -> dict[str, str]:
    """When and by whom an entry of the journal is written; the moment in UTC to the second."""
    moment = datetime.now(UTC).replace(microsecond=0, tzinfo=None)
    return {"recorded_at": f"{moment.isoformat()}Z", "recorded_by": actor()}


def actor() -> str:
    """The user of the operating system, and inside Airflow the run that it works for."""
    # Airflow sets these for every task.
    names = ("AIRFLOW_CTX_DAG_ID", "AIRFLOW_CTX_DAG_RUN_ID")
    run = " ".join(filter(None, (os.environ.get(name) for name in names)))
    return f"{_user()}（Airflow {run}）" if run else _user()


def _user() -> str:
    """By name, or by number where the machine knows no name, as in some containers."""
    number = os.getuid()
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"uid {number}"
