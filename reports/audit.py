"""Who published, approved, sent back, waived, corrected, reopened, objected and answered: one row an act.

Put together from what is the truth of each: the journal, the manifests of vintages, and the registry, the present one
and every one that something was published from. So an act stays on the list after its row left the registry.
"""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from ingestion import journal
from ingestion.periods import TIMEZONE, end_of_day, parse_moment
from ingestion.settings import get_settings
from reports.errors import ReportsError
from reports.plain_text import one_line
from reports.vintage import MANIFEST, list_vintages

PUBLISHED, APPROVED, REJECTED = "发布", "批准", "退回稿件"
WAIVED, CORRECTED, REOPENED, VETOED, MOVED = "豁免", "签批更正", "重新开放", "一票否决", "改期"
OBJECTED, ANSWERED = "提出异议", "答复异议"
Entry = dict[str, Any]


class AuditError(ReportsError):
    """A file of the registry that acts stand in can't be read."""


@dataclass(frozen=True)
class Act:
    """One thing that somebody did.

    Attributes:
        acted_at: when, aware; None where only the day, or not even that, was written down.
        acted_on: the day (Asia/Shanghai); None where it was not written down.
        who: as written down; empty where nobody was, in entries older than that.
        reporter_id: whom it concerns; empty where it is all of them.
        what: in words, complete without the other columns.
        recorded_in: file below the data folder or in the registry, and the place in it.
    """

    acted_at: datetime | None
    acted_on: date | None
    act: str
    who: str
    programme_id: str
    cadence: str
    period: str
    reporter_id: str
    what: str
    why: str
    recorded_in: str

    @property
    def order(self) -> tuple[float, str, str]:
        """Oldest first; of a day without a time the end, and what has no day before all."""
        moment = self.acted_at or (end_of_day(self.acted_on) - timedelta(seconds=1) if self.acted_on else None)
        return (moment.timestamp() if moment else 0.0, self.act, self.recorded_in)


def all_acts() -> list[Act]:
    """Every act there is a record of, oldest first. AuditError where a registry can't be read."""
    found = [*_publications(), *_unrecorded_publications(), *_rejections(), *_objections(), *_registered()]
    return sorted(found, key=lambda act: act.order)


def _publications() -> Iterator[Act]:
    for number, entry in enumerate(journal.read("publications"), start=1):
        yield from _published(entry, entry, _line("publications", number))


def _unrecorded_publications() -> Iterator[Act]:
    """Vintages whose line in the journal a crash cut off; the next publication of the same figures makes it up."""
    known = {(e["programme_id"], e["period"], e["cadence"], e["version"]) for e in journal.read("publications")}
    for vintage in list_vintages():
        if (vintage.programme_id, vintage.period, vintage.cadence, vintage.version) not in known:
            place = (vintage.folder / MANIFEST).relative_to(get_settings().home).as_posix()
            yield from _published(vintage.manifest(), {}, place)


def _published(notice: Entry, record: Entry, place: str) -> Iterator[Act]:
    what = f"{_notice(notice)} v{notice['version']}（数据截至 {_local(parse_moment(notice['as_of']))}）"
    recorded_at = record.get("recorded_at")
    signed = notice.get("signed")
    if signed:
        yield _act(APPROVED, signed["by"], what, signed["comment"], place, notice, at=parse_moment(signed["at"]))
    at = parse_moment(recorded_at) if recorded_at else None
    yield _act(PUBLISHED, record.get("recorded_by", ""), what, "", place, notice, at=at)


def _rejections() -> Iterator[Act]:
    for number, entry in enumerate(journal.read("rejections"), start=1):
        rejected = entry["rejected"]
        for programme_id in entry["programme_ids"]:
            notice = entry | {"programme_id": programme_id}
            what = f"{_notice(notice)} 征求意见稿"
            at, place = parse_moment(rejected["at"]), _line("rejections", number)
            yield _act(REJECTED, rejected["by"], what, rejected["comment"], place, notice, at=at)


def _objections() -> Iterator[Act]:
    entries = journal.read("objections")
    made = {entry["objection_id"]: entry for entry in entries if entry["event"] == "objection"}
    for number, entry in enumerate(entries, start=1):
        if entry["event"] not in ("objection", "answer"):
            continue
        objection = made.get(entry["objection_id"], entry)
        subject = f"{objection.get('reporter_name', '')} {objection.get('indicator_name') or '全部数字'}"
        what = f"{_notice(objection)} {entry['objection_id']} {subject}"
        at, place = parse_moment(entry["at"]), _line("objections", number)
        if entry["event"] == "objection":
            yield _act(OBJECTED, entry["by"], what, entry["reason"], place, objection, at=at)
        else:
            yield _act(ANSWERED, entry["by"], f"{what}：{entry['effect']}", entry["answer"], place, objection, at=at)


