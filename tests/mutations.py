"""Valid workbooks and CSVs spoilt at random: what is spoilt where is drawn by hypothesis, and told by a mutant's repr.

Four levels: the meaning (cells, rows, labels, heads), the XML of a workbook's parts, the bytes of a part or of the
file, and the text of a CSV. A step names its operation and two numbers, which it takes modulo whatever it picks from.
"""

import io
import re
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from hypothesis import strategies as st

from tests.bad_kinds import DISTRICTS, OLD_WORKBOOK, OLE_MAGIC, PROGRAMME, Form, Slot, csv_text, workbook

Lines = list[list[object]]
Parts = list[tuple[str, bytes]]

# The last districts are left to valid files: nothing that a mutant says can clash with them.
VALID_REPORTERS = list(DISTRICTS)[-2:]
MUTANT_REPORTERS = list(DISTRICTS)[:-2]
# No month before, with which a cumulative had to agree.
MONTHS = (1, 3, 5, 7, 9, 11)
SLOTS = [Slot(reporter_id, month) for reporter_id in MUTANT_REPORTERS for month in MONTHS]

ODD_VALUES: tuple[object, ...] = (
    *("１２３", "1e400", "-0", "NaN", "inf", "1e-400", "9" * 400, "0." + "0" * 400 + "1", "٣", "Ⅳ", "½", "1_000"),
    *("=1+1", "+1", "@SUM(A1)", "=cmd|' /C calc'!A0", "{=A1}", "'3", "\x01\x02\x1f", "\x00", "_x0000_", "_xD800_"),
    *("\ufffe\uffff", "😀", "👩‍👩‍👧", "שלום", "\u202e321", "\ufeff3", "\u200b3", "　3　", "3\n4", "3\r\n4", "\t"),
    *(
        "长" * 40_000,
        " " * 33_000,
        "示例数据",
        "指标",
        "填报单位",
        "期",
        "退回说明",
        "文件：",
        "<v>3</v>",
        "&#0;",
        "]]>",
    ),
    *("3%", "1,234", "１，２３４", "1，234", "5²", True, -3, 10**13, 1e300, 5e-324, 0.1 + 0.2, "2021-02-30"),
)
ODD_HEADS: tuple[object, ...] = (
    *("", "创新提能2031", "火星区", "2021-13", "2099-01", 44256, 2021.1, "2021年２月", "0000-00", "９９９９年1月"),
    *("武汉化工区", "江岸区\u200b", "江 岸 区", "2021-03-01T00:00:00", "方案", "四个加快2021", PROGRAMME * 50),
)


@dataclass(frozen=True)
class Step:
    """One mutation: an operation, which of the things it applies to, and what it puts there."""

    operation: str
    place: int
    choice: int


@dataclass(frozen=True)
class Mutant:
    """A file to be dropped: what it was made from, all that was done to it, and what it is called."""

    base: str
    slot: Slot
    steps: tuple[Step, ...]
    name: bytes

    def content(self) -> bytes:
        """The file's bytes."""
        if self.base == "old":
            return _spoilt(OLD_WORKBOOK.read_bytes(), self.steps, BYTES)
        lines = _spoilt(Form.of(self.slot).lines(), self.steps, MEANING)
        if self.base == "csv":
            return _csv(self.slot, lines, self.steps)
        parts = _spoilt(_parts(_workbook(lines, self.base)), self.steps, PARTS)
        return _spoilt(_zipped(parts), self.steps, BYTES)


def _spoilt(subject: object, steps: tuple[Step, ...], operations: dict[str, Callable]) -> object:
    """The subject after those of the steps that work on its level."""
    for step in steps:
        if step.operation in operations:
            subject = operations[step.operation](subject, step.place, step.choice)
    return subject


def _workbook(lines: Lines, base: str) -> bytes:
    if base == "plain":
        return workbook({"指标": lines})
    cover = [["方案", PROGRAMME], ["填报单位", *lines[0][3:4]], ["报送方式", "首次报送"]]
    ledger = [["任务编号", "任务", "状态", "进展情况"], ["x-1", "建设园区", "进行中", "已开工"]]
    items = [["项目名称", "项目代码", "状态", "开始日期"], ["某项目", "P-1", "在建", "2021-03-01"]]
    return workbook({"封面": cover, "指标": lines, "任务": ledger, "项目": items}, hidden=("项目",))


