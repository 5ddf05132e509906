"""A policy text made clean: one script, one width, no pinyin noise, one paragraph a line.

Nothing is interpreted here. What web pages and PDF extraction do to a text is undone, so that whoever looks for a
figure finds it as the paper has it.
"""

import re
import unicodedata
from collections import Counter
from functools import lru_cache
from pathlib import Path

import opencc

from ingestion.document_tables import rewrite_tables
from ingestion.errors import DocumentError

_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xA0: 0x20}
_QUOTES = str.maketrans("「」『』", "“”‘’")
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad\x00-\x08\x0c\x0e-\x1f]")
_CJK = r"\u2e80-\u303f\u3400-\u9fff\uf900-\ufaff"
_WIDE = rf"[{_CJK}“”‘’—…]"
_BLANKS = re.compile(rf"(?<={_WIDE})[ \t]+|[ \t]+(?={_WIDE})")
_RANGE_DASH = re.compile(r"(?<=[\d%])\s*[-—–―−~]+\s*(?=\d)")

_TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ"
_SYLLABLE = rf"[a-zü]*[{_TONED}][a-zü]*|(?:men|ge|de|le|zhe|ma|ne|ba|me)"
_NOISE = re.compile(rf"([{_CJK}])\(({_SYLLABLE})\)")
_TORN = re.compile(rf"([{_CJK}])\?({_SYLLABLE})\)([@-~])([{_CJK}])?")
_LEAD_BYTES = range(0x81, 0xFF)

_PAGE_NUMBER = re.compile(r"[-—\s]*\d{1,3}[-—\s]*|第\s*\d+\s*页.*")
NUMERAL = "一二三四五六七八九十百"
NEW_PARAGRAPH = re.compile(
    rf"第[{NUMERAL}]+[编章节条]|[{NUMERAL}]+、|\([{NUMERAL}]+\)|\d{{1,2}}[.、](?!\d)|\(\d{{1,2}}\)|\d{{1,2}}\)"
    r"|[①-⑳]|[—–]{1,2}|--|[•·●■◆]|附件|附:"
)
_ENDED = re.compile(r"([。!?;:…]|[。!?][”’)》]|单位:[^()]*\)|部门:[^()]*\))$")
_TORN_NUMBER = re.compile(r"[\u3400-\u9fff,]\d[\d.,]*$")
_HEADING_LENGTH = 40


def read_document(path: Path) -> str:
    """The clean text of a file in UTF-8 or GB18030; DocumentError where it is none."""
    content = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return clean_text(text)
    raise DocumentError(f"{path}: this is no text in UTF-8 or GB18030; save the document as .txt first")


def clean_text(raw: str) -> str:
    """The text in simplified characters and half width, without noise, with each paragraph on one line."""
    return "\n".join(_join(_lines(_simplified(remove_pinyin(_half_width(raw))))))


def clean_words(text: str) -> str:
    """A few words, cleaned like a text; what is compared with a text goes through here."""
    return _spaced(_simplified(_half_width(text))).strip()


def remove_pinyin(text: str) -> str:
    """Takes `(guān)` out of 關(guān)于 and puts back a character that such a note has torn apart: 推動?xùn)|湖.

    The pages that carry these notes were annotated byte by byte in GBK. Where the second byte of 動 and the first of 東
    looked like 訓, its reading was put between the two bytes of 東: the first became `?`, the second is the `|`.
    """
    readings: dict[str, set[str]] = {}
    for character, reading in _NOISE.findall(text):
        readings.setdefault(reading, set()).add(character)
    plain = _NOISE.sub(r"\1", text)
    pairs = Counter(zip(plain, plain[1:], strict=False))

    def mended(match: re.Match[str]) -> str:
        before, reading, byte, after = match.groups()
        candidates = _torn_characters(before, byte, readings.get(reading, set()))
        likeliest = max(candidates, key=lambda found: pairs[before, found] + pairs[found, after], default="")
        return before + likeliest + (after or "")

    return _TORN.sub(mended, plain)


def _torn_characters(before: str, second_byte: str, phantoms: set[str]) -> list[str]:
    """Characters that end in this byte and whose first byte makes a phantom with the last byte of `before`."""
    try:
        last = before.encode("gbk")[-1]
    except UnicodeEncodeError:
        return []
    found = []
    for lead in _LEAD_BYTES:
        phantom, torn = _gbk(last, lead), _gbk(lead, ord(second_byte))
        if phantom and torn and (not phantoms or phantom in phantoms):
            found.append(torn)
    return found


def _gbk(lead: int, trail: int) -> str:
    character = bytes((lead, trail)).decode("gbk", errors="ignore")
    return character if len(character) == 1 and ord(character) > 0x7F else ""


def _half_width(text: str) -> str:
    plain = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _INVISIBLE.sub("", plain.translate(_HALF_WIDTH).translate(_QUOTES))


@lru_cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def _simplified(text: str) -> str:
    return _converter().convert(text)


def _spaced(line: str) -> str:
    """No blanks beside Chinese characters, `-` between the ends of a range."""
    return _RANGE_DASH.sub("-", _BLANKS.sub("", line))


def _lines(text: str) -> list[str]:
    lines = [_spaced(line.strip()) for line in rewrite_tables(text.split("\n"))]
    return [line for line in lines if line and not _PAGE_NUMBER.fullmatch(line)]


def _join(lines: list[str]) -> list[str]:
    """Lines that a page end or a fixed width broke, put together again."""
    width = _fixed_width(lines)
    joined: list[str] = []
    is_open = False
    for line in lines:
        text = line.lstrip("#* ").removesuffix("**")
        is_marked = line.startswith(("#", "**"))
        if is_open and not is_marked and not NEW_PARAGRAPH.match(text):
            joined[-1] = _spaced(joined[-1] + text)
        else:
            joined.append(text)
        is_open = not is_marked and _is_open(joined[-1], len(line), width)
    return joined


def _is_open(paragraph: str, line_length: int, width: int | None) -> bool:
    """Whether a paragraph goes on in the next line."""
    if _ENDED.search(paragraph):
        return False
    if width and line_length >= width:
        return True
    is_item = bool(NEW_PARAGRAPH.match(paragraph))
    if _TORN_NUMBER.search(paragraph) and ":" not in paragraph and (is_item or "," in paragraph):
        return True
    has_figure = "," in paragraph and any(character.isdigit() for character in paragraph)
    is_heading = is_item and not has_figure and "。" not in paragraph and len(paragraph) <= _HEADING_LENGTH
    return not is_heading and any(mark in paragraph for mark in ",。;、")


def _fixed_width(lines: list[str]) -> int | None:
    """The length from which a line counts as full, when the text was wrapped at a fixed width."""
    lengths = sorted(len(line) for line in lines)
    if len(lengths) < 5:
        return None
    full = lengths[int(len(lengths) * 0.9)] - 3
    share = sum(length >= full for length in lengths) / len(lengths)
    return full if full <= 80 and share >= 0.4 else None
