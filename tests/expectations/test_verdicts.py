"""What counts, and from when: verdicts over months and versions, whatever the order in which files are swept."""

from dataclasses import replace
from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expectations.submissions import Submissions, version_key
from expectations.verdicts import resolve
from tests.expectations.conftest import Judged
from tests.expectations.factories import make_submission, make_table, utc

PLUS_ONE = {"month_value": "4", "cumulative_value": "4"}


def _january(received: str, reporter: str = "d001", **changes: str):
    return make_submission(reporter, 1, make_table(reporter, 1).change("新增企业", **changes), received=received)


def _february(received: str, reporter: str = "d001", **changes: str):
    return make_submission(reporter, 2, make_table(reporter, 2).change("新增企业", **changes), received=received)


def test_disagreement_with_the_previous_month_is_returned(desk):
    january, february = _january("2021-02-05T10:00"), _february("2021-03-05T10:00", cumulative_value="7")
    desk.judge(january, february)
    judged = Judged()
    assert judged.verdict(february) == "returned"
    assert [(f["rule_id"], f["severity"], f["cell"]) for f in judged.of(february)] == [("CUM-002", "退回", "D7")]


def test_missing_previous_month_is_no_finding_and_its_late_arrival_a_reminder(desk):
    february = _february("2021-03-05T10:00", cumulative_value="7")
    desk.judge(february)
    assert (Judged().verdict(february), Judged().of(february)) == ("accepted", [])
    late = _january("2021-03-15T10:00")
    desk.judge(late)
    judged = Judged()
    assert [judged.verdict(file) for file in (february, late)] == ["accepted", "accepted"]
    assert [(f["rule_id"], f["severity"]) for f in judged.of(february)] == [("CUM-003", "提醒")]


def test_returned_month_counts_from_the_correction_that_agrees_with_it(desk):
    january, february = _january("2021-02-05T10:00"), _february("2021-03-05T10:00", cumulative_value="7")
    desk.judge(january, february)
    assert Judged().verdict(february) == "returned"
    corrected = _january("2021-03-15T10:00", **PLUS_ONE)
    report = desk.judge(corrected)
    judged = Judged()
    assert judged.verdict(february) == "accepted"
    assert judged.accepted_at(february) == utc("2021-03-15T10:00")
    finding = judged.of(february)[0]
    assert (finding["rule_id"], finding["severity"]) == ("CUM-002", "提醒")
    assert "表更正后已经相符，本表自 2021-03-15 10:00 起计入，不必重新报送。" in finding["message"]
    assert report.months == ["2021-01", "2021-02"]


def test_what_was_returned_for_its_own_content_stays_returned(desk):
    february = _february("2021-03-05T10:00", cumulative_value="7", month_value="-3")
    desk.judge(_january("2021-02-05T10:00"), february, _january("2021-03-15T10:00", **PLUS_ONE))
    assert Judged().verdict(february) == "returned"


def test_returned_version_of_the_previous_month_is_no_neighbour(desk):
    wrong = _january("2021-02-05T10:00", month_value="40")
    february = _february("2021-03-05T10:00", cumulative_value="43")
    desk.judge(wrong, february)
    assert [Judged().verdict(file) for file in (wrong, february)] == ["returned", "accepted"]


def test_latest_version_of_the_previous_month_is_the_neighbour(desk):
    older, newer = _january("2021-02-05T10:00"), _january("2021-02-06T10:00", **PLUS_ONE)
    february = _february("2021-03-05T10:00", cumulative_value="7")
    desk.judge(newer, older, february)
    assert Judged().verdict(february) == "accepted"
    assert Judged().of(february) == []


def _addition(reporter: str, received: str, month: int = 1):
    """One row more for a month whose whole table came before."""
    cover = {"correction_mode": "仅报更正", "correction_reason": "补登一家"}
    only = replace(make_table(reporter, month), rows=[("企业总数", {"cumulative_value": "107"})], cover=cover)
    return make_submission(reporter, month, only, received=received)


def test_an_addition_does_not_hide_what_the_version_before_it_says(desk):
    february = _february("2021-03-05T10:00", cumulative_value="7")
    desk.judge(_january("2021-02-05T10:00"), _addition("d001", "2021-02-06T10:00"), february)
    assert Judged().verdict(february) == "returned"
    assert Judged().rules(february) == ["CUM-002"]


def test_a_correction_of_one_row_is_the_neighbour_of_that_row_alone(desk):
    cover = {"correction_mode": "仅报更正", "correction_reason": "补登一家"}
    only = replace(make_table("d001", 1), rows=[("新增企业", PLUS_ONE)], cover=cover)
    corrected = make_submission("d001", 1, only, received="2021-02-06T10:00")
    february = _february("2021-03-05T10:00", cumulative_value="7")
    assert desk.judge(_january("2021-02-05T10:00"), corrected, february).accepted == 3
    assert Judged().of(february) == []


