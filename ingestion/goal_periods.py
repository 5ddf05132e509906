"""For which period a goal holds, and from where its year was taken when its own sentence names none."""

from collections import Counter

from ingestion.clauses import Clause, path_parts
from ingestion.document_dates import TIMES, DocumentDates, read_period, year_of
from ingestion.goal_words import MASKED


def general_period(path: str, clauses: list[Clause], dates: DocumentDates, explicit: Counter[str]) -> tuple[str, str]:
    """Period and note: the clause's first year, then a heading's above it, then the document's own."""
    parts = path_parts(path)
    own = [clause.text for clause in clauses if clause.path == path]
    above = [clause for clause in clauses if path_parts(clause.path) == parts[: len(path_parts(clause.path))]]
    titles = [(clause.title, "上级标题" if clause.path else "文件标题") for clause in above]
    for words, source in (*((words, "同条他句") for words in own), *titles):
        year = _first_year(words, dates)
        if year:
            return year, f"句中未写年份，取自{source}"
    if dates.last_year:
        return str(dates.last_year), "句中未写年份，取自文件名的末年"
    if not dates.year or (explicit and str(dates.year) not in explicit):
        common = explicit.most_common(1)[0][0] if explicit else ""
        return common, "句中未写年份，取自文中最常见的年份" if common else "文中未写年份"
    return str(dates.year), "句中未写年份，按文件年份计"


def list_period(text: str, position: int, dates: DocumentDates) -> str:
    """The year of the line that announces a list: 2021年的主要目标:."""
    announced = [line for line in text[:position].split("\n")[:-1] if line.endswith(":")]
    return read_period(announced[-1], dates)[:4] if announced else ""


def _first_year(words: str, dates: DocumentDates) -> str:
    for match in TIMES.finditer(MASKED.sub("", words)):
        year = year_of(match, dates) if match["year"] else ""
        if year and int(year) >= (dates.year or 0):
            return year
    return ""