def _waiver(row: dict[str, str]) -> str:
    tolerance = f"，容差 {row['tolerance']}" if row["tolerance"] else ""
    days = f"{row['approved_on']} 至 {row['expires_on']}"
    return f"规则 {row['rule_id']}，{row['period'] or '各期'}，{days} 收到的{tolerance}"


def _correction(row: dict[str, str]) -> str:
    expected = row["expected_value"] or "空"
    return f"{row['period']} {row['indicator_id']} {row['column_name']}：{expected} 更正为 {row['corrected_value']}"


def _reopening(row: dict[str, str]) -> str:
    return f"{row['period']} 至 {row['until']} 止"


def _veto(row: dict[str, str]) -> str:
    return f"{row['period']} 总分不超过 {row['max_score']}"


def _change(row: dict[str, str]) -> str:
    days = (("截止", "due_on"), ("停止新报", "no_new_on"), ("停止更正", "no_edits_on"))
    return f"{row['period']} " + "，".join(f"{word} {row[name]}" for word, name in days if row[name])


@dataclass(frozen=True)
class _Register:
    """How a file of the registry says who did what: its columns for who and when, and the rest in words."""

    act: str
    who: str
    day: str | None
    what: Callable[[dict[str, str]], str]


_REGISTERS = {
    "waivers": _Register(WAIVED, "approver", "approved_on", _waiver),
    "submission_corrections": _Register(CORRECTED, "signed_by", "signed_on", _correction),
    "reopenings": _Register(REOPENED, "opened_by", "opened_on", _reopening),
    "vetoes": _Register(VETOED, "decided_by", "decided_on", _veto),
    "calendar_changes": _Register(MOVED, "changed_by", None, _change),
}


def _registered() -> Iterator[Act]:
    """Rows of the present registry, then those that only an older one has which something was published from."""
    settings = get_settings()
    present = [(settings.registry, settings.registry.name, "")]
    kept = sorted(path for path in (settings.archive / "registry").glob("[0-9a-f]*") if path.is_dir())
    older = [(path, path.relative_to(settings.home).as_posix(), "，现在的登记册里没有") for path in kept]
    known = set()
    for table, register in _REGISTERS.items():
        for folder, shown, remark in (*present, *older):
            for number, row in _rows(folder / f"{table}.csv"):
                key = (table, *sorted(row.items()))
                if key not in known:
                    known.add(key)
                    yield _registered_act(register, row, f"{shown}/{table}.csv 第 {number} 行{remark}")


def _registered_act(register: _Register, row: dict[str, str], place: str) -> Act:
    notice = {name: row.get(name, "") for name in ("programme_id", "period", "reporter_id")}
    what = f"{row['programme_id']} {row.get('reporter_id') or '全部单位'} {register.what(row)}"
    day = row[register.day] if register.day else ""
    on = date.fromisoformat(day) if day else None
    return _act(register.act, row[register.who], what, row["reason"], place, notice, on=on)


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows with the line each ends on; columns that a registry of another time lacks are blank."""
    if not path.is_file():
        return
    try:
        reader = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""), restval="")
        for row in reader:
            yield reader.line_num, {name: text or "" for name, text in row.items() if isinstance(name, str)}
    except (OSError, ValueError, csv.Error) as error:
        raise AuditError(f"{path} 读不出来：{error}；请先修正登记册（make check）") from error


def _act(
    act: str,
    who: str,
    what: str,
    why: str,
    place: str,
    notice: Entry,
    at: datetime | None = None,
    on: date | None = None,
) -> Act:
    day = at.astimezone(TIMEZONE).date() if at else on
    ids = {name: str(notice.get(name) or "") for name in ("programme_id", "cadence", "period", "reporter_id")}
    return Act(at, day, act, one_line(who), **ids, what=one_line(what), why=one_line(why), recorded_in=place)


def _notice(entry: Entry) -> str:
    return " ".join(str(entry.get(name, "")) for name in ("programme_id", "cadence", "period"))


def _line(kind: str, number: int) -> str:
    """Which whole entry of a journal; lines that a crash cut short are not counted."""
    return f"archive/journal/{kind}.jsonl 第 {number} 条"


def _local(moment: datetime) -> str:
    return f"{moment.astimezone(TIMEZONE):%Y-%m-%d %H:%M}"
