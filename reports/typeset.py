"""The pdf form: the notice set on A4 by typst, in a font that comes with the installation."""

import json
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import manimgx_fonts_cjk
import typst
from fontTools.ttLib import TTFont

from ingestion.contract import SAMPLE_LABEL
from reports.catalogue import DRAFT_MARK
from reports.notice import Notice
from reports.paper import NUMBER, SALUTATION, Part, heading_of, parts_of
from reports.styles import colour_of
from reports.tables import Table, TableRow

_FONT = next(Path(manimgx_fonts_cjk.__file__).parent.glob("*.ttc"))
_SIMPLIFIED = 2  # of the languages whose shapes the font has, the number of simplified Chinese
_BLANKS = "\n\t"
_TEMPLATE = Path(__file__).parent / "templates" / "notice.typ"


def render_pdf(notice: Notice, as_of: datetime) -> bytes:
    """The whole document as PDF/A-2b; its date is the as-of (naive UTC), so the same notice gives the same bytes."""
    data = json.dumps(_settable(_data(notice)), ensure_ascii=False)
    return bytes(
        _compiler().compile(
            format="pdf",
            sys_inputs={"notice": data},
            pdf_standards=["a-2b"],
            timestamp=int((as_of - datetime(1970, 1, 1)).total_seconds()),
        )
    )


def printed_texts(notice: Notice) -> Iterator[str]:
    """Every text that the template prints, in no particular order."""
    data = _data(notice)
    for key in ("subject", "heading", "sample_label", "draft_mark", "number", "salutation"):
        yield data[key]
    yield from (text for pair in data["facts"] for text in pair)
    yield from data["statements"]
    for part in data["parts"]:
        yield part["heading"]
        yield from (text for pair in [*part["paragraphs"], *part["notes"]] for text in pair)
        for table in part["tables"]:
            yield from (table["title"], table["remark"], *(column["label"] for column in table["columns"]))
            yield from (label for label, _ in table["bands"])
            for row in table["rows"]:
                cells = row["cells"][:1] if row["kind"] == "group" else row["cells"]
                yield from (cell["text"] for cell in cells)


@lru_cache
def _compiler() -> typst.Compiler:
    """Fonts of the machine are not looked at: what this one lacks would be missing everywhere alike."""
    return typst.Compiler(_TEMPLATE, font_paths=[str(_FONT.parent)], ignore_system_fonts=True)


@lru_cache
def _glyphs() -> frozenset[int]:
    with TTFont(_FONT, fontNumber=_SIMPLIFIED, lazy=True) as font:
        return frozenset(font.getBestCmap())


def _settable(value: Any) -> Any:
    """The data with each character that the font lacks named by its number: nothing is left out in silence."""
    if isinstance(value, str):
        return "".join(c if ord(c) in _glyphs() or c in _BLANKS else f"〔U+{ord(c):04X}〕" for c in value)
    if isinstance(value, dict):
        return {key: _settable(part) for key, part in value.items()}
    return [_settable(part) for part in value] if isinstance(value, list | tuple) else value


def _data(notice: Notice) -> dict[str, Any]:
    """The notice as the template reads it: texts and numbers, no markup."""
    return {
        "title": notice.title,
        "subject": notice.subject,
        "heading": notice.heading,
        "draft_mark": DRAFT_MARK if notice.edition.is_draft else "",
        "sample_label": SAMPLE_LABEL if notice.is_sample else "",
        "number": NUMBER,
        "salutation": SALUTATION,
        "footer": f"{notice.title}　{notice.edition.label}",
        "facts": notice.facts,
        "statements": notice.statements,
        "parts": [_part(part) for part in parts_of(notice)],
    }


def _part(part: Part) -> dict[str, Any]:
    return {
        "heading": part.heading,
        "paragraphs": part.paragraphs,
        "tables": [_table(table) for table in part.tables],
        "notes": part.notes,
    }


def _table(table: Table) -> dict[str, Any]:
    return {
        "title": table.title,
        "remark": table.remark,
        "bands": table.bands,
        "columns": [
            {"label": heading_of(column), "align": column.align, "width": column.width} for column in table.columns
        ],
        "rows": [{"kind": row.kind, "cells": _cells(table, row)} for row in table.rows],
    }


def _cells(table: Table, row: TableRow) -> list[dict[str, str]]:
    cells = [row.cell(column.key) for column in table.columns]
    return [
        {"text": cell.text, "tone": cell.tone, "colour": colour_of(cell.colour), "mark": cell.mark} for cell in cells
    ]