def _parts(content: bytes) -> Parts:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]


def _zipped(parts: Parts) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive, warnings.catch_warnings(action="ignore"):
        for name, data in parts:
            archive.writestr(zipfile.ZipInfo(name), data)
    return stream.getvalue()


# --- meaning


def _odd_value(lines: Lines, place: int, choice: int) -> Lines:
    cells = [(row, column) for row in range(1, len(lines)) for column in range(len(lines[row]))]
    return _with_cell(lines, *cells[place % len(cells)], ODD_VALUES[choice % len(ODD_VALUES)]) if cells else lines


def _odd_head(lines: Lines, place: int, choice: int) -> Lines:
    return _with_cell(lines, 0, (1, 3, 5)[place % 3], ODD_HEADS[choice % len(ODD_HEADS)])


def _other_slot(lines: Lines, place: int, choice: int) -> Lines:
    """The head of another mutant: two files then speak for one district and month."""
    slot = SLOTS[choice % len(SLOTS)]
    return _with_cell(_with_cell(lines, 0, 3, slot.name), 0, 5, slot.period)


def _with_cell(lines: Lines, row: int, column: int, value: object) -> Lines:
    changed = [list(line) for line in lines]
    if row < len(changed) and column < len(changed[row]):
        changed[row][column] = value
    return changed


def _row_doubled(lines: Lines, place: int, choice: int) -> Lines:
    at, to = place % len(lines), choice % len(lines)
    return [*lines[:to], lines[at], *lines[to:]]


def _row_moved(lines: Lines, place: int, choice: int) -> Lines:
    at = place % len(lines)
    rest = [*lines[:at], *lines[at + 1 :]]
    to = choice % len(lines)
    return [*rest[:to], lines[at], *rest[to:]]


def _row_removed(lines: Lines, place: int, choice: int) -> Lines:
    at = place % len(lines)
    return [*lines[:at], *lines[at + 1 :]] if len(lines) > 1 else lines


def _rows_apart(lines: Lines, place: int, choice: int) -> Lines:
    at = place % len(lines)
    return [*lines[:at], *[[] for _ in range(choice % 300)], *lines[at:]]


def _columns_apart(lines: Lines, place: int, choice: int) -> Lines:
    at, blanks = place % 7, [""] * (choice % 300)
    return [[*line[:at], *blanks, *line[at:]] for line in lines]


MEANING: dict[str, Callable[[Lines, int, int], Lines]] = {
    "odd_value": _odd_value,
    "odd_head": _odd_head,
    "other_slot": _other_slot,
    "row_doubled": _row_doubled,
    "row_moved": _row_moved,
    "row_removed": _row_removed,
    "rows_apart": _rows_apart,
    "columns_apart": _columns_apart,
}

# --- parts of a workbook

ADDRESSES = (
    *("ZZZZ1", "A1048576", "XFD1", "XFD1048576", "A1048577", "XFE1", "a3", "A0", "0", "3", "A", "", "$A$3", "R3C1"),
    *("A4294967296", "A99999999999999999999", "AAAAAAAAAAAA1", "Z9999", "ALL1000", "ZZ65536", "A3:B4", "Ａ３", "-A1"),
)
CELL_TYPES = ("s", "str", "inlineStr", "b", "e", "n", "d", "S", "", "bogus")
ATTRIBUTES = ('s="99999"', 's="-1"', 's="x"', 't="s"', 'cm="9999999999"', 'r="B3"', 'x:y="1"', 'ph="1"')
VALUES = (
    *("99999", "-1", "1e400", "NaN", "", "x", "4294967296", "18446744073709551616", " 1 ", "１", "&#x1F600;", "&bad;"),
    *("&#0;", "<b/>", "1.7976931348623157e308", "2958466", "-700000", "1E5000000", "0x10"),
)
SHEET_ADDITIONS = (
    '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>',
    '<mergeCells count="1"><mergeCell ref="B3:ZZZZ9"/></mergeCells>',
    '<mergeCells><mergeCell ref="A3:C20"/><mergeCell ref="A3:C20"/></mergeCells>',
    '<conditionalFormatting sqref="A1:XFD1048576"/>',
    '<dataValidations><dataValidation type="list" sqref="A1:XFD1048576"><formula1>#REF!</formula1></dataValidation>'
    "</dataValidations>",
    '<hyperlinks><hyperlink ref="A1" r:id="rId77"/></hyperlinks>',
    '<drawing r:id="rId99"/>',
    "<sheetData/>",
    '<autoFilter ref="ZZZZ1:A0"/>',
)
STATES = ("hidden", "veryHidden", "visible", "bogus")
SHEET_NAMES = (
    "说明",
    "CSV",
    "封面",
    "退回说明",
    "",
    "x" * 300,
    "a/b:c*[d]",
    "\u202e标指",
    "&#10;",
    "指标 ",
    "任务",
    "'",
)


