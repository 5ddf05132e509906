"""What the analysts' file leaves out of free text: names and telephone numbers of who filled in and who reviewed.

Cover sheets say who filled in (raw.tables); no mart has such a column. But people also write themselves into file names
and remarks, so what a table's cover names is taken out of every text that its reporter wrote, and telephone numbers
with it.
"""

import re

# Columns that hold what a reporter wrote freely, and the column that says whose it is.
FREE_TEXT: dict[str, tuple[str, tuple[str, ...]]] = {
    "receipts": ("receipt_id", ("file_name",)),
    "findings": ("receipt_id", ("file_name", "found", "message", "explanation")),
    "task_progress": ("reporter_id", ("progress", "problem", "next_step")),
    "ledger_items": ("reporter_id", ("note",)),
}
NAME_MARK, NUMBER_MARK = "〔姓名略〕", "〔电话略〕"
# Mobile numbers and those with an area code.
_NUMBER = r"\b(1[3-9]\d[- ]?\d{4}[- ]?\d{4}|0\d{2,3}-?\d{7,8})\b"
# A cell may name several people, or give a number behind the name.
_NAMES = r"[\p{Han}·]{2,}"


def without_numbers(text: str) -> str:
    """A text of people without their telephone numbers."""
    return re.sub(_NUMBER, NUMBER_MARK, text)


def redacted_columns(mart: str) -> str:
    """The select list of a mart for the analysts: `*`, its free texts without people; read beside schema raw."""
    if mart not in FREE_TEXT:
        return "*"
    key, columns = FREE_TEXT[mart]
    return f"* replace ({', '.join(f'{_redacted(mart, key, column)} as {column}' for column in columns)})"


def _redacted(mart: str, key: str, column: str) -> str:
    """Nothing is looked up for a text that is empty; a reporter whose covers name nobody has no pattern."""
    without_numbers = f"regexp_replace({column}, '{_NUMBER}', '{NUMBER_MARK}', 'g')"
    names = f"""(
        select string_agg(name, '|' order by length(name) desc, name) from (
            select distinct unnest(regexp_extract_all(concat_ws(' ', filled_by, reviewed_by), '{_NAMES}')) as name
            from raw.tables where tables.{key} = "{mart}".{key}
        ) as named
    )"""
    return f"coalesce(regexp_replace({without_numbers}, {names}, '{NAME_MARK}', 'g'), {without_numbers})"
