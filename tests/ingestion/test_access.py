"""Modes of what the pipeline puts in place: the same under any umask, and nothing that is there is changed."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingestion import journal
from ingestion.access import FROZEN_FILE, ORIGINAL_FILE, SHARED_FILE, create, make_folder, set_modes
from ingestion.store import open_warehouse, writer_lock
from ingestion.sweep import sweep


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(params=[0o000, 0o022, 0o077], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


@pytest.mark.usefixtures("umask")
def test_folders_are_made_for_those_whom_they_are_for(home):
    home.inbox.rmdir()
    home.home.rmdir()
    made = {
        home.archive / "ab": 0o700,
        home.airflow_home / "logs": 0o700,
        home.inbox / "jiangan": 0o770,
        home.published / "2021-03": 0o750,
        home.pipeline_file.parent: 0o750,
    }
    for folder, expected in made.items():
        assert mode(make_folder(folder)) == expected
        assert mode(home.home / folder.relative_to(home.home).parts[0]) == expected
    assert mode(home.home) == 0o755


def test_a_folder_that_is_there_stays_as_it_was_made_and_hands_its_group_down(home):
    home.published.mkdir()
    home.published.chmod(0o2775)
    assert mode(make_folder(home.published)) == 0o2775
    assert mode(make_folder(home.published / "2021-03")) == 0o2750


def test_a_folder_elsewhere_is_nobodys_business(home, tmp_path):
    before = os.umask(0o027)
    folder = make_folder(tmp_path / "elsewhere" / "deep")
    os.umask(before)
    assert mode(folder) == 0o750 == mode(folder.parent)


@pytest.mark.usefixtures("umask")
def test_a_file_takes_the_place_of_what_a_crash_left_there(tmp_path):
    path = tmp_path / "original.part"
    for content in (b"cut sh", b"whole"):
        with create(path, ORIGINAL_FILE) as file:
            file.write(content)
    assert (path.read_bytes(), mode(path)) == (b"whole", 0o400)


@pytest.mark.usefixtures("umask")
def test_a_folder_about_to_be_put_in_place_gets_its_modes_throughout(tmp_path):
    (tmp_path / "v1" / "result").mkdir(parents=True)
    for name in ("notice.html", "result/progress.parquet"):
        (tmp_path / "v1" / name).touch()
    for file_mode in (SHARED_FILE, FROZEN_FILE):
        set_modes(tmp_path / "v1", file_mode)
        assert {path.name: mode(path) for path in (tmp_path / "v1").rglob("*")} == {
            "notice.html": file_mode,
            "result": 0o750,
            "progress.parquet": file_mode,
        }
        assert mode(tmp_path / "v1") == 0o750


@pytest.mark.usefixtures("umask")
def test_what_was_received_is_for_the_pipeline_alone(home):
    (home.inbox / "a.csv").write_text("programme", encoding="utf-8")
    os.utime(home.inbox / "a.csv", (0, 0))
    (receipt,) = sweep().receipts
    journal.append("receipts_issued", {})
    original = home.archive / receipt.sha256[:2] / receipt.sha256
    assert {path: mode(path) for path in home.archive.rglob("*")} == {
        original: 0o400,
        original.parent: 0o700,
        home.journal: 0o700,
        home.journal / "receipts.jsonl": 0o600,
        home.journal / "receipts_issued.jsonl": 0o600,
    }
    assert mode(home.pipeline_file) == 0o600
    with writer_lock(home), open_warehouse(read_only=True):
        assert mode(home.pipeline_file.with_suffix(".lock")) == 0o600
