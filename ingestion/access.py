"""Who may read and write what lies in the data folder: modes that hold whatever the umask is.

The writer is one user of the operating system. Its group reads what is made for people (notices, drafts, returns,
receipts, templates, the analysts' file) and drops files into the inbox; everybody else gets nothing. A folder that is
there already keeps the mode and group that somebody gave it; with the set-group-id bit it hands its group down.
`make doctor` names what is open wider than this.
"""

import os
import stat
from pathlib import Path
from typing import IO

from ingestion.settings import get_settings

# What only the pipeline reads; an original that was received is written once.
PRIVATE_FILE, ORIGINAL_FILE = 0o600, 0o400
# What the group reads; a published edition is never written again.
SHARED_FILE, FROZEN_FILE = 0o640, 0o444
_HOME, _SHARED_FOLDER = 0o755, 0o750
# By the first folder below the data folder, where it is not shared for reading.
_FOLDERS = {"archive": 0o700, "airflow": 0o700, "inbox": 0o770}


def folder_mode(folder: Path, home: Path) -> int | None:
    """The mode that a folder is made with; None for one outside the data folder, which is no matter of ours."""
    if not folder.is_relative_to(home):
        return None
    parts = folder.relative_to(home).parts
    return _FOLDERS.get(parts[0], _SHARED_FOLDER) if parts else _HOME


def make_folder(folder: Path, home: Path | None = None) -> Path:
    """The folder, made with all that is missing above it; what is there already stays as it is.

    `home` is the data folder, where it is not that of the settings.
    """
    root = home or get_settings().home
    for place in reversed((folder, *folder.parents)):
        if place.exists():
            continue
        mode = folder_mode(place, root)
        place.mkdir(exist_ok=True) if mode is None else _make(place, mode)
    return folder


def _make(place: Path, mode: int) -> None:
    """Nobody else sees into it before it has its mode."""
    place.mkdir(mode=0o700, exist_ok=True)
    place.chmod(mode | _inherited(place))


def create(path: Path, mode: int = PRIVATE_FILE) -> IO[bytes]:
    """A new file to write to, which takes the place of what a crash left there; never open wider than `mode`."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    os.fchmod(descriptor, mode)
    return os.fdopen(descriptor, "wb")


def open_to_append(path: Path) -> IO[bytes]:
    """A file that only this user reads, to read and append to; one that is there keeps its mode."""
    return os.fdopen(os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, PRIVATE_FILE), "ab+")


def set_modes(folder: Path, file_mode: int) -> None:
    """Give every file of a folder that is about to be put in place this mode, and its folders that of shared ones."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(_SHARED_FOLDER | _inherited(path) if path.is_dir() else file_mode)


def _inherited(folder: Path) -> int:
    """The set-group-id bit that a folder has from the one above it."""
    return folder.stat().st_mode & stat.S_ISGID
