"""The rules of pace, scoring and vetoes, each broken once in the small registry that every rule lets pass."""

from collections.abc import Callable

import pytest

from ingestion import scoring_lint as lint
from ingestion.registry_lint import Rule, lint_registry
from tests.ingestion.test_registry_lint import Tables, add, change, records_of, remove

CASES: list[tuple[Rule, Callable[[Tables], object], str]] = [
    (
        lint.unknown_paces,
        change("indicators", 0, pace_rule="thirds"),
        "indicators.csv row 2 column pace_rule: “thirds”; expected none, or a pace_rule of pace_rules.csv",
    ),
    (
        lint.paces_that_go_back,
        change("pace_rules", 1, month="13"),
        "pace_rules.csv row 3 column month: “13”; expected a month from 1 to 12",
    ),
    (
        lint.paces_that_go_back,
        change("pace_rules", 1, share_numerator="3"),
        "pace_rules.csv row 3 column share_numerator,share_denominator: “3, 2”; expected a share from 0 to 1",
    ),
    (
        lint.paces_that_go_back,
        change("pace_rules", 1, share_numerator="0", share_denominator="0"),
        "pace_rules.csv row 3 column share_numerator,share_denominator: “0, 0”; expected a share from 0 to 1",
    ),
    (
        lint.paces_that_go_back,
        add("pace_rules", 1, month="9", share_numerator="1", share_denominator="3"),
        "pace_rules.csv row 4 column share_numerator,share_denominator: “1, 3”; "
        "expected at least 1/2, as the month before",
    ),
    (
        lint.paces_that_go_back,
        add("pace_rules", 0, pace_rule="none"),
        "pace_rules.csv row 4 column pace_rule: “none”; expected another name: none is the rule without rows",
    ),
    (
        lint.paces_that_go_back,
        change("pace_rules", 0, month="11"),
        "pace_rules.csv row 2 column month: “11”; expected a last row that says 1 for month 12",
    ),
    (
        lint.paces_that_go_back,
        change("pace_rules", 0, share_numerator="1"),
        "pace_rules.csv row 2 column month: “12”; expected a last row that says 1 for month 12",
    ),
    (
        lint.rules_with_wrong_parameters,
        change("scoring_rules", 1, equal_share=""),
        "scoring_rules.csv row 3 column equal_share: “”; expected a value: the kind is efficacy",
    ),
    (
        lint.rules_with_wrong_parameters,
        change("scoring_rules", 0, highest_share=""),
        "scoring_rules.csv row 2 column highest_share: “”; expected a value: the kind is proportional",
    ),
    (
        lint.rules_with_wrong_parameters,
        change("scoring_rules", 0, cut_off="0.8"),
        "scoring_rules.csv row 2 column cut_off: “0.8”; expected nothing: the kind is proportional",
    ),
    (
        lint.rules_with_wrong_parameters,
        change("scoring_rules", 2, basis="growth"),
        "scoring_rules.csv row 4 column basis: “growth”; expected completion: the kind steps is about a target",
    ),
    (
        lint.rules_with_wrong_parameters,
        change("scoring_rules", 1, target_at_most_zero="met"),
        "scoring_rules.csv row 3 column target_at_most_zero: “met”; expected nothing: the basis is growth",
    ),
    (
        lint.rules_with_senseless_numbers,
        change("scoring_rules", 2, step="0"),
        "scoring_rules.csv row 4 column step: “0”; expected a number above 0",
    ),
    (
        lint.rules_with_senseless_numbers,
        change("scoring_rules", 2, points_per_step="-1"),
        "scoring_rules.csv row 4 column points_per_step: “-1”; expected a number above 0",
    ),
    (
        lint.rules_with_senseless_numbers,
        change("scoring_rules", 1, base_share="60"),
        "scoring_rules.csv row 3 column base_share: “60”; expected a share from 0 to 1",
    ),
    (
        lint.rules_with_senseless_numbers,
        change("scoring_rules", 0, lowest_share="1.1"),
        "scoring_rules.csv row 2 column lowest_share: “1.1”; expected at most 1, the whole weight",
    ),
    (
        lint.rules_with_senseless_numbers,
        change("scoring_rules", 0, lowest_share="0.5", highest_share="0.4"),
        "scoring_rules.csv row 2 column highest_share: “0.4”; expected not less than lowest_share and 0",
    ),
    (
        lint.rules_with_senseless_numbers,
        change("scoring_rules", 2, bonus_cap=""),
        "scoring_rules.csv row 4 column bonus_per_step,bonus_cap: “1, ”; expected both or neither",
    ),
    (
        lint.weights_that_do_not_sum,
        change("scoring_weights", 0, weight="59.9"),
        "scoring_schemes.csv row 2 column total_weight: “100”; "
        "expected 99.9, the sum of its weights in scoring_weights.csv",
    ),
    (
        lint.weights_that_do_not_sum,
        add("scoring_weights", 0, indicator_id="share", weight="0"),
        "scoring_weights.csv row 4 column weight: “0”; expected a number above 0",
    ),
    (
        lint.weights_that_do_not_sum,
        add("scoring_schemes", 0, scheme_id="later", total_weight="0", valid_from="2022-01-01", valid_to=""),
        "scoring_schemes.csv row 3 column scheme_id: “later”; expected a scheme with rows in scoring_weights.csv",
    ),
    (
        lint.scores_compared_too_finely,
        change("scoring_schemes", 0, score_decimals="7"),
        "scoring_schemes.csv row 2 column score_decimals: “7”; expected a number from 0 to 6",
    ),
    (
        lint.weights_of_foreign_indicators,
        remove("programme_indicators", 1),
        "scoring_weights.csv row 3 column indicator_id: “new_firms”; "
        "expected an indicator of plan in programme_indicators.csv",
    ),
    (
        lint.scored_without_a_target,
        change("scoring_weights", 1, rule_id="share"),
        "scoring_weights.csv row 3 column indicator_id: “new_firms”; "
        "expected an indicator that a district has a scored target of doc for: the rule is about a target",
    ),
    (
        lint.ratios_of_targets_at_most_zero,
        lambda tables: (
            tables["targets"][0].update(document_id="other_doc"),
            tables["targets"].pop(1),
            tables["target_splits"][0].update(value="4"),
            tables["target_bases"][0].update(base_value="-5"),
        ),
        "scoring_weights.csv row 2 column rule_id: “share”; "
        "expected a rule with target_at_most_zero: firms has a target of 0 or less",
    ),
    (
        lint.scored_without_a_target,
        lambda tables: (tables["targets"].pop(1), tables["target_splits"].clear()),
        "scoring_weights.csv row 2 column indicator_id: “firms”; "
        "expected an indicator that a district has a scored target of doc for: the rule is about a target",
    ),
    (
        lint.ratios_of_targets_at_most_zero,
        change("targets", 1, value_low="0"),
        "scoring_weights.csv row 2 column rule_id: “share”; "
        "expected a rule with target_at_most_zero: firms has a target of 0 or less",
    ),
    (
        lint.ratios_of_targets_at_most_zero,
        change("target_splits", 0, value="-1.5"),
        "scoring_weights.csv row 2 column rule_id: “share”; "
        "expected a rule with target_at_most_zero: firms has a target of 0 or less",
    ),
    (
        lint.schemes_at_the_same_time,
        lambda tables: (
            add("scoring_schemes", 0, scheme_id="other", cadences="monthly_dispatch", valid_from="2021-12-31")(tables),
            add("scoring_weights", 1, scheme_id="other", weight="100")(tables),
        ),
        "scoring_schemes.csv row 3 column cadences,valid_from,valid_to: “monthly_dispatch, 2021-12-31, 2021-12-31”; "
        "expected one scheme of monthly_dispatch at a time; row 2 holds on some of these days",
    ),
    (
        lint.schemes_of_unknown_cadences,
        change("scoring_schemes", 0, cadences="monthly_dispatch|half_year_review|quarterly_summary|annual_assessment"),
        "scoring_schemes.csv row 2 column cadences: "
        "“monthly_dispatch|half_year_review|quarterly_summary|annual_assessment”; "
        "expected cadences of plan in programme_cadences.csv, not half_year_review",
    ),
    (
        lint.roll_ups_that_do_not_sum,
        change("scoring_roll_ups", 0, share="0.25"),
        "scoring_roll_ups.csv row 5 column share: “0.35”; expected shares that sum to 1: those of marks sum to 1.10",
    ),
    (
        lint.roll_ups_that_do_not_sum,
        add("scoring_roll_ups", 0, quarter="4", share="0"),
        "scoring_roll_ups.csv row 6 column share: “0”; expected a number above 0",
    ),
    (
        lint.roll_ups_that_do_not_sum,
        change("scoring_roll_ups", 3, quarter="5"),
        "scoring_roll_ups.csv row 5 column quarter: “5”; expected a quarter from 1 to 4",
    ),
    (
        lint.roll_ups_of_broken_years,
        change("scoring_schemes", 0, cadences="quarterly_summary"),
        "scoring_schemes.csv row 2 column cadences: “quarterly_summary”; "
        "expected quarterly_summary and annual_assessment: scoring_roll_ups.csv makes its year of quarters",
    ),
    (
        lint.roll_ups_of_broken_years,
        change("scoring_schemes", 0, valid_from="2021-04-01"),
        "scoring_schemes.csv row 2 column valid_from: “2021-04-01”; "
        "expected a day like 2021-01-01, or nothing: scoring_roll_ups.csv makes its year of quarters",
    ),
    (
        lint.negative_penalties,
        change("scoring_penalties", 0, points="-0.5"),
        "scoring_penalties.csv row 2 column points,most_points: “-0.5, 3”; expected points from 0 to most_points",
    ),
    (
        lint.negative_penalties,
        change("scoring_penalties", 0, points="3.1"),
        "scoring_penalties.csv row 2 column points,most_points: “3.1, 3”; expected points from 0 to most_points",
    ),
    (
        lint.grades_that_do_not_meet,
        change("grade_bands", 0, score_from="95"),
        "grade_bands.csv row 2 column score_from: “95”; expected 90.0, where the band of row 3 ends",
    ),
    (
        lint.grades_that_do_not_meet,
        change("grade_bands", 0, score_from="85"),
        "grade_bands.csv row 2 column score_from: “85”; expected 90.0, where the band of row 3 ends",
    ),
    (
        lint.grades_that_do_not_meet,
        change("grade_bands", 0, score_to="120"),
        "grade_bands.csv row 2 column score_to: “120”; expected nothing: the highest band has no upper bound",
    ),
    (
        lint.grades_that_do_not_meet,
        change("grade_bands", 1, score_from="0"),
        "grade_bands.csv row 3 column score_from: “0”; expected nothing: the lowest band has no lower bound",
    ),
    (
        lint.grades_of_nothing_scored,
        change("grade_bands", 0, cadence="half_year_review"),
        "grade_bands.csv row 2 column cadence: “half_year_review”; "
        "expected one of the cadences of marks in scoring_schemes.csv",
    ),
    (
        lint.vetoes_of_nothing_scored,
        change("vetoes", 0, period="2021年"),
        "vetoes.csv row 2 column period: “2021年”; expected a period like 2021-03, 2021-B2, 2021-Q1, 2021-H1 or 2021",
    ),
    (
        lint.vetoes_of_nothing_scored,
        change("vetoes", 0, period="2021-H1"),
        "vetoes.csv row 2 column period: “2021-H1”; expected a period of a cadence that a scheme of plan scores",
    ),
]

