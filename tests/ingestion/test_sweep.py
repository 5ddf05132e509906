import hashlib
import os
import shutil
import threading
import time
from pathlib import Path

import pytest

from ingestion import journal
from ingestion.contract import CSV_HEADER
from ingestion.settings import Settings, get_settings
from ingestion.store import open_warehouse
from ingestion.sweep import sweep


def table(month_value: int, period: str = "2021-01", reporter: str = "江岸区") -> str:
    row = f"创新提能2021,{reporter},{period},新增高新技术企业,{month_value},{month_value},,,"
    return ",".join(CSV_HEADER) + "\n" + row + "\n"


def drop(settings: Settings, name: str, text: str, is_rested: bool = True) -> Path:
    path = settings.inbox / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    if is_rested:
        rested = time.time() - 10
        os.utime(path, (rested, rested))
    return path


def landed(query: str) -> list[tuple]:
    with open_warehouse() as connection:
        return connection.execute(query).fetchall()


def test_a_received_file_is_archived_journaled_landed_and_gone_from_the_inbox(home: Settings) -> None:
    text = table(3)
    path = drop(home, "jiangan/一月.csv", text)
    report = sweep()
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    assert not path.exists()
    assert (home.archive / sha256[:2] / sha256).read_text(encoding="utf-8") == text
    (entry,) = journal.read("receipts")
    assert (entry["sha256"], entry["file_name"], entry["folder_name"]) == (sha256, "jiangan/一月.csv", "jiangan")
    assert landed("select reporter_id, period from raw.tables") == [("jiangan", "2021-01")]
    assert report.months == ["2021-01"]


def test_three_files_dropped_within_50_ms_are_all_taken_in(home: Settings) -> None:
    for number in range(3):
        drop(home, f"{number}.csv", table(number), is_rested=False)
    assert len(sweep().receipts) == 3


def test_a_file_still_being_written_is_left_until_it_is_whole(home: Settings) -> None:
    path = home.inbox / "slow.csv"
    lines = (table(1) + "\n").splitlines(keepends=True)

    def write_slowly() -> None:
        with path.open("w", encoding="utf-8") as file:
            for part in (lines[0][:20], lines[0][20:], *lines[1:]):
                file.write(part)
                file.flush()
                time.sleep(0.9)

    writer = threading.Thread(target=write_slowly)
    writer.start()
    time.sleep(0.1)
    sweep()
    writer.join()
    assert landed("select month_value_text from raw.reported_values") == [("1",)]


def test_what_is_no_submission_is_ignored(home: Settings, caplog: pytest.LogCaptureFixture) -> None:
    for name in ("~$一月.xlsx", ".hidden.csv", "receipts.csv"):
        drop(home, name, table(1))
    (home.inbox / "folder.xlsx").mkdir()
    (home.inbox / "empty").mkdir()
    assert sweep().receipts == []
    assert "folder.xlsx" in caplog.text


def test_an_equal_file_dropped_later_has_a_receipt_of_its_own(home: Settings) -> None:
    """Even with the same name and write time, as a copy that keeps times leaves it."""
    written = time.time() - 100
    for text in (table(1), table(2), table(1)):
        os.utime(drop(home, "a.csv", text), (written, written))
        sweep()
        time.sleep(1.05)  # receipt times are whole seconds, and each sweep must see a later one
    assert len(journal.read("receipts")) == 3


