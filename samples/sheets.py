"""What every sheet of a sample workbook has alike: looks, the page, a title that says 示例数据, and the head."""

from collections.abc import Callable

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from ingestion.contract import BY_NAME, COVER_COLUMNS, HEAD_COLUMNS, PARTIAL_MODE, SAMPLE_LABEL
from ingestion.periods import parse_period
from ingestion.registry import Row
from samples.submissions import Submission

Styled = Callable[..., Format]
BORDER = {"border": 1, "border_color": "#8C8C8C"}
_FONT = {"font_name": "宋体", "font_size": 11, "valign": "vcenter"}
_A4 = 9
_HEAD_ROW = 2
_COVER = {column.name: column for column in COVER_COLUMNS}


def styles_of(book: Workbook) -> Styled:
    """One format per distinct look, in order of first use."""
    formats: dict[str, Format] = {}

    def styled(**properties: object) -> Format:
        look = repr(properties)
        if look not in formats:
            formats[look] = book.add_format(_FONT | properties)
        return formats[look]

    return styled


def start_sheet(
    sheet: Worksheet, styled: Styled, submission: Submission, programme: Row, title: str, columns: list[tuple[str, int]]
) -> int:
    """Title, head and header (label and width of each column) of a sheet; returns the header's row."""
    for position, (_, width) in enumerate(columns):
        sheet.set_column(position, position, width)
    set_page(sheet)
    title_look = styled(bold=True, font_size=16, align="center")
    text = f"{programme['programme_name']}{title}（{SAMPLE_LABEL}）"
    sheet.merge_range(0, 0, 0, len(columns) - 1, text, title_look)
    sheet.set_row(0, 30)
    head = _head(submission, programme)
    for row, (label, value) in enumerate(head, start=_HEAD_ROW):
        sheet.set_row(row, 20)
        sheet.write_string(row, 0, label, styled(bold=True, bg_color="#F2F2F2", indent=1, **BORDER))
        sheet.merge_range(row, 1, row, 3, value, styled(align="left", indent=1, **BORDER))
    header_row = _HEAD_ROW + len(head) + 1
    header = styled(bold=True, align="center", bg_color="#D9E2F3", text_wrap=True, **BORDER)
    sheet.write_row(header_row, 0, [label for label, _ in columns], header)
    sheet.set_row(header_row, 24)
    sheet.repeat_rows(header_row)
    sheet.freeze_panes(header_row + 1, 1)
    return header_row


def set_page(sheet: Worksheet) -> None:
    """Landscape A4, as wide as one page."""
    sheet.set_paper(_A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.6, right=0.6)
    sheet.center_horizontally()


def _head(submission: Submission, programme: Row) -> list[tuple[str, str]]:
    """Labels and values: whose table of which month, and what it adds to where it only adds."""
    values = {
        "programme": programme["programme_name"],
        "reporter": submission.reporter["reporter_name"],
        "period": parse_period(submission.month).label,
    }
    head = [(BY_NAME[column.name].label, values[column.name]) for column in HEAD_COLUMNS]
    if submission.correction_reason:
        head.append((_COVER["correction_mode"].label, PARTIAL_MODE))
        head.append((_COVER["correction_reason"].label, submission.correction_reason))
    return head