STILL_RIGHT = {
    "an indicator that nobody hurries": change("indicators", 0, pace_rule="none"),
    "a pace that stands still": add("pace_rules", 1, month="9"),
    "steps without a bonus": change("scoring_rules", 2, bonus_per_step="", bonus_cap=""),
    "a rule that says what becomes of a target of nothing": lambda tables: (
        tables["targets"][1].update(value_low="0"),
        tables["scoring_rules"][0].update(target_at_most_zero="met"),
    ),
    "a target of nothing that is met or not": lambda tables: (
        tables["targets"][1].update(value_low="0"),
        tables["scoring_rules"][0].update(rule_kind="all_or_nothing", highest_share="", lowest_share=""),
    ),
    "a second tier of nothing, which is never measured": lambda tables: (
        tables["targets"][1].update(comparator="<=", value_high=""),
        tables["targets"].append(tables["targets"][1] | {"target_id": "tier", "value_low": "0"}),
        tables["targets"][-1].update(stretches_target_id="wide"),
    ),
    "a growth that nobody has a target for": lambda tables: (
        tables["scoring_weights"][0].update(rule_id="spread"),
        tables["targets"].clear(),
        tables["target_bases"].clear(),
        tables["target_splits"].clear(),
    ),
    "a target that repeats another document's and shares its parts": lambda tables: (
        tables["targets"][0].update(document_id="other_doc"),
        tables["targets"].pop(1),
        tables["target_splits"][0].update(value="4"),
    ),
    "the next scheme after the first": lambda tables: (
        add("scoring_schemes", 0, scheme_id="next", valid_from="2022-01-01", valid_to="")(tables),
        add("scoring_weights", 1, scheme_id="next", weight="100")(tables),
    ),
    "a year scored from the year alone": lambda tables: (
        tables["scoring_roll_ups"].clear(),
        tables["grade_bands"].clear(),
        tables["scoring_schemes"][0].update(cadences="quarterly_summary", valid_from="2021-04-01"),
    ),
    "no scheme at all": lambda tables: [
        tables[table].clear() for table in tables if table.startswith("scoring_") or table in ("grade_bands", "vetoes")
    ],
}


