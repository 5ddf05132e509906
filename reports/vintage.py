"""Vintages: frozen publications. Written beside their place, renamed into it, and never touched again."""

import json
import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from ingestion.access import FROZEN_FILE, SHARED_FILE, make_folder, set_modes
from ingestion.settings import get_settings
from reports.errors import VintageError
from reports.read import ResultSet, load_result, save_result

MANIFEST = "manifest.json"
RESULT = "result"
_VERSION = re.compile(r"v([1-9]\d*)")
_MONTHLY = "monthly_dispatch"


@dataclass(frozen=True)
class Vintage:
    """One published edition: v<version> in the folder of its notice."""

    programme_id: str
    period: str
    cadence: str
    version: int
    folder: Path

    def manifest(self) -> dict[str, Any]:
        """What it was made from."""
        return read_manifest(self.folder)

    def result(self) -> ResultSet:
        """Its frozen figures."""
        return load_result(self.folder / RESULT, self.programme_id, self.cadence, self.period)


def notice_folder(root: Path, programme_id: str, period: str, cadence: str) -> Path:
    """The folder of a notice below the published or the provisional folder."""
    return root / period / f"{programme_id}-{cadence}"


def vintages_of(programme_id: str, period: str, cadence: str) -> list[Vintage]:
    """The editions of one notice, oldest first; half-written ones have another name and are never seen here."""
    folder = notice_folder(get_settings().published, programme_id, period, cadence)
    found = [
        Vintage(programme_id, period, cadence, int(match[1]), child)
        for child in (folder.iterdir() if folder.is_dir() else ())
        if (match := _VERSION.fullmatch(child.name)) and (child / MANIFEST).is_file()
    ]
    return sorted(found, key=lambda vintage: vintage.version)


def latest_vintage(programme_id: str, period: str, cadence: str) -> Vintage | None:
    """The newest edition of a notice, if it was ever published."""
    return max(vintages_of(programme_id, period, cadence), key=lambda vintage: vintage.version, default=None)


def latest_manifest(programme_id: str, period: str, cadence: str) -> dict[str, Any] | None:
    """The manifest of the newest edition of a notice, if it was ever published."""
    vintage = latest_vintage(programme_id, period, cadence)
    return vintage.manifest() if vintage else None


def list_vintages() -> list[Vintage]:
    """Everything published, by period, programme, cadence and version."""
    root = get_settings().published
    notices = sorted(root.glob("*/*-*")) if root.is_dir() else []
    return [
        vintage
        for notice in notices
        if notice.is_dir()
        for programme_id, _, cadence in [notice.name.rpartition("-")]
        for vintage in vintages_of(programme_id, notice.parent.name, cadence)
    ]


def published_months(year: int) -> list[str]:
    """Months (YYYY-MM) of a year for which any programme's monthly notice was published, in order."""
    pattern = re.compile(rf"{year:04d}-\d{{2}}")
    months = {v.period for v in list_vintages() if v.cadence == _MONTHLY and pattern.fullmatch(v.period)}
    return sorted(months)


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest in a folder; VintageError when it can't be read."""
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise VintageError(f"{folder} 的 {MANIFEST} 读不出来：{error}") from error
    return manifest


def write_edition(
    folder: Path, result: ResultSet, files: Mapping[str, bytes], manifest: Mapping[str, Any], is_replacing: bool = False
) -> Path:
    """Write one edition completely beside its place, then rename it there; a crash before that leaves nothing visible.

    A vintage's place must be free; only a draft (`is_replacing`) may take the place of an older one.
    """
    partial = folder.with_name(f".{folder.name}.partial")
    if partial.exists():
        shutil.rmtree(partial)
    make_folder(folder.parent)
    save_result(result, partial / RESULT)
    for name, content in files.items():
        (partial / name).write_bytes(content)
    complete = dict(manifest) | {"files": _hashes(partial)}
    (partial / MANIFEST).write_text(_json(complete), encoding="utf-8")
    set_modes(partial, SHARED_FILE if is_replacing else FROZEN_FILE)
    _flush(partial)
    if is_replacing:
        remove_edition(folder)
    elif folder.exists():
        raise VintageError(f"{folder} 已经存在：已发布的版次不得改动")
    partial.rename(folder)
    return folder


def remove_edition(folder: Path) -> None:
    """Take a draft away at once: it is first renamed out of sight, then deleted."""
    if folder.exists():
        discarded = folder.with_name(f".{folder.name}.discarded")
        shutil.rmtree(discarded, ignore_errors=True)
        folder.rename(discarded)
        shutil.rmtree(discarded)


def _hashes(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest() for path in files}


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _flush(folder: Path) -> None:
    """Wait until every file is on disk, so that the rename can't overtake the contents."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
