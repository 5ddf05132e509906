"""The manifest of one edition: everything it was made from, nothing that the clock or the machine knows."""

import os
import subprocess
import tomllib
from datetime import datetime
from typing import Any

from ingestion.settings import ROOT
from reports.notice import Edition, has_illustrative
from reports.read import ResultSet


def build_manifest(result: ResultSet, edition: Edition, version: str) -> dict[str, Any]:
    """The manifest without the file hashes, which are added when the files are written."""
    build = result.row("build")
    return {
        "programme_id": result.programme_id,
        "period": result.period,
        "cadence": result.cadence,
        "version": edition.version,
        "is_draft": edition.is_draft,
        "previous_version": edition.previous_version,
        "as_of": _utc(build["as_of_at"]),
        "effective_as_of": _utc(build["effective_as_of_at"]),
        "registry_sha256": build["registry_sha256"],
        "build_fingerprint": build["fingerprint"],
        "code_version": version,
        "is_sample": result.is_sample,
        "has_illustrative_targets": has_illustrative(result),
        "row_counts": {name: table.num_rows for name, table in result.tables.items()},
        "inputs": [_input(row) for row in result.rows("inputs")],
        "inputs_added": [_input(row) for row in edition.inputs_added],
        "changes": edition.changes,
    }


def code_version() -> str:
    """The commit this code was checked out at, else the version in pyproject.toml."""
    if (ROOT / ".git").exists():
        git = subprocess.run(
            ["git", "-C", str(ROOT), "rev-parse", "--verify", "--quiet", "HEAD"],
            capture_output=True, text=True, check=False, env={**os.environ, "GIT_OPTIONAL_LOCKS": "0"},
        )  # fmt: skip
        if git.returncode == 0:
            return git.stdout.strip()
    with (ROOT / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])


def _input(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "receipt_id": row["receipt_id"],
        "sha256": row["sha256"],
        "file_name": row["file_name"],
        "reporter_id": row["reporter_id"],
        "period": row["period"],
        "received_at": _utc(row["received_at"]),
    }


def _utc(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat() + "Z"