def test_one_brought_receipt_is_one_receipt_however_often_the_file_comes(
    home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    sha256 = hashlib.sha256(table(1).encode()).hexdigest()
    receipts = f"file_name,sha256,received_at,source\na.csv,{sha256},2021-02-05T09:00+08:00,示例邮箱\n"
    (home.inbox / "receipts.csv").write_text(receipts, encoding="utf-8")
    monkeypatch.setenv("YIBIAO_TRUST_RECEIPTS", "1")
    get_settings.cache_clear()
    for _ in range(2):
        drop(home, "a.csv", table(1))
        drop(home, "b.csv", table(2, reporter="江汉区"))
        sweep()
    assert len([entry for entry in journal.read("receipts") if entry["file_name"] == "a.csv"]) == 1
    assert [path.name for path in home.inbox.iterdir()] == ["receipts.csv"]


def test_a_name_that_is_no_utf8_is_read_as_chinese(home: Settings) -> None:
    path = drop(home, "a.csv", table(1))
    path.rename(os.fsdecode(os.fsencode(home.inbox) + b"/" + "江岸区一月.csv".encode("gb18030")))
    assert [receipt.file_name for receipt in sweep().receipts] == ["江岸区一月.csv"]


def test_a_file_that_cannot_be_opened_stops_no_other(
    home: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    drop(home, "locked.csv", table(1))
    drop(home, "open.csv", table(2))
    read_bytes = Path.read_bytes

    def refuse(path: Path) -> bytes:  # tests may run as root, whom no file mode stops
        if path.name == "locked.csv":
            raise PermissionError(13, "Permission denied")
        return read_bytes(path)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", refuse)
        assert [receipt.file_name for receipt in sweep().receipts] == ["open.csv"]
    assert "locked.csv" in caplog.text
    assert [receipt.file_name for receipt in sweep().receipts] == ["locked.csv"]


def test_a_deleted_warehouse_is_landed_again_from_journal_and_archive(home: Settings) -> None:
    for number in range(3):
        drop(home, f"{number}.csv", table(number, reporter=("江岸区", "江汉区", "武昌区")[number]))
    sweep()
    before = landed("select * from raw.reported_values order by all"), landed("from raw.receipts order by all")
    shutil.rmtree(home.pipeline_file.parent)
    sweep()
    assert (
        landed("select * from raw.reported_values order by all"),
        landed("from raw.receipts order by all"),
    ) == before


def test_a_crash_between_journal_and_landing_receives_once(home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    drop(home, "a.csv", table(1))

    def crash(*arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("ingestion.sweep.land", crash)
        with pytest.raises(KeyboardInterrupt):
            sweep()
    sweep()
    assert len(journal.read("receipts")) == 1
    assert landed("select count(*) from raw.receipts") == [(1,)]
    assert list(home.inbox.iterdir()) == []


def test_a_half_written_journal_line_is_closed_off_and_not_read(home: Settings, caplog) -> None:
    journal.append("receipts", {"receipt_id": "a"})
    path = home.journal / "receipts.jsonl"
    path.write_bytes(path.read_bytes() + b'{"receipt_id": "cut sh')
    journal.append("receipts", {"receipt_id": "b"})
    assert [entry["receipt_id"] for entry in journal.read("receipts")] == ["a", "b"]
    assert "不作数" in caplog.text


@pytest.mark.parametrize("is_trusted", [True, False])
def test_brought_receipt_times_are_honoured_only_when_trusted(
    home: Settings, monkeypatch: pytest.MonkeyPatch, is_trusted: bool
) -> None:
    drop(home, "jiangan/a.csv", table(1))
    sha256 = hashlib.sha256(table(1).encode()).hexdigest()
    receipts = f"file_name,sha256,received_at,source\njiangan/a.csv,{sha256},2021-02-05T09:00+08:00,示例邮箱\n"
    (home.inbox / "receipts.csv").write_text(receipts, encoding="utf-8")
    monkeypatch.setenv("YIBIAO_TRUST_RECEIPTS", "1" if is_trusted else "0")
    get_settings.cache_clear()
    (receipt,) = sweep().receipts
    assert (receipt.received_at.isoformat() == "2021-02-05T01:00:00+00:00") == is_trusted
    assert receipt.source == ("示例邮箱" if is_trusted else "收件箱")
    assert (home.inbox / "receipts.csv").exists()


def test_a_csv_in_gb18030_reads_like_one_in_utf8(home: Settings) -> None:
    path = drop(home, "a.csv", "")
    path.write_bytes(table(7).encode("gb18030"))
    sweep()
    assert landed("select reporter_id from raw.tables") == [("jiangan",)]


def test_a_warehouse_of_an_older_version_gets_the_columns_that_came_later(home: Settings) -> None:
    drop(home, "jiangan/一月.csv", table(3))
    sweep()
    with open_warehouse() as connection:
        for name, column in (("tables", "filled_by"), ("reported_values", "unit_text")):
            connection.execute(f"alter table raw.{name} drop column {column}")
        connection.execute("drop table raw.reported_items")
    drop(home, "jiangan/二月.csv", table(3, "2021-02"))
    sweep()
    assert landed("select period, filled_by from raw.tables order by period") == [("2021-01", None), ("2021-02", None)]
    assert landed("select count(*) from raw.reported_items") == [(0,)]
