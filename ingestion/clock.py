"""What the machine's clock may say: never that something was received before what came earlier.

Of two versions of a table the later received counts, so a clock that went back would let an old figure win without a
word. A clock far ahead can't be known by itself; it is found out when it has been put right.
"""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from ingestion import journal
from ingestion.errors import ClockError
from ingestion.landing import archived_path
from ingestion.periods import TIMEZONE, parse_moment
from ingestion.settings import Settings

SWEEP_SOURCE = "收件箱"
# Clocks are set right by seconds now and then: then a receipt has the time of the one before it.
TOLERANCE = timedelta(minutes=10)


def receipt_time(connection: duckdb.DuckDBPyConnection, now: datetime) -> datetime:
    """The time of what is received now (aware), never before what this machine's clock stamped earlier.

    ClockError when the clock is far behind that: it is wrong now, or was wrong then.
    """
    newest = _newest(connection)
    if newest is None or newest <= now:
        return now
    if is_ahead(newest, now):
        raise ClockError(
            f"本机时间是 {_local(now)}，而此前收件时已是 {_local(newest)}：时钟现在有误，或当时有误。没有收件，"
            "文件都留在收件箱。请先校准本机时钟；如果现在的时间无误，请运行 python -m ingestion clock-is-right，"
            "当时登记的文件会按现在的时间重新收件"
        )
    return newest


def is_ahead(moment: datetime, now: datetime) -> bool:
    """Whether a moment (aware) has not come yet, by more than clocks differ."""
    return moment > now + TOLERANCE


def check_not_ahead(as_of: datetime, now: datetime) -> None:
    """ClockError for an as-of (aware) that has not come yet: nobody knows what will be known then."""
    if is_ahead(as_of, now):
        raise ClockError(
            f"截至时间 {_local(as_of)} 晚于本机时间 {_local(now)}：那时的报送还不知道，不能发布。"
            "请改用不晚于现在的截至时间；如果是本机时钟慢了，请先校准"
        )


def confirm_clock(connection: duckdb.DuckDBPyConnection, settings: Settings, now: datetime) -> list[str]:
    """Take back what was stamped with a time to come: the originals lie in the inbox again; their file names.

    What was received stays in journal and archive as it was; the journal says since when these times count for nothing
    in the order of receipts.
    """
    entries = {entry["receipt_id"]: entry for entry in journal.read("receipts")}
    confirmed = _confirmed()
    names = []
    for entry in entries.values():
        if entry["receipt_id"] in confirmed or not _was_stamped_after(entry, now):
            continue
        _put_back(archived_path(settings.archive, entry["sha256"]), settings.inbox / entry["file_name"])
        journal.append("clock", {"receipt_id": entry["receipt_id"], "confirmed_at": now.isoformat()})
        names.append(entry["file_name"])
    return names


def _newest(connection: duckdb.DuckDBPyConnection) -> datetime | None:
    """When this machine's clock last stamped a receipt; what a mailbox brought along has the mailbox's times."""
    ((newest,),) = connection.execute(
        "select max(received_at) from raw.receipts where source = ? and receipt_id not in (select unnest(?))",
        [SWEEP_SOURCE, sorted(_confirmed())],
    ).fetchall()
    return newest.replace(tzinfo=UTC) if newest else None


def _confirmed() -> set[str]:
    return {entry["receipt_id"] for entry in journal.read("clock")}


def _was_stamped_after(entry: dict[str, str], now: datetime) -> bool:
    return entry["source"] == SWEEP_SOURCE and parse_moment(entry["received_at"]) > now


def _put_back(original: Path, place: Path) -> None:
    """A file of the same name that waits there already is newer, and stays."""
    if place.exists():
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    fresh = place.with_name(f".{place.name}.part")
    shutil.copyfile(original, fresh)
    fresh.replace(place)


def _local(moment: datetime) -> str:
    return f"{moment.astimezone(TIMEZONE):%Y-%m-%d %H:%M}（北京时间）"
