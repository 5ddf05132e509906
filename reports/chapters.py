"""Which indicators and reporters of a notice get a chapter of their own, and where the others are found."""

from reports.catalogue import NoticeForm
from reports.changes import Change
from reports.footnotes import Footnote, footnotes
from reports.indicator_table import indicator_chapter
from reports.read import ResultSet
from reports.reporter_table import reporter_chapter
from reports.standings import Block
from reports.tables import Chapter

# People find a sheet by its tab or in the contents, a page of which has some forty lines: three pages at most.
MOST_CHAPTERS = 120


def is_folded(result: ResultSet) -> bool:
    """Whether there are too many reporters for a chapter each."""
    return len(_reporters(result)) > MOST_CHAPTERS


def left_out(result: ResultSet) -> list[str]:
    """What a large notice has no chapters of, and where it is instead."""
    sentences = []
    if is_folded(result):
        where = "各指标的工作表按“填报单位”筛选" if not _has_many_indicators(result) else "“排名”表按“填报单位”筛选"
        sentences.append(
            f"填报单位 {len(_reporters(result))} 家，超过 {MOST_CHAPTERS} 家，不逐家设一区一表，也不另列分类排名："
            f"一家的数请在{where}，一类的位次按“分类”筛选；各月累计数、得分明细和任务见同版的 result 文件夹。"
        )
    if _has_many_indicators(result):
        sentences.append(
            f"指标 {len(result.indicators)} 项，超过 {MOST_CHAPTERS} 项，不逐项设表，各项见“排名”和“单一来源”；"
            "各月累计数见冻结的结果表 history。"
        )
    return sentences


def indicator_chapters(
    result: ResultSet, form: NoticeForm, blocks: list[Block], changes: list[Change]
) -> list[Chapter]:
    """One chapter an indicator, in display order; none when there are too many."""
    if _has_many_indicators(result):
        return []
    notes = _by(footnotes(result, changes), "indicator_id")
    chapters = []
    for indicator_id, indicator in result.indicators.items():
        own = [block for block in blocks if block.indicator["indicator_id"] == indicator_id]
        own_notes, has_months = notes.get(indicator_id, []), not is_folded(result)
        chapters.append(indicator_chapter(result, form, indicator, own, own_notes, has_months))
    return [chapter for chapter in chapters if chapter.tables]


def reporter_chapters(result: ResultSet, form: NoticeForm, changes: list[Change]) -> list[Chapter]:
    """One chapter a reporter, in display order and without the city; none when there are too many."""
    if is_folded(result):
        return []
    notes = _by(footnotes(result, changes), "reporter_id")
    chapters = [
        reporter_chapter(result, form, result.reporters[reporter_id], notes.get(reporter_id, []))
        for reporter_id in _reporters(result)
    ]
    return [chapter for chapter in chapters if chapter.tables]


def _reporters(result: ResultSet) -> list[str]:
    return [key for key, row in result.reporters.items() if row["reporter_kind"] != "city"]


def _has_many_indicators(result: ResultSet) -> bool:
    return len(result.indicators) > MOST_CHAPTERS


def _by(notes: list[Footnote], name: str) -> dict[str, list[Footnote]]:
    groups: dict[str, list[Footnote]] = {}
    for note in notes:
        groups.setdefault(getattr(note, name), []).append(note)
    return groups
