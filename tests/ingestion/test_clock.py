"""A clock that went back, one that was far ahead, and times that have not come yet."""

import hashlib
import os
import time
from datetime import UTC, datetime, timedelta

import pytest

from ingestion import journal
from ingestion.clock import check_not_ahead, confirm_clock
from ingestion.errors import ClockError
from ingestion.settings import Settings, get_settings
from ingestion.store import open_warehouse
from ingestion.sweep import sweep
from tests.ingestion.test_sweep import drop, table

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)


class Clock(datetime):
    """The machine's clock, set by hand."""

    shown = NOW

    @classmethod
    def now(cls, tz=None):
        return cls.shown.astimezone(tz)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> type[Clock]:
    monkeypatch.setattr("ingestion.sweep.datetime", Clock)
    monkeypatch.setattr(Clock, "shown", NOW)
    return Clock


def received_at() -> dict[str, datetime]:
    return {entry["file_name"]: datetime.fromisoformat(entry["received_at"]) for entry in journal.read("receipts")}


def test_a_clock_set_right_by_seconds_changes_no_order(home: Settings, clock: type[Clock]) -> None:
    drop(home, "a.csv", table(1))
    sweep()
    clock.shown = NOW - timedelta(seconds=40)
    drop(home, "b.csv", table(2))
    sweep()
    assert received_at() == {"a.csv": NOW, "b.csv": NOW}


def test_a_clock_that_went_back_receives_nothing_and_loses_nothing(home: Settings, clock: type[Clock]) -> None:
    """The correction would else be taken for the older version, and the old figure would count."""
    drop(home, "a.csv", table(1))
    sweep()
    clock.shown = NOW - timedelta(days=400)
    correction = drop(home, "a.csv", table(2))
    with pytest.raises(ClockError, match=r"2025-01-26 16:00.*2026-03-02 16:00.*留在收件箱"):
        sweep()
    assert correction.exists() and len(journal.read("receipts")) == 1
    clock.shown = NOW + timedelta(hours=1)
    assert [receipt.received_at for receipt in sweep().receipts] == [NOW + timedelta(hours=1)]


def test_what_a_clock_far_ahead_stamped_is_received_again_once_it_is_right(home: Settings, clock: type[Clock]) -> None:
    clock.shown = NOW + timedelta(days=30_000)
    drop(home, "jiangan/a.csv", table(1))
    sweep()
    clock.shown = NOW
    drop(home, "b.csv", table(2, reporter="江汉区"))
    with pytest.raises(ClockError, match="clock-is-right"):
        sweep()
    with open_warehouse() as connection:
        assert confirm_clock(connection, home, NOW) == ["jiangan/a.csv"]
        assert confirm_clock(connection, home, NOW) == []
    for path in (home.inbox / "jiangan" / "a.csv", home.inbox / "b.csv"):
        os.utime(path, (time.time() - 10, time.time() - 10))
    assert {receipt.file_name: receipt.received_at for receipt in sweep().receipts} == {
        "jiangan/a.csv": NOW,
        "b.csv": NOW,
    }
    assert len(journal.read("receipts")) == 3


def test_a_brought_time_that_has_not_come_yet_is_not_believed(
    home: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    path = drop(home, "a.csv", table(1))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    lines = f"file_name,sha256,received_at,source\na.csv,{digest},2199-01-05T09:00+08:00,示例邮箱\n"
    (home.inbox / "receipts.csv").write_text(lines, encoding="utf-8")
    monkeypatch.setenv("YIBIAO_TRUST_RECEIPTS", "1")
    get_settings.cache_clear()
    assert sweep().receipts == []
    assert path.exists() and "2199" in caplog.text


def test_a_file_written_in_the_future_is_taken_in(home: Settings) -> None:
    """A clerk's clock is not ours: what counts is when a file came."""
    path = drop(home, "a.csv", table(1))
    written = time.time() + 86_400 * 365
    os.utime(path, (written, written))
    (receipt,) = sweep().receipts
    assert receipt.received_at < receipt.modified_at


def test_nothing_is_published_as_of_a_time_to_come() -> None:
    check_not_ahead(NOW, NOW)
    check_not_ahead(NOW + timedelta(minutes=1), NOW)
    with pytest.raises(ClockError, match="晚于本机时间"):
        check_not_ahead(NOW + timedelta(days=1), NOW)
