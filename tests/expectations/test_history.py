"""Findings from what else counted: from when until when, whatever the order in which files are swept."""

from dataclasses import replace
from itertools import permutations

import pytest

from expectations import load_catalogue
from expectations.catalogue import REMINDER
from tests.expectations.conftest import Judged
from tests.expectations.factories import make_submission, make_table, utc, write_registry

SAME_STOCK = {"cumulative_value": "103"}


def _months(*months: int):
    return [make_submission("d001", month) for month in months]


def _july(**texts: str):
    changes = {"month_value": "20", "cumulative_value": "27.5"} | texts
    return make_submission("d001", 7, make_table("d001", 7).change("合同成交额", **changes))


def _spans(submission, rule_id: str):
    found = [finding for finding in Judged().of(submission) if finding["rule_id"] == rule_id]
    return [(finding["known_from_at"], finding["known_until_at"]) for finding in found]


def test_history_can_return_nothing():
    rules = [rule for rule_id, rule in load_catalogue().items() if rule_id.startswith("HIS")]
    assert {rule.severity for rule in rules} == {REMINDER}


def test_repeated_table_is_no_longer_one_when_last_month_is_corrected(desk):
    january, february = (
        make_submission("d001", 1),
        make_submission("d001", 2, make_table().change("企业总数", **SAME_STOCK)),
    )
    desk.judge(january, february)
    assert _spans(february, "HIS-002") == [(utc("2021-03-05T10:00"), None)]
    table = make_table("d001", 1).change("企业总数", cumulative_value="101", note="核减两家")
    desk.judge(make_submission("d001", 1, table, received="2021-03-20T09:00"))
    assert _spans(february, "HIS-002") == [(utc("2021-03-05T10:00"), utc("2021-03-20T09:00"))]


def test_repeated_table_is_known_from_when_the_late_month_came(desk):
    february = make_submission("d001", 2, make_table().change("企业总数", **SAME_STOCK))
    desk.judge(february)
    assert _spans(february, "HIS-002") == []
    desk.judge(make_submission("d001", 1, received="2021-03-15T10:00"))
    assert _spans(february, "HIS-002") == [(utc("2021-03-15T10:00"), None)]


def test_unusual_figure_needs_enough_earlier_months(desk):
    july = _july()
    desk.judge(*_months(1, 2, 3, 4, 5), july)
    assert _spans(july, "HIS-003") == []
    desk.judge(make_submission("d001", 6, received="2021-08-20T10:00"))
    # June counts from then on, and July's cumulative goes on from it.
    assert _spans(july, "HIS-003") == [(utc("2021-08-20T10:00"), None)]


def test_later_months_say_nothing_about_an_earlier_one(desk):
    january = make_submission(
        "d001", 1, make_table("d001", 1).change("合同成交额", month_value="40", cumulative_value="40")
    )
    desk.judge(january)
    for month in range(2, 9):
        cumulative = str(40 + 1.25 * (month - 1))
        desk.judge(
            make_submission("d001", month, make_table("d001", month).change("合同成交额", cumulative_value=cumulative))
        )
    assert "HIS-003" not in Judged().rules(january)


def test_finding_ends_when_another_version_counts(desk):
    july = _july()
    desk.judge(*_months(1, 2, 3, 4, 5, 6), july)
    mended = _july(month_value="1.25", cumulative_value="8.75", note="多写一位").at("2021-08-20T10:00")
    desk.judge(mended)
    assert _spans(july, "HIS-003") == [(utc("2021-08-05T10:00"), utc("2021-08-20T10:00"))]
    assert Judged().of(mended) == []


def test_tasks_sent_afterwards_end_no_finding_about_figures_and_hide_none(desk):
    cover = {"correction_mode": "仅报更正", "correction_reason": "补报任务进展"}
    only = [replace(make_table("d001", month), rows=[], tasks=[("建库", "推进中")], cover=cover) for month in (6, 7)]
    june, july = (
        make_submission("d001", n, t, received=f"2021-{n + 1:02d}-05T11:00") for n, t in zip((6, 7), only, strict=True)
    )
    figures = _july()
    desk.judge(*_months(1, 2, 3, 4, 5, 6), june, figures, july)
    judged = Judged()
    assert [judged.verdict(file) for file in (june, july)] == ["accepted", "accepted"]
    assert _spans(figures, "HIS-003") == [(utc("2021-08-05T10:00"), None)]


