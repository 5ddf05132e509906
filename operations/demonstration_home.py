"""The demonstration's claim on the data folder: it empties only what is its own."""

import fcntl
import hashlib
import json
import shutil
import tempfile
from pathlib import Path

import samples
from ingestion.access import make_folder
from ingestion.errors import HomeError
from ingestion.inbox import look

MARK = ".demonstration"
_OWN_FOLDERS = frozenset(
    ("airflow", "archive", "inbox", "provisional", "published", "receipts", "returned", "warehouse")
)
_NOT_EMPTIED = "演示会清空数据目录，因此没有继续。\n请用另一个目录：YIBIAO_HOME=demo-data make demo"


def claim_home(home: Path) -> None:
    """Make the data folder the demonstration's own, and empty.

    A missing or empty folder is marked; one with the demonstration's mark is emptied if nothing else was put there and
    no Airflow runs on it. HomeError for any other: what lies there is somebody's data.
    """
    contents = sorted(home.iterdir()) if home.exists() else []
    if contents and not (home / MARK).exists():
        raise HomeError(f"{home} 不是演示用的数据目录，里面有：{_listed(contents)}。{_NOT_EMPTIED}")
    _refuse_while_in_use(home)
    if foreign := _foreign(home, contents):
        raise HomeError(f"{home} 里有演示以外的数据：{_listed(foreign)}。{_NOT_EMPTIED}")
    make_folder(home, home)
    (home / MARK).write_text("make demo 建立并会清空此目录。\n", encoding="utf-8")
    for path in contents:
        if path.name == MARK:
            continue
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


def _refuse_while_in_use(home: Path) -> None:
    lock = home / "airflow" / "running.lock"
    if not lock.exists():
        return
    with lock.open("rb+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise HomeError(f"{home} 正由一个 Airflow 使用（make up 或另一次演示）；请先停止它。") from None


def _foreign(home: Path, contents: list[Path]) -> list[Path]:
    """What the demonstration did not write: other files and folders, submissions in the inbox, received files."""
    others = [path for path in contents if path.name not in _OWN_FOLDERS | {MARK}]
    inbox, journal = home / "inbox", home / "archive" / "journal" / "receipts.jsonl"
    if not inbox.exists() and not journal.exists():
        return others
    own = _own_files()
    waiting = [f.path for f in look(inbox) if hashlib.sha256(f.path.read_bytes()).hexdigest() not in own]
    lines = journal.read_text(encoding="utf-8").splitlines() if journal.exists() else []
    received = [entry for line in lines if (entry := json.loads(line))["sha256"] not in own]
    return others + waiting + [Path(entry["file_name"]) for entry in received]


def _own_files() -> set[str]:
    """The hashes of all files that the demonstration drops; they are the same at every run."""
    with tempfile.TemporaryDirectory() as folder:
        inbox = Path(folder)
        report = samples.write_demonstration_year(inbox)
        correction = samples.write_late_correction(inbox)
        return {file.sha256 for file in report.files} | {hashlib.sha256(correction.read_bytes()).hexdigest()}


def _listed(paths: list[Path]) -> str:
    return "、".join(path.name for path in paths[:8]) + ("……" if len(paths) > 8 else "")
