"""A disk that is full while files come in: said in so many words, nothing lost, and taken up again."""

import errno
import shutil
from pathlib import Path

import duckdb
import pytest

from expectations.run import judge
from ingestion import journal
from ingestion.errors import DiskFull
from ingestion.full_disk import is_full_disk, naming_a_full_disk
from ingestion.inbox import RECEIPTS_FILE
from ingestion.settings import get_settings
from ingestion.store import open_warehouse
from ingestion.sweep import sweep
from tests.ingestion.test_sweep import landed
from tests.killing import REGISTRY, Home, rounds
from tests.small_disk import NoDisk, free_everything, leave_free, small_disk

# Too little for an archived original, for a journal and a warehouse, and for a returned workbook.
STEPS_KIB = (0, 4, 16, 64, 300, 600)


def test_an_intake_that_runs_out_of_space_is_done_again_without_loss(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    try:
        with small_disk(tmp_path / "disk", 32) as disk:
            _run_out_of_space(disk, monkeypatch)
    except NoDisk as error:
        pytest.skip(f"no small disk can be mounted here: {error}")
    finally:
        get_settings.cache_clear()


def _run_out_of_space(disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = rounds()[0].files
    for name, value in (("HOME", disk / "home"), ("REGISTRY", REGISTRY), ("TRUST_RECEIPTS", "1")):
        monkeypatch.setenv(f"YIBIAO_{name}", str(value))
    get_settings.cache_clear()
    home = get_settings()
    Home(home.home).drop(files)
    for work in (sweep, judge):
        failures = []
        for step in STEPS_KIB:
            leave_free(disk, step)
            try:
                work()
            except DiskFull as error:
                failures.append(str(error))
        assert failures, f"{work.__name__} never lacked space"
        assert all("腾出空间" in failure for failure in failures)
        free_everything(disk)
        work()
    assert [path.name for path in home.inbox.rglob("*") if path.is_file()] == [RECEIPTS_FILE]
    assert len(journal.read("receipts")) == len(files) == landed("select count(*) from raw.receipts")[0][0]
    verdicts = landed("select verdict, count(*) from raw.judgements group by all order by all")
    assert verdicts == [("accepted", len(files) - 1), ("returned", 1)]
    (returned,) = [path for path in home.returned.rglob("*") if path.is_file()]
    assert returned.name == Path(files[-1].name).with_suffix(".xlsx").name
    assert [entry["form"] for entry in journal.read("returns")] == ["rebuilt"]
    assert len(list(home.receipts.iterdir())) == len(files) - 1
    shutil.rmtree(home.home)


def test_only_a_full_disk_is_called_one(tmp_path: Path) -> None:
    full = OSError(errno.ENOSPC, "No space left on device")
    assert is_full_disk(full) and is_full_disk(duckdb.IOException("write failed: No space left on device"))
    while_cleaning_up = ValueError("nothing to detach")
    while_cleaning_up.__context__ = full
    with pytest.raises(DiskFull, match="MiB"), naming_a_full_disk(tmp_path):
        raise while_cleaning_up
    with pytest.raises(PermissionError), naming_a_full_disk(tmp_path):
        raise PermissionError(errno.EACCES, "Permission denied")


def test_open_warehouse_names_a_full_disk(home, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DiskFull), open_warehouse():
        raise OSError(errno.EDQUOT, "Disk quota exceeded")
