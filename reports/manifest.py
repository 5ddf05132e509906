"""The manifest of one edition: everything it was made from, nothing that the clock or the machine knows."""

import os
import subprocess
import tomllib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb

from ingestion.settings import ROOT, get_settings
from reports.notice import Edition, has_illustrative
from reports.read import ResultSet
from reports.signature import Signature


@dataclass(frozen=True)
class Origin:
    """What a notice is made from besides its result.

    Attributes:
        code_version: of this code.
        receipt_count: how many receipts the build knew: the first so many of the journal up to the as-of time.
        requires_reporter_folder: the setting of this name, which judging depends on.
    """

    code_version: str
    receipt_count: int
    requires_reporter_folder: bool


def origin_of(connection: duckdb.DuckDBPyConnection) -> Origin:
    """The origin of everything that is published from these marts."""
    (receipt_count,) = connection.execute("select count(*) from marts.receipts").fetchall()[0]
    return Origin(code_version(), receipt_count, get_settings().require_reporter_folder)


def build_manifest(
    result: ResultSet, edition: Edition, origin: Origin, signature: Signature | None = None
) -> dict[str, Any]:
    """The manifest without the file hashes, which are added with the files; `signed` is null without a signature."""
    build, period = result.row("build"), result.row("period")
    return {
        "programme_id": result.programme_id,
        "period": result.period,
        "cadence": result.cadence,
        "programme_name": result.row("programme")["programme_name"],
        "period_label": period["period_label"],
        "cadence_label": period["cadence_label"],
        "version": edition.version,
        "is_draft": edition.is_draft,
        "previous_version": edition.previous_version,
        "as_of": _utc(build["as_of_at"]),
        "effective_as_of": _utc(build["effective_as_of_at"]),
        "registry_sha256": build["registry_sha256"],
        "build_fingerprint": build["fingerprint"],
        "code_version": origin.code_version,
        "receipt_count": origin.receipt_count,
        "requires_reporter_folder": origin.requires_reporter_folder,
        "is_sample": result.is_sample,
        "has_illustrative_targets": has_illustrative(result),
        "row_counts": {name: table.num_rows for name, table in result.tables.items()},
        "inputs": [_input(row) for row in result.rows("inputs")],
        "inputs_added": [_input(row) for row in edition.inputs_added],
        "changes": edition.changes,
        "signed": signature.to_manifest() if signature else None,
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