def test_months_of_one_file_are_compared_with_each_other(desk):
    desk.judge(_january("2021-02-05T10:00"))
    own_january = make_table("d001", 1).change("新增企业", **PLUS_ONE)
    own_february = make_table("d001", 2).change("新增企业", cumulative_value="7")
    both = make_submission("d001", 2, own_january, own_february)
    desk.judge(both)
    assert Judged().verdict(both) == "accepted"


def test_files_received_in_one_moment_are_compared_month_by_month(desk):
    moment = "2021-04-05T10:00"
    february = _february(moment, cumulative_value="7").at(moment, name="a.xlsx")
    desk.judge(february, _january(moment).at(moment, name="b.xlsx"))
    assert Judged().verdict(february) == "returned"


def test_acceptance_of_one_month_brings_the_next(desk):
    first_january, first_february = _january("2021-02-05T10:00"), _february("2021-03-05T10:00")
    march = make_submission("d001", 3, make_table("d001", 3).change("新增企业", cumulative_value="10"))
    second_february = _february("2021-04-06T10:00", cumulative_value="7")
    desk.judge(first_january, first_february, march, second_february)
    assert [Judged().verdict(file) for file in (march, second_february)] == ["returned", "returned"]
    desk.judge(_january("2021-04-07T10:00", **PLUS_ONE))
    assert [Judged().accepted_at(file) for file in (march, second_february)] == [utc("2021-04-07T10:00")] * 2


def test_earlier_version_that_agrees_again_does_not_replace_the_later_one(desk):
    january, february = _january("2021-02-05T10:00"), _february("2021-03-05T10:00", cumulative_value="7")
    march = make_submission("d001", 3, make_table("d001", 3).change("新增企业", cumulative_value="12"))
    resent = _february("2021-03-06T10:00")
    corrected = _january("2021-04-20T10:00", **PLUS_ONE)
    desk.judge(january, february, resent, march, corrected)
    judged = Judged()
    # The first February agrees with the new January, but the second was received later and still counts.
    assert [judged.verdict(file) for file in (february, resent, march)] == ["accepted", "accepted", "returned"]
    assert judged.rules(resent) == ["CUM-003"]


def test_december_and_january_are_no_neighbours(desk):
    assert desk.judge(make_submission("d001", 12), _january("2022-02-05T10:00", "d001")).returned == 0


@pytest.mark.parametrize("decimals_off", ["3.755", "3.745"])
def test_half_a_unit_of_the_declared_decimals_is_tolerated(desk, decimals_off):
    march = make_submission("d001", 3, make_table("d001", 3).change("合同成交额", cumulative_value=decimals_off))
    desk.judge(make_submission("d001", 2), march)
    assert Judged().verdict(march) == "accepted"


def test_verdicts_do_not_depend_on_the_sweeps(new_desk):
    files = [
        _january("2021-02-05T10:00"),
        _february("2021-03-05T10:00", cumulative_value="7"),
        make_submission("d001", 3),
        _january("2021-03-20T10:00", **PLUS_ONE),
    ]
    seen = []
    for order in list(permutations(files))[::8]:
        desk = new_desk()
        for file in order:
            desk.judge(file)
        seen.append((Judged().judgements, Judged().findings))
    new_desk().judge(*files)
    assert len(seen) == 3
    assert all(state == (Judged().judgements, Judged().findings) for state in seen)


@given(
    months=st.lists(st.integers(1, 4), min_size=1, max_size=7),
    moments=st.lists(st.integers(1, 5), min_size=7, max_size=7),
    clash_bits=st.lists(st.booleans(), min_size=49, max_size=49),
    flawed_bits=st.lists(st.booleans(), min_size=7, max_size=7),
)
def test_every_receipt_gets_a_verdict_not_before_its_time(months, moments, clash_bits, flawed_bits):
    receipts, tables, values = [], [], []
    for number, month in enumerate(months):
        id_, moment = f"r{number}", utc(f"2021-05-{moments[number]:02d}T10:00")
        receipts.append(
            {"receipt_id": id_, "received_at": moment, "modified_at": moment, "file_name": id_, "sha256": id_}
        )
        head = {"programme_id": "p", "reporter_id": "r", "period": f"2021-{month:02d}"}
        tables.append(head | {"receipt_id": id_, "table_id": f"{id_}#1"})
        values.append({"table_id": f"{id_}#1", "indicator_id": "i", "cumulative_value": Decimal(1)})
    pairs = [(a["table_id"], b["table_id"], "i") for a in tables for b in tables]
    clashes = {pair for pair, clashes in zip(pairs, clash_bits, strict=False) if clashes}
    flawed = {row["receipt_id"] for row, bit in zip(receipts, flawed_bits, strict=False) if bit}
    batch = Submissions(sorted(receipts, key=version_key), tables, values)
    verdicts = resolve(batch, flawed, clashes, clashes).verdicts
    assert set(verdicts) == {row["receipt_id"] for row in receipts}
    for row in receipts:
        verdict = verdicts[row["receipt_id"]]
        if verdict.accepted_at is None:
            assert row["receipt_id"] in flawed or verdict.clashes
        else:
            assert row["receipt_id"] not in flawed
            assert verdict.accepted_at >= row["received_at"]
            assert (verdict.accepted_at == row["received_at"]) or verdict.clashes