def _cell_changed(pattern: str, replacement: Callable[[re.Match[bytes], int], bytes]) -> Callable:
    """An operation on one of the places in a sheet's XML that a pattern finds."""

    def operation(parts: Parts, place: int, choice: int) -> Parts:
        sheets = [number for number, (name, _) in enumerate(parts) if "worksheets/" in name]
        if not sheets:
            return parts
        at = sheets[place % len(sheets)]
        name, data = parts[at]
        found = list(re.finditer(pattern.encode(), data))
        if not found:
            return parts
        match = found[place % len(found)]
        changed = data[: match.start()] + replacement(match, choice) + data[match.end() :]
        return [*parts[:at], (name, changed), *parts[at + 1 :]]

    return operation


def _one_of(choices: tuple[str, ...], text: str) -> Callable[[re.Match[bytes], int], bytes]:
    return lambda match, choice: text.replace("{}", choices[choice % len(choices)]).encode()


def _without_part(parts: Parts, place: int, choice: int) -> Parts:
    at = place % len(parts) if parts else 0
    return [*parts[:at], *parts[at + 1 :]]


def _doubled_part(parts: Parts, place: int, choice: int) -> Parts:
    """A name twice in the zip, the second with the bytes of another part."""
    if not parts:
        return parts
    return [*parts, (parts[place % len(parts)][0], parts[choice % len(parts)][1])]


def _renamed_part(parts: Parts, place: int, choice: int) -> Parts:
    if not parts:
        return parts
    at = place % len(parts)
    names = (parts[at][0].upper(), "/" + parts[at][0], "../" + parts[at][0], parts[at][0].replace("/", "\\"))
    return [*parts[:at], (names[choice % len(names)], parts[at][1]), *parts[at + 1 :]]


