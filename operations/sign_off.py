"""Drafts that a person signs before they are published: what is laid before them, and what publishing then checks."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ingestion import journal
from ingestion.calendar import calendar_of
from ingestion.periods import TIMEZONE, parse_moment, parse_period
from ingestion.registry import load_registry
from ingestion.settings import get_settings
from ingestion.store import writer_lock
from operations.build import ensure_build
from reports import objections, sign_off
from reports.plain_text import markdown_literal
from reports.pre_notice import write_pre_notices
from reports.publish import Publication, publish
from reports.signature import Signature

JOURNAL_KIND = "rejections"


@dataclass(frozen=True)
class Request:
    """What is laid before a person.

    Attributes:
        as_of: the as-of of the build that the drafts were made from, ISO; None where nothing had to be built.
        keys: what each draft holds, by programme (see reports.sign_off); empty where no figure moved: nobody is asked.
        publications: what became of each notice, one line each; empty where no programme has this notice.
        body: the question in markdown.
    """

    as_of: str | None
    keys: dict[str, str]
    publications: list[str]
    body: str

    def to_json(self) -> dict[str, Any]:
        """As it travels between tasks."""
        return asdict(self)


@dataclass(frozen=True)
class Signed:
    """A request and who approved it; no signature where nobody had to be asked."""

    request: Request
    signature: Signature | None

    @property
    def as_of(self) -> datetime | None:
        """The as-of (UTC) of the drafts that were signed."""
        return parse_moment(self.request.as_of) if self.request.as_of else None


def request_signature(
    cadence: str, period: str, as_of: datetime | None, programme_ids: Sequence[str] | None = None
) -> Request:
    """Build as of a moment, lay out the drafts of a period and tell their reporters; nothing is published.

    `programme_ids` limits it to some programmes.

    PublicationError where a gate would refuse the publication.
    """
    with writer_lock():
        build = ensure_build(as_of)
        keys = sign_off.pending(cadence, period, programme_ids)
        publications = publish(cadence, period, programme_ids, is_draft=True)
        _tell_reporters(cadence, period, build.as_of, list(keys))
    drafts = [publication for publication in publications if publication.programme_id in keys]
    return Request(build.as_of.isoformat(), keys, _lines(publications), question(drafts, build.as_of))


def standing_request(publications: Sequence[Publication]) -> Request:
    """The request of a period that stays as it is: nobody is asked."""
    return Request(None, {}, _lines(publications), "")


def publish_as_signed(
    cadence: str, period: str, signed: Signed | None, programme_ids: Sequence[str] | None = None
) -> list[Publication]:
    """Publish from the marts of the last build; what was signed only if it still is what would be published.

    The caller holds the writer lock. ApprovalOutdated where figures moved: nothing at all is published then.
    """
    if signed is None:
        return publish(cadence, period, programme_ids)
    sign_off.check_signed(cadence, period, signed.request.keys, programme_ids)
    return publish(cadence, period, programme_ids, signature=signed.signature)


def record_rejection(cadence: str, period: str, request: Request, signature: Signature) -> None:
    """Write down who sent a draft back, when, and why."""
    journal.append(
        JOURNAL_KIND,
        {"cadence": cadence, "period": period, "as_of": request.as_of, "programme_ids": sorted(request.keys)}
        | {"rejected": signature.to_manifest()},
    )


def question(drafts: Sequence[Publication], as_of: datetime) -> str:
    """What the person who signs reads, in markdown: the drafts, where they lie, and the unanswered objections."""
    lines = [f"数据截至 {as_of.astimezone(TIMEZONE):%Y-%m-%d %H:%M}（北京时间）。", ""]
    for draft in drafts:
        lines += _question_of(draft)
    lines += [
        "",
        "Approve：按征求意见稿原样发布。Reject：稿件保留，不发布。意见请写在下面，随发布存入 manifest.json。",
        "送签以后数字又有变动的，签字不作数：不发布，重新排稿，须重新送签。",
    ]
    return "\n".join(lines)


def _question_of(draft: Publication) -> list[str]:
    assert draft.folder is not None
    until = objections.window_of(draft.programme_id, draft.period, draft.cadence)
    window = f"异议截止 {until:%Y-%m-%d} 24:00" if until else "没有发复核告知"
    unanswered = [
        objection
        for objection in objections.all_objections(draft.programme_id, draft.period, draft.cadence)
        if objection.is_open
    ]
    lines = [
        f"- {markdown_literal(draft.programme_id)} {parse_period(draft.period).label}："
        f"{markdown_literal(_below_home(draft.folder))}，{window}，未答复的异议 {len(unanswered)} 件"
    ]
    return lines + [
        f"    - {objection.objection_id}{'（逾期）' if objection.is_late else ''}"
        f" {markdown_literal(objections.subject(objection))}：{markdown_literal(objection.reason)}"
        for objection in unanswered
    ]


def _below_home(folder: Path) -> str:
    return folder.relative_to(get_settings().home).as_posix()


def _tell_reporters(cadence: str, period: str, as_of: datetime, programme_ids: list[str]) -> None:
    """Pre-notices of the drafts whose programme has a window for objections; it runs from the day of the as-of."""
    calendar = calendar_of(load_registry(get_settings().registry))
    day = as_of.astimezone(TIMEZONE).date()
    windows = {programme_id: calendar.objections_until(programme_id, day) for programme_id in programme_ids}
    until = {programme_id: last_day for programme_id, last_day in windows.items() if last_day}
    if until:
        write_pre_notices(cadence, period, until, list(until))


def _lines(publications: Sequence[Publication]) -> list[str]:
    return [f"{p.programme_id} {p.period} v{p.version or '-'} {p.outcome}" for p in publications]
