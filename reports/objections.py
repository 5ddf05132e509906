"""Objections of reporters to a draft, their answers, and what became of the figures: kept in the journal.

An objection keeps the reporter's figures as they stood when it was made, since a draft goes away once it is published.
Its id is made of what it says and of those figures, so that the same objection entered twice is one.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

from ingestion import journal
from ingestion.periods import CADENCES, end_of_day, parse_moment, parse_period
from ingestion.settings import get_settings
from reports import figures
from reports.changes import Change
from reports.errors import NoticeNotFound, ObjectionError
from reports.own_rows import moves, own_rows, rows_for
from reports.plain_text import one_line
from reports.read import ResultSet, load_result
from reports.revision import revision_table
from reports.vintage import MANIFEST, RESULT, latest_vintage, notice_folder, read_manifest

KIND = "objections"
EFFECTS = ("维持", "更正")
DRAFT = "draft"
_ID_LENGTH = 10
_LONGEST_TEXT = 2000
Entry = dict[str, Any]


@dataclass(frozen=True)
class Objection:
    """One objection with its answers, oldest first.

    Attributes:
        until: last day of the window that was open when it was made; None where reporters had not been told.
        against: the draft or the vintage (v1 …) that it is about; `follows` is the vintage a draft came after, or 0.
        figures: the reporter's figures and places as they stood, each as a change from nothing.
    """

    objection_id: str
    programme_id: str
    programme_name: str
    period: str
    cadence: str
    reporter_id: str
    reporter_name: str
    indicator_id: str | None
    indicator_name: str
    reason: str
    by: str
    at: datetime
    until: date | None
    against: str
    follows: int
    figures: list[Change]
    answers: list[Entry]

    @property
    def is_late(self) -> bool:
        """Whether it came after the window."""
        return self.until is not None and self.at > end_of_day(self.until)

    @property
    def is_open(self) -> bool:
        """Whether nobody has answered it."""
        return not self.answers


def open_window(result: ResultSet, until: date) -> None:
    """Write down that the reporters of a draft may object until the end of a day; the same once more is nothing new."""
    entry = {
        "event": "window",
        **_notice_of(result.programme_id, result.period, result.cadence),
        "until": until.isoformat(),
        "as_of": f"{result.as_of.isoformat()}Z",
    }
    windows = _windows(result.programme_id, result.period, result.cadence)
    if not windows or windows[-1] != entry:
        journal.append(KIND, entry)


def window_of(programme_id: str, period: str, cadence: str) -> date | None:
    """The last day for objections to a notice, by its newest pre-notice; None where none went out."""
    windows = _windows(programme_id, period, cadence)
    return date.fromisoformat(windows[-1]["until"]) if windows else None


def record_objection(
    programme_id: str,
    period: str,
    cadence: str,
    reporter: str,
    indicator: str | None,
    reason: str,
    by: str,
    at: datetime,
) -> Objection:
    """Write an objection down; reporter and indicator by id or name, no indicator for all of the reporter's rows.

    It is about the draft, and where there is none about the newest vintage. `at` (aware) decides whether it is late.
    An objection that is there already is returned as it is. ObjectionError says what is wrong.
    """
    result, against, follows = _disputed(programme_id, period, cadence)
    reporter_id = _named(reporter, result.reporters, "reporter_name", "填报单位")
    indicator_id = _named(indicator, result.indicators, "indicator_name", "指标") if indicator else None
    window = window_of(programme_id, period, cadence)
    content = {
        **_notice_of(programme_id, period, cadence),
        "reporter_id": reporter_id,
        "indicator_id": indicator_id,
        "reason": _said(reason, "理由（--reason）"),
        "by": _said(by, "提出人（--by）"),
        "against": against,
        "follows": follows,
        "figures": rows_for(result, reporter_id, indicator_id),
    }
    objection_id = f"Y{_digest(content)}"
    if objection_id not in {objection.objection_id for objection in all_objections()}:
        entry = {
            "event": "objection",
            "objection_id": objection_id,
            "programme_name": result.row("programme")["programme_name"],
            "reporter_name": result.reporters[reporter_id]["reporter_name"],
            "indicator_name": result.indicators[indicator_id]["indicator_name"] if indicator_id else "",
            "at": _utc(at),
            "until": window.isoformat() if window else None,
            **content,
        }
        journal.append(KIND, entry)
    return find(objection_id)


def record_answer(objection_id: str, answer: str, effect: str, by: str, at: datetime) -> Objection:
    """Write an answer down; a later answer stands beside an earlier one, the same once more is nothing new."""
    if effect not in EFFECTS:
        raise ObjectionError(f"处理结果“{one_line(effect)}”无法识别；应为{'或'.join(EFFECTS)}（--effect）")
    objection = find(objection_id)
    said = {"answer": _said(answer, "答复（--answer）"), "effect": effect, "by": _said(by, "答复人（--by）")}
    if not any(said.items() <= earlier.items() for earlier in objection.answers):
        journal.append(KIND, {"event": "answer", "objection_id": objection_id, **said, "at": _utc(at)})
    return find(objection_id)


def find(objection_id: str) -> Objection:
    """The objection of an id; ObjectionError where there is none."""
    for objection in all_objections():
        if objection.objection_id == objection_id:
            return objection
    raise ObjectionError(f"没有编号为“{one_line(objection_id)}”的异议；全部编号见 python -m reports objections")


def all_objections(
    programme_id: str | None = None, period: str | None = None, cadence: str | None = None
) -> list[Objection]:
    """Objections in the order in which they were entered, of one programme, period or cadence where given."""
    entries = journal.read(KIND)
    answers: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry["event"] == "answer":
            answers.setdefault(entry["objection_id"], []).append(entry)
    found = [_read(entry, answers.get(entry["objection_id"], [])) for entry in entries if entry["event"] == "objection"]
    return [
        objection
        for objection in found
        if programme_id in (None, objection.programme_id)
        and period in (None, objection.period)
        and cadence in (None, objection.cadence)
    ]


def outcome_of(objection: Objection) -> str:
    """What became of the figures in the newest vintage that came after what was objected to, in words."""
    last = latest_vintage(objection.programme_id, objection.period, objection.cadence)
    if last is None or last.version <= objection.follows:
        return "尚未发布" if objection.against == DRAFT else "此后没有新版"
    published = last.result()
    if objection.reporter_id not in published.reporters:
        return f"第{last.version}版已无该单位"
    now = rows_for(published, objection.reporter_id, objection.indicator_id)
    rows = revision_table(own_rows(published, objection.reporter_id), moves(objection.figures, now)).rows
    if not rows:
        return f"第{last.version}版：数字和位次没有变动"
    listed = "；".join(_move(row.cells, is_named=not objection.indicator_id) for row in rows)
    return f"第{last.version}版：{listed}"


def printed(objections: Iterable[Objection]) -> list[str]:
    """Objections as people read them, line by line, under the notice that they are about."""
    lines: list[str] = []
    notice = None
    for objection in sorted(objections, key=lambda o: (o.period, o.programme_id, o.cadence)):
        key = (objection.programme_id, objection.period, objection.cadence)
        if key != notice:
            lines.append(f"{'' if notice is None else chr(10)}{heading(objection)}")
            notice = key
        lines += _lines(objection)
    return lines


def heading(objection: Objection) -> str:
    """The notice that an objection is about, and until when objections to it may be made."""
    until = window_of(objection.programme_id, objection.period, objection.cadence)
    window = f"异议截止 {until:%Y-%m-%d} 24:00" if until else "没有发过复核告知，不设截止"
    label = parse_period(objection.period).label
    name = one_line(objection.programme_name)
    return f"{name}（{objection.programme_id}） {label} {objection.cadence}　{window}"


def subject(objection: Objection) -> str:
    """Who objects to what."""
    return one_line(f"{objection.reporter_name} {objection.indicator_name or '全部数字'}")


def _lines(objection: Objection) -> list[str]:
    late = "　〔逾期〕" if objection.is_late else ""
    state = "未答复" if objection.is_open else objection.answers[-1]["effect"]
    about = "征求意见稿" if objection.against == DRAFT else f"第{objection.follows}版"
    lines = [
        f"  {objection.objection_id}　{subject(objection)}　〔{state}〕{late}",
        f"    提出：{_local(objection.at)}　{one_line(objection.by)}，对{about}",
        f"    理由：{one_line(objection.reason)}",
    ]
    lines += [
        f"    答复：{_local(parse_moment(answer['at']))}　{one_line(answer['by'])}，{answer['effect']}："
        f"{one_line(answer['answer'])}"
        for answer in objection.answers
    ]
    return [*lines, f"    结果：{outcome_of(objection)}"]


def _move(cells: dict[str, figures.Cell], is_named: bool) -> str:
    indicator = f"{cells['indicator'].text} " if is_named else ""
    return one_line(f"{indicator}{cells['what'].text} {cells['before'].text} → {cells['after'].text}")


def _disputed(programme_id: str, period: str, cadence: str) -> tuple[ResultSet, str, int]:
    """What an objection is about: the draft with the version that it follows (or 0), else the newest vintage."""
    if cadence not in CADENCES or parse_period(period).cadence != cadence:
        raise NoticeNotFound(f"“{one_line(period)}”不是 {one_line(cadence)} 的期号；周期可用：{'、'.join(CADENCES)}")
    draft = notice_folder(get_settings().provisional, programme_id, period, cadence)
    if (draft / MANIFEST).is_file():
        follows = read_manifest(draft)["previous_version"] or 0
        return load_result(draft / RESULT, programme_id, cadence, period), DRAFT, follows
    last = latest_vintage(programme_id, period, cadence)
    if last is None:
        raise NoticeNotFound(
            f"方案“{one_line(programme_id)}”{period}（{cadence}）既没有征求意见稿，也没有发布过，没有可提异议的通报；"
            "请核对方案编号、期号和周期"
        )
    return last.result(), f"v{last.version}", last.version


def _named(text: str, rows: dict[str, dict[str, Any]], name: str, kind: str) -> str:
    wanted = text.strip()
    found = [row_id for row_id, row in rows.items() if wanted in (row_id, row[name])]
    if len(found) != 1:
        some = "、".join(f"{row[name]}（{row_id}）" for row_id, row in rows.items())
        raise ObjectionError(f"这一期通报中没有{kind}“{one_line(text)}”；有：{one_line(some)}")
    return found[0]


def _said(text: str, what: str) -> str:
    said = text.strip()
    if not one_line(said):
        raise ObjectionError(f"{what}是空的，请写明")
    if len(said) > _LONGEST_TEXT:
        raise ObjectionError(f"{what}有 {len(said)} 字，最多 {_LONGEST_TEXT} 字；请写要点，材料另附")
    return said


def _read(entry: Entry, answers: list[Entry]) -> Objection:
    values = {name: entry[name] for name in Objection.__dataclass_fields__ if name in entry}
    until = date.fromisoformat(entry["until"]) if entry["until"] else None
    return Objection(**values | {"at": parse_moment(entry["at"]), "until": until, "answers": answers})


def _windows(programme_id: str, period: str, cadence: str) -> list[Entry]:
    notice = _notice_of(programme_id, period, cadence)
    return [e for e in journal.read(KIND) if e["event"] == "window" and notice.items() <= e.items()]


def _notice_of(programme_id: str, period: str, cadence: str) -> dict[str, str]:
    return {"programme_id": programme_id, "period": period, "cadence": cadence}


def _digest(content: Entry) -> str:
    return sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:_ID_LENGTH]


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat()}Z"


def _local(moment: datetime) -> str:
    return figures.moment(moment.astimezone(UTC).replace(tzinfo=None))
