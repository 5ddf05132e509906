"""Registries as they were when something was published, kept in the archive under their hash.

`archive/registry/<registry_sha256>/` holds the registry's CSV files byte for byte. Written once, never touched again.
"""

import os
import shutil
from pathlib import Path

from ingestion.access import ORIGINAL_FILE, create, make_folder
from ingestion.registry import registry_sha256
from ingestion.seed_files import column_types


def keep_registry(folder: Path, sha256: str, archive: Path) -> bool:
    """Keep the registry in `folder` under its hash, unless it is there already.

    False when it isn't there and `folder` holds another registry by now: what was built from is gone.
    """
    if kept_registry(archive, sha256):
        return True
    contents = _contents(folder)
    if registry_sha256(contents) != sha256:
        return False
    place = _place(archive, sha256)
    partial = place.with_name(f".{sha256}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    make_folder(partial)
    for table, content in contents.items():
        with create(partial / f"{table}.csv", ORIGINAL_FILE) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    # What lies there and is not whole was cut short or damaged.
    shutil.rmtree(place, ignore_errors=True)
    partial.rename(place)
    return True


def kept_registry(archive: Path, sha256: str) -> Path | None:
    """The folder of the registry of this hash; None when it was never kept or is not what it was."""
    place = _place(archive, sha256)
    return place if place.is_dir() and registry_sha256(_contents(place)) == sha256 else None


def _place(archive: Path, sha256: str) -> Path:
    return archive / "registry" / sha256


def _contents(folder: Path) -> dict[str, bytes]:
    """The files of a registry by table, in the order in which they are hashed."""
    paths = {table: folder / f"{table}.csv" for table in column_types()}
    return {table: path.read_bytes() for table, path in paths.items() if path.exists()}
