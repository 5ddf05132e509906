"""Builds marts again as they were known at a moment, in a data folder of their own: from archive, journal and registry.

The stages run as processes, as people run them; the running warehouse, the archive and the dbt project are only read.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from ingestion import journal
from ingestion.landing import archived_path
from ingestion.periods import parse_moment
from ingestion.settings import ROOT, get_settings
from reports.errors import NotReproducible

# Left by other builds at the top of the dbt project: not part of it.
_LEFT_BY_BUILDS = {"registry", "registry.new", "target", "logs", ".build.lock"}
_MOST_NAMED = 10


@dataclass(frozen=True)
class Inputs:
    """What a build is made from.

    Attributes:
        receipts: journal entries of everything received, oldest first.
        registry: the folder of the registry.
        as_of: aware.
        requires_reporter_folder: the setting of this name, which judging depends on.
    """

    receipts: Sequence[dict[str, Any]]
    registry: Path
    as_of: datetime
    requires_reporter_folder: bool


def receipts_known(as_of: datetime, count: int | None) -> list[dict[str, Any]]:
    """The journal's receipts up to a moment, in the order in which they were taken in; of these the first `count`.

    What was taken in later with an earlier receipt time (a mailbox taken over) comes after these. NotReproducible when
    the journal has fewer than `count`.
    """
    entries = {entry["receipt_id"]: entry for entry in journal.read("receipts")}
    known = [entry for entry in entries.values() if parse_moment(entry["received_at"]) <= as_of]
    if count is not None and len(known) < count:
        raise NotReproducible(
            f"收件登记缺失：该版依据截至 {as_of:%Y-%m-%d %H:%M}（UTC）收到的 {count} 件，"
            f"{get_settings().journal / 'receipts.jsonl'} 中只有 {len(known)} 件；请先从备份恢复登记"
        )
    return known if count is None else known[:count]


def check_archive(receipts: Sequence[dict[str, Any]]) -> None:
    """NotReproducible names the receipts whose original the archive lacks, or has otherwise than it was received."""
    wrong = [problem for entry in receipts if (problem := _problem(entry))]
    if wrong:
        more = f"\n……共 {len(wrong)} 件" if len(wrong) > _MOST_NAMED else ""
        listed = "\n".join(wrong[:_MOST_NAMED])
        raise NotReproducible(f"档案缺少输入，无法重建；请先从备份恢复 {get_settings().archive}：\n{listed}{more}")


def rebuild(inputs: Inputs, home: Path, with_tests: bool = False) -> Path:
    """Run intake, judging and calculation in the empty folder `home`; the warehouse file that came out.

    Only a build with dbt's tests is complete, which publishing asks for. NotReproducible with the end of what a stage
    printed when it failed.
    """
    settings = get_settings()
    _fill(home, inputs.receipts)
    project = _copy_project(settings.dbt_project, home / "dbt_project")
    environment = os.environ | {
        "YIBIAO_HOME": str(home),
        "YIBIAO_DBT_PROJECT": str(project),
        "YIBIAO_REGISTRY": str(inputs.registry),
        "YIBIAO_REQUIRE_REPORTER_FOLDER": str(inputs.requires_reporter_folder).lower(),
        "DO_NOT_TRACK": "1",
    }
    logs = ("--target-path", str(home / "dbt_target"), "--log-path", str(home / "dbt_target"))
    # What dbt's tests would find was found before the vintage was published; here the cells are compared.
    excluded = ("--exclude-resource-type", "unit_test", *(() if with_tests else ("test",)))
    dbt = str(Path(sys.executable).with_name("dbt"))
    _run("接收", ROOT, environment, sys.executable, "-m", "ingestion", "--as-of", inputs.as_of.isoformat())
    _run("审核", ROOT, environment, sys.executable, "-m", "expectations")
    _run("计算", project, environment, dbt, "build", *excluded, *logs)
    return home / "warehouse" / settings.pipeline_file.name


def _copy_project(project: Path, folder: Path) -> Path:
    """A project of its own: one holds a single copy of a registry at a time."""
    return Path(
        shutil.copytree(project, folder, ignore=lambda path, _: _LEFT_BY_BUILDS if Path(path) == project else set())
    )


def _fill(home: Path, receipts: Sequence[dict[str, Any]]) -> None:
    """The archive as links to the originals, and a journal of its own, in which every page was sent already."""
    archive = home / "archive"
    for digest in sorted({entry["sha256"] for entry in receipts}):
        place = archived_path(archive, digest)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(archived_path(get_settings().archive, digest))
    sent = [{"receipt_id": entry["receipt_id"]} for entry in receipts]
    for kind, entries in (("receipts", receipts), ("returns", sent), ("receipts_issued", sent)):
        path = archive / "journal" / f"{kind}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{json.dumps(entry, ensure_ascii=False)}\n" for entry in entries), encoding="utf-8")


def _problem(entry: dict[str, Any]) -> str | None:
    path = archived_path(get_settings().archive, entry["sha256"])
    named = f"{entry['sha256']}（{entry['file_name']}）"
    if not path.is_file():
        return f"{named}：没有"
    found = sha256(path.read_bytes()).hexdigest()
    return None if found == entry["sha256"] else f"{named}：内容已变，现为 {found}"


def _run(stage: str, folder: Path, environment: dict[str, str], *command: str) -> None:
    result = subprocess.run(
        command, cwd=folder, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    if result.returncode:
        raise NotReproducible(f"重建时{stage}没有完成（{result.returncode}）：\n{result.stdout[-4000:]}")
