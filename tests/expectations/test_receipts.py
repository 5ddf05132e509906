"""What an accepted file's sender keeps: one page a receipt, issued once."""

import hashlib
import html
import re

import pytest

from expectations.receipts import issue_receipts
from ingestion import journal
from ingestion.store import open_warehouse
from tests.expectations.factories import make_submission, make_table
from tests.expectations.returned_files import csv_of, drop, mistaken_table, workbook_of


def _text(page) -> str:
    """What people read."""
    return html.unescape(re.sub(r"<style>.*?</style>|<[^>]+>", " ", page.read_text(encoding="utf-8"), flags=re.DOTALL))


def _pages(desk) -> list[str]:
    return sorted(path.name for path in desk.settings.receipts.iterdir()) if desk.settings.receipts.exists() else []


def test_an_accepted_file_gets_a_receipt(desk):
    file = make_submission("d001", 2, make_table("d001", 1), make_table("d001", 2))
    desk.judge(file, make_submission("d002", 2, mistaken_table("d002")))
    assert _pages(desk) == [f"{file.id}-d001-2021-02.html"]
    text = _text(desk.settings.receipts / _pages(desk)[0])
    for fact in (file.id, "d001/2021-02.xlsx", file.receipt.sha256, "2021-03-05 10:00（北京时间）"):
        assert fact in text
    words = " ".join(text.split())
    assert "示例方案 示例001区 2021年1月 指标 4" in words
    assert "示例方案 示例001区 2021年2月 指标 4" in words
    assert "提醒" not in words and "示例数据" not in words


def test_a_real_file_gets_one_too(desk):
    outcome = drop(desk, csv_of(make_table()), "表.csv")
    assert outcome.verdict == "accepted"
    assert outcome.receipt["sha256"] in _text(outcome.page)


def test_reminders_are_listed_with_what_to_answer(desk):
    """Accepted once January's correction agreed with it: returned for CUM-002 before, a reminder since."""
    january = make_table("d001", 1).change("新增企业", month_value="5", cumulative_value="5")
    february = make_submission("d001", 2)
    desk.judge(make_submission("d001", 1, january), february)
    assert f"{february.id}-d001-2021-02.html" not in _pages(desk)
    desk.judge(make_submission("d001", 1).at("2021-03-08T09:00"))
    text = _text(desk.settings.receipts / f"{february.id}-d001-2021-02.html")
    assert "2021-03-08 09:00（北京时间）；收到时曾退回" in text
    assert "有 1 条提醒需要核对" in text
    assert "CUM-002" in text and "“指标”表 D7" in text and "书面说明原因" in text


def test_what_became_known_later_is_not_on_the_receipt(desk):
    first, second = make_submission("d001", 1), make_submission("d001", 2)
    desk.judge(first, second)
    page = desk.settings.receipts / f"{second.id}-d001-2021-02.html"
    before = page.read_bytes()
    changed = make_table("d001", 1).change("新增企业", month_value="5", cumulative_value="5")
    desk.judge(make_submission("d001", 1, changed).at("2021-03-08T09:00"))
    page.unlink()
    (desk.settings.journal / "receipts_issued.jsonl").unlink()
    with open_warehouse() as connection:
        assert len(issue_receipts(connection, desk.settings)) == 3
    assert page.read_bytes() == before


def test_the_journal_knows_each_page_by_its_hash(desk):
    file = make_submission()
    desk.judge(file)
    page = desk.settings.receipts / f"{file.id}-d001-2021-02.html"
    expected = {"receipt_id": file.id, "file": page.name, "warning_count": 0}
    assert journal.read("receipts_issued") == [expected | {"sha256": hashlib.sha256(page.read_bytes()).hexdigest()}]


def test_a_receipt_is_issued_once(desk):
    file = make_submission()
    desk.judge(file)
    desk.settings.pipeline_file.unlink()
    desk.judge(file)
    assert len(journal.read("receipts_issued")) == 1


def test_a_receipt_that_a_crash_prevented_is_made_up_for(desk, monkeypatch):
    def power_cut(*_: object) -> None:
        raise OSError("power cut")

    file = make_submission()
    with monkeypatch.context() as patch:
        patch.setattr("pathlib.Path.replace", power_cut)
        with pytest.raises(OSError, match="power cut"):
            desk.judge(file)
    assert journal.read("receipts_issued") == []
    desk.judge()
    assert _pages(desk) == [f"{file.id}-d001-2021-02.html"]


def test_names_from_a_file_are_text_on_the_page(desk):
    outcome = drop(desk, workbook_of(make_table()), "<script>alert(1)</script>&.xlsx".replace("/", "／"))
    page = outcome.page.read_text(encoding="utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;" in page
