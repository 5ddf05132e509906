"""One dbt build for as many publications as share its inputs."""

import logging
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ingestion.errors import YibiaoError
from ingestion.full_disk import naming_a_full_disk
from ingestion.registry import load_registry, project_lock
from ingestion.runs import record_run
from ingestion.settings import get_settings
from ingestion.store import open_warehouse, writer_lock

logger = logging.getLogger(__name__)


class BuildError(YibiaoError):
    """dbt could not build; the text holds the end of what it printed."""


@dataclass(frozen=True)
class Build:
    """What the marts now show: as-of time (aware UTC), fingerprint of all inputs, and whether dbt had to run."""

    as_of: datetime
    fingerprint: str
    was_needed: bool


def ensure_build(as_of: datetime | None = None) -> Build:
    """Bring the marts to the state of `as_of` (aware; default: now); dbt runs only if an input changed."""
    settings = get_settings()
    moment = as_of or datetime.now(UTC).replace(microsecond=0)
    registry = load_registry(settings.registry)
    # Other data folders share this project's registry copy: nobody else may build between the copy and the end of dbt.
    with naming_a_full_disk(settings.home), writer_lock(settings), project_lock():
        with open_warehouse() as connection:
            run = record_run(connection, registry, moment)
        if not run.is_built:
            registry.copy_for_dbt()
            _run_dbt()
            _warn_of_targets()
    return Build(moment, run.fingerprint, was_needed=not run.is_built)


def _run_dbt() -> None:
    """Everything but the unit tests, which belong to `make test`. The target folder keeps dbt's artefacts."""
    settings = get_settings()
    target = settings.home / "warehouse" / "dbt_target"
    command = [
        str(Path(sys.executable).with_name("dbt")), "build", "--exclude-resource-type", "unit_test",
        "--target-path", str(target), "--log-path", str(target),
    ]  # fmt: skip
    environment = os.environ | {
        "YIBIAO_HOME": str(settings.home),
        "DO_NOT_TRACK": "1",
        # dbt_project/plugins/one_writer.py would wait for this very process.
        "YIBIAO_LOCK_HOLDER": str(os.getpid()),
    }
    result = subprocess.run(
        command,
        cwd=settings.dbt_project,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if result.returncode:
        raise BuildError(f"dbt build failed ({result.returncode}):\n{result.stdout[-4000:]}")


def _warn_of_targets() -> None:
    """Say which city targets the reporters' parts miss, as dbt said it in the output that only a failure shows."""
    with open_warehouse(read_only=True) as connection:
        messages = connection.execute(
            "select message from marts.target_arithmetic where message is not null "
            "order by target_id, programme_id, period"
        ).fetchall()
    for (message,) in messages:
        logger.warning(message)