def _part_bytes(parts: Parts, place: int, choice: int) -> Parts:
    """A part's own bytes spoilt before it is packed: the zip and its checksums are right."""
    if not parts:
        return parts
    at = place % len(parts)
    operations = list(BYTES.values())
    changed = operations[choice % len(operations)](parts[at][1], place // 7, choice // 3)
    return [*parts[:at], (parts[at][0], changed), *parts[at + 1 :]]


def _in_part(name: str, pattern: str, choices: tuple[str, ...], text: str) -> Callable[[Parts, int, int], Parts]:
    """An operation on one of the places that a pattern finds in a part of that name."""

    def operation(parts: Parts, place: int, choice: int) -> Parts:
        new = text.replace("{}", choices[choice % len(choices)])
        changed = []
        for own_name, data in parts:
            found = list(re.finditer(pattern, data.decode("utf-8", "replace"))) if own_name == name else []
            if found:
                match = found[place % len(found)]
                data = (match.string[: match.start()] + new + match.string[match.end() :]).encode()
            changed.append((own_name, data))
        return changed

    return operation


def _other_name(parts: Parts, place: int, choice: int) -> Parts:
    return _in_part("xl/workbook.xml", r'name="[^"]*"', SHEET_NAMES, 'name="{}"')(parts, place, choice)


PARTS: dict[str, Callable[[Parts, int, int], Parts]] = {
    "address": _cell_changed(r' r="[A-Z]+\d+"', _one_of(ADDRESSES, ' r="{}"')),
    "no_address": _cell_changed(r' r="[A-Z]+\d+"', _one_of(("",), "")),
    "row_number": _cell_changed(r'<row r="\d+"', _one_of(("0", "-1", "1048576", "4294967296", "x"), '<row r="{}"')),
    "type": _cell_changed(r' t="s"', _one_of(CELL_TYPES, ' t="{}"')),
    "attribute": _cell_changed(r"<c ", _one_of(ATTRIBUTES, "<c {} ")),
    "value": _cell_changed(r"<v>[^<]*</v>", _one_of(VALUES, "<v>{}</v>")),
    "dimension": _cell_changed(r'<dimension ref="[^"]*"', _one_of(ADDRESSES, '<dimension ref="A1:{}"')),
    "new_cell": _cell_changed(r"</row>", _one_of(ADDRESSES, '<c r="{}"><v>1</v></c></row>')),
    "addition": _cell_changed(r"</sheetData>", _one_of(SHEET_ADDITIONS, "</sheetData>{}")),
    "without_part": _without_part,
    "doubled_part": _doubled_part,
    "renamed_part": _renamed_part,
    "part_bytes": _part_bytes,
    "sheet_name": _other_name,
    "sheet_state": _in_part("xl/workbook.xml", r"<sheet ", STATES, '<sheet state="{}" '),
    "sheet_twice": _in_part(
        "xl/workbook.xml", r"(<sheet [^>]*>)", ('<sheet name="指标" sheetId="1" r:id="rId1"/>',), "{}{}"
    ),
    "sheet_relation": _in_part("xl/workbook.xml", r'r:id="[^"]*"', ("rId99", "", "rId2"), 'r:id="{}"'),
    "target": _in_part(
        "xl/_rels/workbook.xml.rels",
        r'Target="[^"]*"',
        ("../../etc/hosts", "", "/xl/worksheets/sheet1.xml", "file:///etc/hosts", "xl/workbook.xml", "worksheets/"),
        'Target="{}"',
    ),
    "shared_count": _in_part("xl/sharedStrings.xml", r'ount="\d+"', ("0", "-1", "4294967295", "x"), 'ount="{}"'),
    "shared_text": _in_part("xl/sharedStrings.xml", r"<t[^>]*>[^<]*</t>", VALUES, "<t>{}</t>"),
    "shared_missing": _in_part(
        "xl/sharedStrings.xml", r"<si>.*?</si>", ("", "<si/>", "<si><r><t>3</t></r></si>"), "{}"
    ),
    "style": _in_part("xl/styles.xml", r'numFmtId="\d+"', ("9", "10", "14", "99999", "-1", "x"), 'numFmtId="{}"'),
    "doctype": _in_part(
        "xl/workbook.xml",
        r"<workbook",
        (
            '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
            "<!DOCTYPE x SYSTEM 'file:///etc/hosts'>",
        ),
        "{}<workbook",
    ),
}

# --- bytes


def _flipped(data: bytes, place: int, choice: int) -> bytes:
    if not data:
        return data
    at = place % len(data)
    return data[:at] + bytes([data[at] ^ (choice % 255 + 1)]) + data[at + 1 :]


def _deleted(data: bytes, place: int, choice: int) -> bytes:
    at = place % (len(data) + 1)
    return data[:at] + data[at + choice % 64 + 1 :]


def _inserted(data: bytes, place: int, choice: int) -> bytes:
    at = place % (len(data) + 1)
    return data[:at] + choice.to_bytes(4, "big") * (choice % 9 + 1) + data[at:]


def _cut(data: bytes, place: int, choice: int) -> bytes:
    return data[: place % (len(data) + 1)]


def _cut_before(data: bytes, place: int, choice: int) -> bytes:
    return data[place % (len(data) + 1) :]


def _magic(data: bytes, place: int, choice: int) -> bytes:
    magics = (OLE_MAGIC, b"PK\x03\x04", b"%PDF", b"\xff\xfe", b"\xef\xbb\xbf", b"PK\x05\x06", b"<html>", b"")
    magic = magics[choice % len(magics)]
    return magic + (data if place % 2 else data[len(magic) :])


def _doubled(data: bytes, place: int, choice: int) -> bytes:
    return data + data


BYTES: dict[str, Callable[[bytes, int, int], bytes]] = {
    "flipped": _flipped,
    "deleted": _deleted,
    "inserted": _inserted,
    "cut": _cut,
    "cut_before": _cut_before,
    "magic": _magic,
    "doubled": _doubled,
}

# --- CSV

ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "big5", "utf-7", "utf-32")
DELIMITERS = (",", ";", "\t", "|", "，", " ", ":")
CSV_TEXTS = (
    '"',
    '""',
    "\x00",
    "\r",
    "\n",
    ",",
    ";",
    "\t",
    "，",
    "\ufeff",
    '"\n',
    "'",
    "\x1a",
    "\u2028",
    ",,,,,,",
    '="3"',
)
LINE_ENDS = ("\n", "\r", "\r\n\r\n", "\x0b", "\u2028", "\n\r")