def test_level_ten_times_too_large_is_unusual_and_one_that_grows_is_not(desk):
    slip = make_submission("d001", 7, make_table("d001", 7).change("企业总数", cumulative_value="1210"))
    growing = make_submission("d002", 7)
    desk.judge(*_months(1, 2, 3, 4, 5, 6), slip, *(make_submission("d002", month) for month in range(1, 7)), growing)
    assert Judged().rules(slip) == ["HIS-003"]
    assert "期末数 1210，明显高于" in Judged().of(slip)[0]["message"]
    assert Judged().of(growing) == []


def test_level_ten_times_too_small_is_unusual(desk):
    slip = make_submission("d001", 7, make_table("d001", 7).change("企业总数", cumulative_value="12"))
    desk.judge(*_months(1, 2, 3, 4, 5, 6), slip)
    assert Judged().rules(slip) == ["HIS-003"]
    assert "期末数 12，明显低于本单位今年此前 6 个月的中位数 110.5" in Judged().of(slip)[0]["message"]


def test_an_increment_that_does_not_come_evenly_is_not_compared(new_desk, tmp_path):
    folder = write_registry(tmp_path / "seeds")
    path = folder / "indicators.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    uneven = [line.replace("linear", "none") if line.startswith("contracts,") else line for line in lines]
    path.write_text("\n".join(uneven) + "\n", encoding="utf-8")
    july = _july()
    new_desk(YIBIAO_REGISTRY=str(folder)).judge(*_months(1, 2, 3, 4, 5, 6), july)
    assert Judged().of(july) == []


def test_months_of_a_smaller_area_are_not_compared(new_desk, tmp_path):
    folder = write_registry(tmp_path / "seeds")
    with (folder / "reporter_successions.csv").open("a", encoding="utf-8") as file:
        file.write("outsider,d001,2021-07-01,示例\n")
    july = _july()
    new_desk(YIBIAO_REGISTRY=str(folder)).judge(*_months(1, 2, 3, 4, 5, 6), july)
    assert Judged().of(july) == []


def test_change_of_what_never_counted_needs_no_reason(desk):
    wrong = make_submission("d001", 2, make_table().change("企业总数", cumulative_value="-1"))
    mended = make_submission("d001", 2, received="2021-03-20T09:00")
    desk.judge(wrong, mended)
    assert Judged().of(mended) == []


def test_only_the_changed_row_without_a_note_is_found(desk):
    changed = (
        make_table().change("企业总数", cumulative_value="107", note="补登").change("合同成交额", growth_pct="3.5")
    )
    again = make_submission("d001", 2, changed, received="2021-03-20T09:00")
    desk.judge(make_submission("d001", 2), again)
    assert [(f["rule_id"], f["row_number"], f["column_label"]) for f in Judged().of(again)] == [
        ("HIS-001", 8, "增速(%)")
    ]


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_findings_do_not_depend_on_the_sweeps(new_desk, seed):
    files = [
        *_months(1, 2, 3, 4, 5, 6),
        _july(),
        make_submission(
            "d001", 3, make_table("d001", 3).change("企业总数", cumulative_value="106"), received="2021-08-20T10:00"
        ),
        make_submission("d001", 8),
    ]
    orders = list(permutations(files))[seed * 120_001 :: 180_001]
    seen = []
    for order in orders:
        desk = new_desk()
        desk.judge(*order[:4])
        desk.judge(*order[4:6])
        desk.judge(*order[6:])
        seen.append(Judged().findings)
    new_desk().judge(*files)
    assert {finding["rule_id"] for finding in Judged().findings} >= {"HIS-001", "HIS-002", "HIS-003"}
    assert all(findings == Judged().findings for findings in seen)
