"""Who did what: from the journal, the vintages and the registries, on the screen, as CSV and in the analysts' file."""

import csv
import io
import os
import pwd
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from ingestion import journal
from ingestion.settings import ROOT, Settings, get_settings
from ingestion.store import open_warehouse
from reports.__main__ import application
from reports.audit import all_acts
from reports.audit_table import COLUMNS
from reports.objections import record_answer, record_objection
from reports.publish import publish
from reports.signature import Signature
from reports.snapshot import publish_snapshot
from tests.reports.factories import MONTH, MONTHLY, PROGRAMME

APPROVED = datetime(2021, 4, 20, 3, 4, 5, tzinfo=UTC)
SEEDS = ROOT / "dbt_project" / "seeds"
WAIVER = "NUM-004,pilot,jia,2021-03,,王主任,口径变了,2021-04-06,2021-04-30"
OLDER_WAIVER = "NUM-004,pilot,yi,,0.5,王主任,系统升级,2021-03-01,2021-03-31"
USER = pwd.getpwuid(os.getuid()).pw_name


def write_register(folder: Path, table: str, *rows: str) -> None:
    header = (SEEDS / f"{table}.csv").read_text(encoding="utf-8").splitlines()[0]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{table}.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")


@pytest.fixture
def acted(warehouse: Path, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A signed publication with an objection to it, a draft sent back, and registers, one of them of an earlier day."""
    registry = tmp_path / "seeds"
    write_register(registry, "waivers", WAIVER)
    correction = "pilot,jia,2021-03,enterprises,month_value,3,4,重复登记,李副市长,2021-04-15"
    write_register(registry, "submission_corrections", correction)
    write_register(registry, "reopenings", "pilot,,2021-02,2021-04-30,张处,补报,2021-04-01")
    write_register(registry, "vetoes", "pilot,bing,2021-03,60,安全事故,市长办公会,2021-04-10")
    write_register(registry, "calendar_changes", "pilot,2021-03,2021-04-15,,,督查室,节假日顺延")
    write_register(settings.archive / "registry" / "0f", "waivers", WAIVER, OLDER_WAIVER)
    monkeypatch.setenv("YIBIAO_REGISTRY", str(registry))
    get_settings.cache_clear()
    publish(MONTHLY, MONTH, signature=Signature("主任", APPROVED, "同意"))
    rejected = {"by": "主任", "at": "2021-04-18T01:00:00Z", "comment": "二月再核"}
    notice = {"cadence": MONTHLY, "period": "2021-02", "as_of": None, "programme_ids": [PROGRAMME]}
    journal.append("rejections", notice | {"rejected": rejected})
    at = datetime(2021, 4, 21, 2, tzinfo=UTC)
    made = record_objection(PROGRAMME, MONTH, MONTHLY, "甲区", "enterprises", "=少计，电话 13812345678", "钱某", at)
    record_answer(made.objection_id, "已核对", "维持", "李处", at.replace(hour=3))
    return get_settings()


def test_every_act_says_when_who_what_why_and_where_it_is_recorded(acted: Settings) -> None:
    found = {(act.act, act.who): act for act in all_acts()}
    days = {key: str(act.acted_on) for key, act in found.items() if key[0] != "发布"}
    assert days == {
        ("改期", "督查室"): "None",
        ("重新开放", "张处"): "2021-04-01",
        ("豁免", "王主任"): "2021-04-06",
        ("一票否决", "市长办公会"): "2021-04-10",
        ("签批更正", "李副市长"): "2021-04-15",
        ("退回稿件", "主任"): "2021-04-18",
        ("批准", "主任"): "2021-04-20",
        ("提出异议", "钱某"): "2021-04-21",
        ("答复异议", "李处"): "2021-04-21",
    }
    published = found["发布", USER]
    assert published.acted_at is not None and abs((datetime.now(UTC) - published.acted_at).total_seconds()) < 3600
    assert published.what == "pilot monthly_dispatch 2021-03 v1（数据截至 2021-04-20 12:00）"
    approved = found["批准", "主任"]
    assert (approved.acted_at, approved.why) == (APPROVED, "同意")
    assert approved.recorded_in == "archive/journal/publications.jsonl 第 1 条"
    corrected = found["签批更正", "李副市长"]
    assert corrected.what == "pilot jia 2021-03 enterprises month_value：3 更正为 4"
    assert (corrected.why, corrected.recorded_in) == ("重复登记", "seeds/submission_corrections.csv 第 2 行")
    answered = found["答复异议", "李处"]
    assert answered.what.endswith(" 甲区 新增企业：维持")
    assert (answered.reporter_id, answered.why) == ("jia", "已核对")
    assert [act.order for act in all_acts()] == sorted(act.order for act in all_acts())


def test_what_left_the_registry_is_still_an_act_and_what_stayed_is_one(acted: Settings) -> None:
    waived = [(act.reporter_id, act.recorded_in) for act in all_acts() if act.act == "豁免"]
    assert waived == [
        ("yi", "archive/registry/0f/waivers.csv 第 3 行，现在的登记册里没有"),
        ("jia", "seeds/waivers.csv 第 2 行"),
    ]


def test_a_publication_whose_line_was_cut_off_is_told_from_its_manifest(acted: Settings) -> None:
    (acted.journal / "publications.jsonl").unlink()
    published, approved = ([a for a in all_acts() if a.act == act][0] for act in ("发布", "批准"))
    place = f"published/{MONTH}/{PROGRAMME}-{MONTHLY}/v1/manifest.json"
    assert (published.acted_at, published.who, published.recorded_in) == (None, "", place)
    assert (approved.who, approved.recorded_in) == ("主任", place)


def test_the_command_prints_and_writes_what_no_spreadsheet_takes_for_a_formula(acted: Settings, tmp_path: Path) -> None:
    printed = CliRunner().invoke(application, ["audit", "--period", MONTH])
    assert printed.exit_code == 0, printed.output
    lines = printed.output.splitlines()
    assert [line for line in lines if "批准　主任" in line and "2021-04-20 11:04:05" in line and "同意" in line]
    assert not [line for line in lines if "张处" in line]
    out = tmp_path / "audit.csv"
    assert CliRunner().invoke(application, ["audit", "--out", str(out)]).exit_code == 0
    rows = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8-sig"))))
    assert len(rows) == len(all_acts()) == 11
    assert [row["理由或意见"] for row in rows if row["何人"] == "钱某"] == ["'=少计，电话 13812345678"]


def test_the_analysts_have_the_acts_without_telephones_and_names_of_who_objected(acted: Settings) -> None:
    with open_warehouse(read_only=True) as connection:
        assert publish_snapshot(connection), "objections came after the snapshot of the publication"
        assert not publish_snapshot(connection)
    with duckdb.connect(str(acted.analyst_file), read_only=True) as connection:
        rows = connection.execute("select act, who, why from audit.acts").fetchall()
        comments = connection.execute(
            "select column_name, comment from duckdb_columns() where schema_name = 'audit'"
        ).fetchall()
    assert len(rows) == len(all_acts())
    assert ("提出异议", "jia", "=少计，电话 〔电话略〕") in rows and ("豁免", "王主任", "口径变了") in rows
    assert "钱某" not in str(rows)
    assert [name for name, comment in comments if not comment] == [] and {name for name, _ in comments} == set(COLUMNS)


def test_a_register_that_cannot_be_read_is_named(acted: Settings) -> None:
    (acted.registry / "waivers.csv").write_bytes("审批".encode("gb18030"))
    refused = CliRunner().invoke(application, ["audit"])
    assert refused.exit_code == 1
    assert "waivers.csv 读不出来" in refused.output
