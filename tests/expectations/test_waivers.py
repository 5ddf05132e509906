"""Waivers: what they let through, for whom, how far and until when."""

import csv

import pytest

from expectations import CatalogueError
from tests.expectations.conftest import Judged
from tests.expectations.factories import make_submission, make_table

WAIVER = {
    "rule_id": "CUM-002",
    "programme_id": "pilot",
    "reporter_id": "d001",
    "period": "2021-02",
    "approver": "市统计局",
    "reason": "口径调整",
    "approved_on": "2021-03-01",
    "expires_on": "2021-03-31",
}


@pytest.fixture
def waiving_desk(new_desk, registry_folder, tmp_path):
    """Makes a desk whose registry has waivers."""

    def make(*waivers: dict[str, str]):
        folder = tmp_path / "seeds"
        folder.mkdir()
        for path in registry_folder.iterdir():
            (folder / path.name).write_bytes(path.read_bytes())
        with (folder / "waivers.csv").open("r+", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, next(csv.reader(file)), restval="")
            file.seek(0, 2)
            writer.writerows(waivers)
        return new_desk(YIBIAO_REGISTRY=str(folder))

    return make


def _february(received: str = "2021-03-05T10:00", reporter: str = "d001", **texts: str):
    table = make_table(reporter, 2).change("新增企业", **({"cumulative_value": "7"} | texts))
    return make_submission(reporter, 2, table, received=received)


def _judge(desk, february, reporter: str = "d001"):
    desk.judge(make_submission(reporter, 1), february)
    return Judged().verdict(february), Judged().of(february)


def test_waived_disagreement_counts_and_stays_on_record(waiving_desk):
    verdict, findings = _judge(waiving_desk(WAIVER), _february())
    assert verdict == "accepted"
    (finding,) = findings
    assert (finding["rule_id"], finding["severity"], finding["cell"]) == ("CUM-002", "提醒", "D7")
    assert (finding["waived_by"], finding["waiver_reason"]) == ("市统计局", "口径调整")
    assert finding["message"].endswith("即 6；经市统计局批准豁免（口径调整），本表照常计入，不必重新报送。")


@pytest.mark.parametrize(
    ("waiver", "received", "verdict"),
    [
        pytest.param({"tolerance": "1"}, "2021-03-05T10:00", "accepted", id="within_its_tolerance"),
        pytest.param({"tolerance": "0.9"}, "2021-03-05T10:00", "returned", id="beyond_its_tolerance"),
        pytest.param({"period": ""}, "2021-03-05T10:00", "accepted", id="for_every_month"),
        pytest.param({"period": "2021-03"}, "2021-03-05T10:00", "returned", id="for_another_month"),
        pytest.param({"programme_id": "other"}, "2021-03-05T10:00", "returned", id="for_another_programme"),
        pytest.param({"reporter_id": "d002"}, "2021-03-05T10:00", "returned", id="for_another_reporter"),
        pytest.param({"rule_id": "CUM-001"}, "2021-03-05T10:00", "returned", id="for_another_rule"),
        pytest.param({}, "2021-03-31T23:59", "accepted", id="on_its_last_day_in_shanghai"),
        pytest.param({}, "2021-04-01T00:00", "returned", id="expired"),
        pytest.param({}, "2021-02-28T23:59", "returned", id="not_yet_approved"),
    ],
)
def test_waiver_acts_for_whom_it_names_and_until_it_expires(waiving_desk, waiver, received, verdict):
    assert _judge(waiving_desk(WAIVER | waiver), _february(received))[0] == verdict


@pytest.mark.parametrize(
    ("waiver", "month", "change"),
    [
        pytest.param({"rule_id": "CUM-001"}, 1, {"name": "合同成交额", "cumulative_value": "1.5"}, id="january"),
        pytest.param({"rule_id": "NUM-002"}, 2, {"name": "企业总数", "cumulative_value": "-1"}, id="negative"),
        pytest.param({"rule_id": "NUM-003"}, 2, {"name": "企业总数", "cumulative_value": "12.5"}, id="not_whole"),
        pytest.param({"rule_id": "REQ-002"}, 2, {"name": "企业总数", "cumulative_value": ""}, id="blank"),
    ],
)
def test_each_numeric_rule_can_be_waived(waiving_desk, waiver, month, change):
    texts = {name: text for name, text in change.items() if name != "name"}
    file = make_submission("d001", month, make_table("d001", month).change(change["name"], **texts))
    tolerance = {} if waiver["rule_id"].startswith("REQ") else {"tolerance": "1"}
    dates = {"approved_on": "2021-01-01", "period": ""}
    waiving_desk(WAIVER | dates | waiver | tolerance).judge(file)
    assert Judged().verdict(file) == "accepted"
    assert [(f["rule_id"], f["waived_by"]) for f in Judged().of(file)] == [(waiver["rule_id"], "市统计局")]


def test_missing_row_can_be_waived(waiving_desk):
    file = make_submission("d001", 2, make_table().remove("企业总数"))
    waiving_desk(WAIVER | {"rule_id": "REQ-001"}).judge(file)
    assert (Judged().verdict(file), Judged().rules(file)) == ("accepted", ["REQ-001"])


def test_one_waived_row_does_not_let_the_others_through(waiving_desk):
    table = make_table().change("新增企业", cumulative_value="7").change("合同成交额", cumulative_value="9.5")
    verdict, findings = _judge(waiving_desk(WAIVER | {"tolerance": "1"}), make_submission("d001", 2, table))
    assert verdict == "returned"
    assert [(f["row_number"], f["severity"], f["waived_by"]) for f in findings] == [
        (7, "提醒", "市统计局"),
        (8, "退回", None),
    ]


@pytest.mark.parametrize(
    ("waiver", "complaint"),
    [
        pytest.param({"rule_id": "CUM-009"}, "waivers.csv row 2: “CUM-009” is no rule of rules.csv", id="no_rule"),
        pytest.param({"rule_id": "TAB-001"}, "TAB-001 is no rule that can be waived", id="not_about_a_figure"),
        pytest.param({"rule_id": "HIS-003"}, "HIS-003 is no rule that can be waived", id="a_reminder_needs_none"),
        pytest.param({"rule_id": "REQ-001", "tolerance": "1"}, "REQ-001 has no difference", id="nothing_to_measure"),
    ],
)
def test_waiver_of_what_can_not_be_waived_stops_judging(waiving_desk, waiver, complaint):
    with pytest.raises(CatalogueError, match=complaint):
        waiving_desk(WAIVER | waiver).judge(make_submission())
    assert Judged().judgements == {}