@pytest.mark.parametrize(("rule", "change", "expected"), CASES, ids=lambda value: getattr(value, "__name__", ""))
def test_a_broken_rule_is_named_with_file_row_and_column(rule: Rule, change: Callable, expected: str) -> None:
    records = records_of(change)
    assert [str(problem) for problem in rule(records)] == [expected]
    assert expected in [str(problem) for problem in lint_registry(records)]


def test_every_rule_is_listed_and_has_a_case() -> None:
    assert {rule for rule, _, _ in CASES} == set(lint.RULES)


@pytest.mark.parametrize("change", STILL_RIGHT.values(), ids=STILL_RIGHT)
def test_what_looks_wrong_and_is_right_passes(change: Callable) -> None:
    assert [str(problem) for problem in lint_registry(records_of(change))] == []


@pytest.mark.parametrize("kind", lint.PARAMETERS)
def test_a_rule_of_each_kind_needs_its_parameters_and_no_others(kind: str) -> None:
    needed, optional = lint.PARAMETERS[kind]
    every = {name: "1" for names in lint.PARAMETERS.values() for name in names[0] | names[1]}

    def wrong(cells: dict[str, str]) -> set[str]:
        blank = dict.fromkeys(every, "")
        records = records_of(change("scoring_rules", 0, **(blank | {"rule_kind": kind} | cells)))
        return {problem.column for problem in lint.rules_with_wrong_parameters(records)}

    assert wrong({}) == needed
    assert wrong(every) == set(every) - needed - optional
    assert wrong({name: "1" for name in needed}) == set()
