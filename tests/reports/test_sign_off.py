"""The signature of a notice: where it is kept, what it covers, and that nothing else depends on it."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingestion import journal
from ingestion.settings import Settings
from reports import sign_off
from reports.errors import ApprovalOutdated, PublicationError
from reports.plain_text import markdown_literal, one_line
from reports.publish import publish
from reports.signature import Signature
from reports.vintage import latest_manifest, list_vintages
from tests.reports.factories import MONTH, MONTHLY, PROGRAMME, correct_one_reporter, execute

SIGNATURE = Signature("王五", datetime(2021, 4, 21, 2, 0, 0, 5, tzinfo=UTC), "同意\n发布")
SIGNED = {"by": "王五", "at": "2021-04-21T02:00:00Z", "comment": "同意 发布"}


def draft() -> dict[str, str]:
    """Lay out the draft and give what a person would sign."""
    publish(MONTHLY, MONTH, is_draft=True)
    return sign_off.pending(MONTHLY, MONTH)


def test_what_is_pending_can_be_limited_to_programmes(warehouse: Path, settings: Settings) -> None:
    assert sign_off.pending(MONTHLY, MONTH, [PROGRAMME]) == sign_off.pending(MONTHLY, MONTH)
    assert sign_off.pending(MONTHLY, MONTH, ["another"]) == {}


def test_signature_is_in_manifest_and_journal_and_in_no_other_file(
    warehouse: Path, settings: Settings, tmp_path: Path
) -> None:
    folders = []
    for signature in (None, SIGNATURE):
        (publication,) = publish(MONTHLY, MONTH, signature=signature)
        assert publication.folder is not None
        folders.append(publication.folder.rename(tmp_path / f"signed_{signature is not None}"))
    unsigned, signed = (json.loads((folder / "manifest.json").read_text(encoding="utf-8")) for folder in folders)
    assert (unsigned["signed"], signed["signed"]) == (None, SIGNED)
    assert unsigned["files"] == signed["files"]
    assert unsigned | {"signed": SIGNED} == signed
    assert [entry["signed"] for entry in journal.read("publications")] == [None, SIGNED]


def test_the_draft_is_marked_in_all_four_forms(warehouse: Path, settings: Settings) -> None:
    from io import BytesIO

    import pypdfium2
    from docx import Document
    from openpyxl import load_workbook

    (publication,) = publish(MONTHLY, MONTH, is_draft=True)
    assert publication.folder is not None
    read = {path.name: path.read_bytes() for path in publication.folder.glob("notice.*")}
    book = load_workbook(BytesIO(read["notice.xlsx"]))
    with pypdfium2.PdfDocument(read["notice.pdf"]) as pdf:
        paper = pdf[0].get_textpage().get_text_range()
    document = "\n".join(paragraph.text for paragraph in Document(BytesIO(read["notice.docx"])).paragraphs)
    # The first row leads back to the contents.
    assert all("征求意见稿" in [sheet.cell(row, 1).value for row in (1, 2)] for sheet in book.worksheets)
    assert all("征求意见稿" in text for text in (read["notice.html"].decode(), paper, document))


def test_what_was_drafted_is_covered_also_by_a_later_build_of_the_same_figures(warehouse: Path) -> None:
    signed = draft()
    assert set(signed) == {PROGRAMME}
    execute(warehouse, "update marts.builds set as_of_at = '2021-06-01', fingerprint = 'build-2'")
    sign_off.check_signed(MONTHLY, MONTH, signed)


def test_figures_that_moved_are_not_covered_and_are_named(warehouse: Path) -> None:
    signed = draft()
    correct_one_reporter(warehouse)
    with pytest.raises(ApprovalOutdated, match="试点方案 2021年3月.*甲区 新增企业 .* → "):
        sign_off.check_signed(MONTHLY, MONTH, signed)
    assert list_vintages() == []


def test_a_signature_does_not_cover_another_draft_that_took_the_place_of_the_signed_one(warehouse: Path) -> None:
    signed = draft()
    execute(warehouse, "update marts.findings set message = '另一条提醒'")
    publish(MONTHLY, MONTH, is_draft=True)
    with pytest.raises(ApprovalOutdated, match="又排出了内容不同的征求意见稿"):
        sign_off.check_signed(MONTHLY, MONTH, signed)


def test_a_draft_that_is_gone_was_not_signed(warehouse: Path) -> None:
    signed = draft()
    publish(MONTHLY, MONTH)
    execute(warehouse, "update marts.indicator_rankings set rank_change = 9 where reporter_id = 'jia'")
    with pytest.raises(ApprovalOutdated, match="已不在 provisional"):
        sign_off.check_signed(MONTHLY, MONTH, signed)


def test_figures_that_moved_while_nobody_had_to_be_asked_are_not_published(warehouse: Path) -> None:
    publish(MONTHLY, MONTH)
    assert sign_off.pending(MONTHLY, MONTH) == {}
    correct_one_reporter(warehouse)
    with pytest.raises(ApprovalOutdated, match="没有送签"):
        sign_off.check_signed(MONTHLY, MONTH, {})


def test_unchanged_figures_ask_nobody_and_what_is_published_already_stands(warehouse: Path) -> None:
    signed = draft()
    publish(MONTHLY, MONTH, signature=SIGNATURE)
    assert sign_off.pending(MONTHLY, MONTH) == {}
    sign_off.check_signed(MONTHLY, MONTH, signed)
    (again,) = publish(MONTHLY, MONTH, signature=Signature("赵六", SIGNATURE.at))
    manifest = latest_manifest(PROGRAMME, MONTH, MONTHLY)
    assert manifest is not None
    assert (again.outcome, manifest["signed"]) == ("unchanged", SIGNED)


def test_nobody_is_asked_to_sign_what_a_gate_would_refuse(warehouse: Path) -> None:
    execute(warehouse, "delete from marts.indicator_progress where reporter_id = 'ding'")
    with pytest.raises(PublicationError, match="丁开发区"):
        sign_off.pending(MONTHLY, MONTH)


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("[点我](http://x) <b>", "`[点我](http://x) <b>`"),
        ("a`b``c", "``` a`b``c ```"),
        ("一\n# 二\x07\u202e三", "`一 # 二 三`"),
        ("\ue863", "`\ue863`"),
        ("", ""),
    ],
)
def test_free_text_in_markdown_is_a_code_span(text: str, literal: str) -> None:
    assert markdown_literal(text) == literal


def test_one_line_keeps_words_and_drops_what_acts() -> None:
    assert one_line(" a\r\nb\x1b[0m　c ") == "a b [0m c"