def _csv_text(text: str, place: int, choice: int) -> str:
    at = place % (len(text) + 1)
    return text[:at] + CSV_TEXTS[choice % len(CSV_TEXTS)] + text[at:]


CSV: dict[str, Callable[[str, int, int], str]] = {
    "csv_text": _csv_text,
    "line_ends": lambda text, place, choice: text.replace("\r\n", LINE_ENDS[choice % len(LINE_ENDS)]),
    "wide_lines": lambda text, place, choice: text.replace("\r\n", "," * (choice % 5_000) + "\r\n"),
    "many_lines": lambda text, place, choice: text + "\r\n" * choice,
}


def _csv(slot: Slot, lines: Lines, steps: tuple[Step, ...]) -> bytes:
    """The long form of the lines; delimiter and encoding are taken from steps of that name."""
    delimiter = next((DELIMITERS[s.choice % len(DELIMITERS)] for s in steps if s.operation == "delimiter"), ",")
    encoding = next((ENCODINGS[s.choice % len(ENCODINGS)] for s in steps if s.operation == "encoding"), "utf-8")
    heads = (lines[0] + [""] * 6)[1:6:2] if lines else [PROGRAMME, slot.name, slot.period]
    header, *rows = Form.of(slot).csv().split("\r\n")[:1], *lines[2:]
    values = [[*heads, *row[:1], *row[2:]] for row in rows]
    text = csv_text([header[0].split(","), *values], delimiter)
    text = _spoilt(text, steps, CSV)
    return _spoilt(text.encode(encoding, "replace"), steps, BYTES)


# --- what hypothesis draws

_NUMBERS = st.integers(0, 65_535)
# The parts twice: what the reader makes of them is the least known.
_OPERATIONS = {
    "plain": (*MEANING, *PARTS, *PARTS, *BYTES),
    "sheets": (*MEANING, *PARTS, *PARTS, *BYTES),
    "csv": (*MEANING, *CSV, "delimiter", "encoding", *BYTES),
    "old": tuple(BYTES),
}
_ODD_NAMES = (
    "=1+1",
    "x\\..\\y",
    "-rf",
    "%s",
    "$(date)",
    "CON",
    "a\nb",
    "\t",
    "'\"",
    "<b>",
    "😀",
    "שלום\u202e",
    "长" * 70,
)
_ENDINGS = (".xlsx", ".xls", ".csv", ".XLSX", "", ".pdf", ".", ".tar.gz", ".xlsx ")


@lru_cache
def _steps(base: str) -> st.SearchStrategy[tuple[Step, ...]]:
    operation = st.sampled_from(_OPERATIONS[base])
    return st.lists(st.builds(Step, operation, _NUMBERS, _NUMBERS), min_size=1, max_size=3).map(tuple)


@st.composite
def names(draw: st.DrawFn) -> bytes:
    """A file name as bytes, which need not be UTF-8; rarely one that the inbox takes for no submission."""
    front = draw(st.sampled_from([""] * 20 + [".", "~$"]))
    stem = draw(st.one_of(st.just("报表"), st.sampled_from(_ODD_NAMES), st.text(max_size=12)))
    encoding = draw(st.sampled_from(["utf-8", "utf-8", "utf-8", "gb18030", "latin-1", "utf-16-be"]))
    ending = draw(st.sampled_from(_ENDINGS))
    name = (front + stem + ending).encode(encoding, "replace")
    return name.replace(b"/", b"-").replace(b"\0", b"-")[:200]


@st.composite
def mutants(draw: st.DrawFn) -> Mutant:
    """A valid file after one to three steps."""
    base = draw(st.sampled_from(["plain", "plain", "plain", "sheets", "csv", "csv", "old"]))
    return Mutant(base, draw(st.sampled_from(SLOTS)), draw(_steps(base)), draw(names()))
