"""Whatever is dropped ends as a returned submission with a message for a clerk; the next file still goes through."""

import os
import time
import zipfile

import openpyxl
import pytest

from expectations import judge
from expectations.roster import Roster
from ingestion.contract import CSV_HEADER
from ingestion.landing import archived_path
from ingestion.registry import load_registry
from ingestion.settings import Settings, get_settings
from ingestion.store import open_warehouse
from ingestion.sweep import SweepReport, sweep
from tests.stages import registry_that_never_closes


def csv_text(reporter: str = "江岸区", period: str = "2021-01", indicator: str = "", value: str = "3") -> str:
    rows = {
        "新增高新技术企业": f"{value},{value}",
        "高新技术企业总数": ",100",
        "技术合同成交额": "1.5,1.5",
        "科技成果转化对接活动": "0,0",
    }
    owed = Roster(load_registry(get_settings().registry)).required_indicators("innovation_2021", "jiangan", "2021-01")
    rows |= {row["indicator_name"]: "0,0" for row in owed if row["indicator_name"] not in rows}
    lines = [f"创新提能2021,{reporter},{period},{name},{numbers},,," for name, numbers in rows.items()]
    if indicator:
        lines.append(f"创新提能2021,{reporter},{period},{indicator},1,1,,,")
    return "\n".join([",".join(CSV_HEADER), *lines]) + "\n"


BAD_FILES = {
    "text.xlsx": ("这不是工作簿".encode(), "没有找到填报表"),
    "wrong_encoding.csv": (csv_text().encode("gb18030") + b"\x80\xff\n", "编码"),
    "unknown_district.csv": (csv_text(reporter="火星区").encode(), "火星区"),
    "month_13.csv": (csv_text(reporter="江汉区", period="2021-13").encode(), "2021-13"),
    "future_month.csv": (csv_text(reporter="硚口区", period="2099-01").encode(), "2099"),
    "unknown_indicator.csv": (csv_text(reporter="汉阳区", indicator="幸福指数").encode(), "幸福指数"),
    "text_for_a_number.csv": (csv_text(reporter="武昌区", value="三家").encode(), "三家"),
    "negative.csv": (csv_text(reporter="青山区", value="-3").encode(), "-3"),
    "empty.csv": (b"", "空的"),
    "wuchang/洪山区的表.csv": (csv_text(reporter="洪山区").encode(), "洪山区"),
}
GOOD_FILE = "zz_last.csv"


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, SweepReport]:
    """One sweep over all bad files, things that are no submission, and one good file that comes last."""
    home = tmp_path_factory.mktemp("bad")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YIBIAO_HOME", str(home))
        patch.setenv("YIBIAO_REGISTRY", str(registry_that_never_closes(home / "registry")))
        get_settings.cache_clear()
        settings = get_settings()
        for name, content in {**{n: c for n, (c, _) in BAD_FILES.items()}, GOOD_FILE: csv_text().encode()}.items():
            path = settings.inbox / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            os.utime(path, (time.time() - 10,) * 2)
        for name in ("folder.xlsx", "empty_folder"):
            (settings.inbox / name).mkdir()
        (settings.inbox / "~$open.xlsx").write_bytes(b"lock")
        report = sweep()
        judge()
        yield settings, report
    get_settings.cache_clear()


def verdicts() -> dict[str, str]:
    with open_warehouse() as connection:
        rows = connection.execute("select file_name, verdict from raw.receipts join raw.judgements using (receipt_id)")
        return dict(rows.fetchall())


def test_every_bad_file_is_returned_and_the_good_one_accepted(swept: tuple[Settings, SweepReport]) -> None:
    settings, report = swept
    assert len(report.receipts) == len(BAD_FILES) + 1
    assert verdicts() == dict.fromkeys(BAD_FILES, "returned") | {GOOD_FILE: "accepted"}
    assert len(list(settings.returned.iterdir())) == len(BAD_FILES)
    left = {path.name for path in settings.inbox.rglob("*")}
    assert left == {"folder.xlsx", "empty_folder", "~$open.xlsx", "wuchang"}


@pytest.mark.parametrize("name", BAD_FILES)
def test_the_return_says_what_was_found(swept: tuple[Settings, SweepReport], name: str) -> None:
    settings, report = swept
    content, found = BAD_FILES[name]
    (receipt,) = [receipt for receipt in report.receipts if receipt.file_name == name]
    (folder,) = [path for path in settings.returned.iterdir() if path.name.startswith(receipt.receipt_id)]
    (workbook,) = [path for path in folder.iterdir() if zipfile.is_zipfile(path)]
    cells = [cell.value for row in openpyxl.load_workbook(workbook).worksheets[0].iter_rows() for cell in row]
    assert any(found in str(value) for value in cells)
    assert archived_path(settings.archive, receipt.sha256).read_bytes() == content
    assert [path.read_bytes() for path in folder.iterdir() if path != workbook] in ([], [content])
