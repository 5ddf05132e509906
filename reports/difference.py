"""What two vintages of one notice say differently, as lines that people read."""

from dataclasses import dataclass

from reports import figures
from reports.change_words import NONE, words_of
from reports.changes import Change, differences_between, inputs_added, is_counted
from reports.errors import NoticeNotFound
from reports.read import ResultSet
from reports.vintage import Vintage, vintages_of


@dataclass(frozen=True)
class Difference:
    """Lines of two vintages' difference.

    Attributes:
        moved: figures, marks, places and states.
        beside: texts, dates counted and the quality of returns, which make no vintage by themselves.
        submissions: what the later one rests on and the earlier one does not.
    """

    moved: list[str]
    beside: list[str]
    submissions: list[str]


def vintage_of(programme_id: str, period: str, cadence: str, version: int) -> Vintage:
    """One published vintage; NoticeNotFound says which there are."""
    vintages = {vintage.version: vintage for vintage in vintages_of(programme_id, period, cadence)}
    if version not in vintages:
        known = "、".join(f"v{number}" for number in vintages)
        found = f"已发布的有 {known}" if known else "这一期还没有发布过，请核对方案编号、期号和周期"
        raise NoticeNotFound(f"没有 {programme_id} {period}（{cadence}）的 v{version}；{found}")
    return vintages[version]


def difference_between(before: ResultSet, after: ResultSet) -> Difference:
    """What moved from one result set to the other, in words."""
    changes = differences_between(before, after)
    return Difference(
        moved=[_line(after, change) for change in changes if is_counted(change)],
        beside=[_line(after, change) for change in changes if not is_counted(change)],
        submissions=[
            f"{after.reporters.get(row['reporter_id'], {}).get('reporter_name', row['reporter_id'])} {row['period']}，"
            f"文件 {row['file_name']}，收到时间 {figures.moment(row['received_at'])}"
            for row in inputs_added(before, after)
        ],
    )


def _line(result: ResultSet, change: Change) -> str:
    words = words_of(result, change)
    name = " · ".join(part for part in (words.subject, words.thing, words.label) if part)
    return f"{name}：{words.before.text or NONE} → {words.after.text or NONE}"
