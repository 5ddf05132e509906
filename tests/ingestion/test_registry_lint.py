import csv
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import pytest

from ingestion import registry_lint as lint
from ingestion import scoring_lint
from ingestion.errors import RegistryError
from ingestion.registry import load_registry
from ingestion.registry_lint import RULES, Records, Rule, lint_registry
from ingestion.seed_files import Record, Row, column_types, seed_properties
from ingestion.settings import ROOT, get_settings

REGISTRIES = [get_settings().registry, *sorted((ROOT / "tests" / "registries").iterdir())]
Tables = dict[str, list[Row]]


def target(target_id: str, **cells: str) -> Row:
    row = {"target_id": target_id, "document_id": "doc", "clause": "二(二)2", "indicator_id": "firms"}
    row |= {"comparator": ">=", "value_low": "10", "unit": "家", "period": "2021", "scope": "city"}
    return row | {"is_scored": "true", "lead_units": "市科技局、各区"} | cells


def indicator(indicator_id: str, name: str, kind: str = "increment", unit: str = "家", **cells: str) -> Row:
    row = {"indicator_id": indicator_id, "indicator_name": name, "kind": kind, "unit": unit}
    return row | {"home_programme_id": "plan", "pace_rule": "halves"} | cells


# A registry of an invented city that every rule lets pass. Row 0 of a list is row 2 of the file.
SMALL: Tables = {
    "documents": [{"document_id": "doc"}, {"document_id": "other_doc"}],
    "clauses": [{"document_id": "doc", "clause": clause} for clause in ("一", "二(二)2", "三(二)", "第三条")],
    "programmes": [
        {"programme_id": "plan", "programme_name": "方案", "document_id": "doc", "reporter_kind": "district"}
        | {"starts_on": "2021-01-01", "ends_on": "2021-12-31", "city_reporter_id": "whole"},
        {"programme_id": "listed", "programme_name": "只列示", "document_id": "other_doc", "reporter_kind": "city"},
    ],
    "programme_cadences": [
        {"programme_id": "plan", "cadence": cadence, "reporter_kind": "district", "clause": "三(二)"}
        for cadence in ("monthly_dispatch", "quarterly_summary", "annual_assessment")
    ],
    "reporters": [
        {"reporter_id": "east", "reporter_name": "东区", "reporter_kind": "district"},
        {"reporter_id": "west", "reporter_name": "西区", "reporter_kind": "district", "valid_to": "2021-06-30"},
        {"reporter_id": "whole", "reporter_name": "全市", "reporter_kind": "city"},
    ],
    "reporter_aliases": [
        {"alias": "东", "reporter_id": "east", "valid_to": "2021-06-30"},
        {"alias": "西", "reporter_id": "west"},
    ],
    "reporter_successions": [{"predecessor_id": "west", "successor_id": "east", "effective_on": "2021-07-01"}],
    "reporter_groups": [
        {"programme_id": "plan", "group_id": "all"},
        {"programme_id": "listed", "group_id": "guests"},
    ],
    "reporter_group_members": [
        {"programme_id": "plan", "group_id": "all", "reporter_id": "east", "valid_to": "2021-06-30"},
        {"programme_id": "listed", "group_id": "guests", "reporter_id": "west"},
    ],
    "indicators": [
        indicator("firms", "企业", supplier_scope="all|east"),
        indicator("new_firms", "新企业"),
        indicator("share", "占比", "ratio", "%", numerator_indicator_id="new_firms", denominator_indicator_id="firms"),
    ],
    "indicator_aliases": [{"alias": "企业数", "indicator_id": "firms"}],
    "programme_indicators": [
        {"programme_id": "plan", "indicator_id": indicator_id} for indicator_id in ("firms", "new_firms", "share")
    ],
    "reporting_calendar": [
        {"programme_id": "plan", "due_workdays": "7", "no_new_workdays": "30", "no_edits_workdays": "60"}
        | {"publish_workdays": "10"}
    ],
    "calendar_changes": [{"programme_id": "plan", "period": "2021-03", "due_on": "2021-04-20"}],
    "reopenings": [
        {"programme_id": "plan", "reporter_id": "east", "period": "2021-03"}
        | {"opened_on": "2021-06-01", "until": "2021-06-10"}
    ],
    "holidays": [{"day": "2021-04-02"}],
    "measures": [{"unit": unit, "factor": "1"} for unit in ("家", "%", "倍")],
    "targets": [
        target("goal", valid_to="2021-06-30"),
        target("wide", comparator="range", value_high="20", scope="each:all"),
        target("double", unit="倍", restates_target_id="goal"),
        target("unscored", is_scored="false", not_scored_reason="只列示", period=""),
    ],
    "target_bases": [{"target_id": "double", "reporter_id": "east", "base_value": "5"}],
    "target_splits": [{"target_id": "goal", "reporter_id": "east", "valid_to": "2021-06-30"}],
    "indicator_parts": [{"part_indicator_id": "new_firms", "whole_indicator_id": "firms"}],
    "waivers": [
        {"rule_id": "CUM-002", "programme_id": "plan", "reporter_id": "east", "approver": "市统计局", "reason": "口径"}
        | {"period": "2021-03", "approved_on": "2021-04-01", "expires_on": "2021-04-01"}
    ],
    "light_bands": [
        {"programme_id": "plan", "light": "green", "colour": "#2e7d32", "gap_from": "0", "gap_to": ""},
        {"programme_id": "plan", "light": "red", "colour": "#c62828", "gap_from": "", "gap_to": "0.00"},
    ],
    "pace_rules": [
        {"pace_rule": "halves", "month": month, "share_numerator": share, "share_denominator": "2"}
        for month, share in (("12", "2"), ("6", "1"))
    ],
    "scoring_rules": [
        {"rule_id": "share", "rule_kind": "proportional", "basis": "completion"}
        | {"highest_share": "1.2", "lowest_share": "0"},
        {"rule_id": "spread", "rule_kind": "efficacy", "basis": "growth", "rank_scope": "overall"}
        | {"base_share": "0.6", "equal_share": "1"},
        {"rule_id": "stairs", "rule_kind": "steps", "basis": "completion", "step": "0.02", "step_rounding": "begun"}
        | {"points_per_step": "1", "lowest_share": "0", "bonus_per_step": "1", "bonus_cap": "6"},
    ],
    "scoring_schemes": [
        {"scheme_id": "marks", "programme_id": "plan", "total_weight": "100", "score_decimals": "2"}
        | {"cadences": "monthly_dispatch|quarterly_summary|annual_assessment", "valid_to": "2021-12-31"}
    ],
    "scoring_weights": [
        {"scheme_id": "marks", "indicator_id": "firms", "weight": "60", "rule_id": "share"},
        {"scheme_id": "marks", "indicator_id": "new_firms", "weight": "40.0", "rule_id": "spread"},
    ],
    "scoring_roll_ups": [
        {"scheme_id": "marks", "quarter": str(quarter), "share": share}
        for quarter, share in enumerate(("0.15", "0.25", "0.25", "0.35"), start=1)
    ],
    "scoring_penalties": [{"scheme_id": "marks", "event": "late", "points": "0.5", "most_points": "3"}],
    "grade_bands": [
        {"scheme_id": "marks", "cadence": "annual_assessment", "grade": "优秀", "score_from": "90", "score_to": ""},
        {"scheme_id": "marks", "cadence": "annual_assessment", "grade": "合格", "score_from": "", "score_to": "90.0"},
    ],
    "vetoes": [
        {
            "programme_id": "plan",
            "reporter_id": "east",
            "period": "2021-Q1",
            "max_score": "60",
            "decided_on": "2021-04-02",
        }
    ],
    "submission_corrections": [
        {"programme_id": "plan", "reporter_id": "east", "period": "2021-03", "indicator_id": "firms"}
        | {"column_name": "month_value", "expected_value": "3", "corrected_value": "4", "signed_on": "2021-05-01"}
    ],
    "units": [
        {"unit_id": "science", "unit_name": "市科技局", "unit_kind": "市级部门", "document_ids": "doc|other_doc"},
        {"unit_id": "districts", "unit_name": "各区", "unit_kind": "区"},
    ],
    "unit_aliases": [{"alias": "市科学技术局", "unit_id": "science"}],
    "tasks": [
        {"task_id": "doc-1", "document_id": "doc", "clause": "一", "task": "建库", "is_dated": "false"}
        | {"responsible_units": "市科学技术局"}
    ],
    "mechanisms": [
        {"mechanism_id": "doc-pool", "document_id": "doc", "clause": "第三条", "mechanism_name": "培育库"}
        | {"served_by": "none", "actors": "各区"}
    ],
    "ledger_statuses": [
        {"item_kind": "task", "status": "推进中", "position": "1", "is_final": "false", "counts_as": "moving"}
    ],
    "not_targets": [{"document_id": "doc", "clause": "一", "text": "5G", "reason": "名称"}],
}


def change(table: str, row: int, **cells: str) -> Callable[[Tables], None]:
    return lambda tables: tables[table][row].update(cells)


def add(table: str, like: int, **cells: str) -> Callable[[Tables], None]:
    """One more row, like another one but for some cells."""
    return lambda tables: tables[table].append(tables[table][like] | cells)


def remove(table: str, row: int) -> Callable[[Tables], object]:
    return lambda tables: tables[table].pop(row)


def in_two_groups(tables: Tables) -> None:
    """A second ranked group from April on, with a member that leaves the first one in June."""
    tables["reporter_groups"].append({"programme_id": "plan", "group_id": "zones", "is_ranked": "true"})
    tables["reporter_group_members"].append(
        {"programme_id": "plan", "group_id": "zones", "reporter_id": "east", "valid_from": "2021-04-01"}
    )


CASES: list[tuple[Rule, Callable[[Tables], object], str]] = [
    (
        lint.members_of_two_ranked_groups,
        in_two_groups,
        "reporter_group_members.csv row 4 column programme_id,group_id,reporter_id,valid_from,valid_to: "
        "“plan, zones, east, 2021-04-01, ”; "
        "expected one ranked group at a time; row 2 has it in all on some of these days",
    ),
    (
        lint.ratios_of_unequal_suppliers,
        change("indicators", 1, supplier_kind="department"),
        "indicators.csv row 4 column denominator_indicator_id: “firms”; "
        "expected an indicator that the department supplies, as the numerator: only equals are divided",
    ),
    (
        lint.targets_of_nothing_measured,
        change("targets", 1, indicator_id="lost"),
        "targets.csv row 3 column indicator_id: “lost”; "
        "expected an indicator of plan in programme_indicators.csv, which measures its document's targets",
    ),
    (
        lint.targets_of_nothing_measured,
        lambda tables: (
            change("programmes", 0, city_reporter_id="")(tables),
            change("targets", 2, scope="each:all")(tables),
        ),
        "targets.csv row 2 column scope: “city”; "
        "expected each: and a group, or a city_reporter_id of plan in programmes.csv",
    ),
    (
        lint.targets_of_members_not_asked,
        add("reporter_group_members", 0, reporter_id="whole"),
        "targets.csv row 3 column scope: “each:all”; "
        "expected a group that is asked for firms, by supplier_kind and supplier_scope; not whole",
    ),
    (
        lint.targets_of_members_not_asked,
        change("indicators", 0, supplier_scope="west"),
        "targets.csv row 3 column scope: “each:all”; "
        "expected a group that is asked for firms, by supplier_kind and supplier_scope; not east",
    ),
    (
        lint.unknown_bases,
        change("programme_indicators", 0, ranking_bases="completion|completions"),
        "programme_indicators.csv row 2 column ranking_bases: “completion|completions”; "
        "expected completion, level, growth, separated by |",
    ),
    (
        lint.ranked_without_a_rate,
        lambda tables: (
            change("indicators", 0, completion_rule="met")(tables),
            change("programme_indicators", 0, ranking_bases="level|completion")(tables),
        ),
        "programme_indicators.csv row 2 column ranking_bases: “level|completion”; "
        "expected no completion: the completion_rule of firms is met",
    ),
    (
        lint.targets_over_before_the_programme,
        change("targets", 0, period="2020-Q1"),
        "targets.csv row 2 column period: “2020-Q1”; "
        "expected a period that ends after the programme begins (2021-01-01)",
    ),
    (
        lint.bands_that_do_not_meet,
        change("light_bands", 0, gap_from="0.1"),
        "light_bands.csv row 2 column gap_from: “0.1”; expected 0.00, where the band of row 3 ends",
    ),
    (
        lint.bands_that_do_not_meet,
        change("light_bands", 0, gap_from="-0.1"),
        "light_bands.csv row 2 column gap_from: “-0.1”; expected 0.00, where the band of row 3 ends",
    ),
    (
        lint.bands_that_do_not_meet,
        change("light_bands", 0, gap_to="9999"),
        "light_bands.csv row 2 column gap_to: “9999”; expected nothing: the highest band has no upper bound",
    ),
    (
        lint.bands_that_do_not_meet,
        change("light_bands", 1, gap_from="-9999"),
        "light_bands.csv row 3 column gap_from: “-9999”; expected nothing: the lowest band has no lower bound",
    ),
    (
        lint.bands_that_do_not_meet,
        change("light_bands", 1, gap_to=""),
        "light_bands.csv row 3 column gap_to: “”; expected a number: only the highest band has no upper bound",
    ),
    (
        lint.bands_that_do_not_meet,
        change("light_bands", 0, colour="绿色"),
        "light_bands.csv row 2 column colour: “绿色”; expected a colour like #2e7d32",
    ),
    (
        lint.tiers_out_of_order,
        add("targets", 0, target_id="stretch", value_low="10", stretches_target_id="goal"),
        "targets.csv row 6 column value_low: “10”; expected more than row 2, the first tier, asks for",
    ),
    (
        lint.tiers_out_of_order,
        add("targets", 0, target_id="stretch", value_low="12", scope="each:all", stretches_target_id="goal"),
        "targets.csv row 6 column stretches_target_id: “goal”; "
        "expected the first tier of a goal with the same document, indicator, period, scope and unit",
    ),
    (
        lint.circular_restatements,
        lambda tables: (
            tables["targets"].append(target("first", restates_target_id="second")),
            tables["targets"].append(target("second", restates_target_id="goal")),
            tables["targets"][0].update(restates_target_id="second"),
        ),
        "targets.csv row 7 column restates_target_id: “goal”; expected an earlier target that does not lead back here",
    ),
    (
        lint.parts_of_nobody,
        change("indicators", 0, supplier_kind="department"),
        "target_splits.csv row 2 column reporter_id: “east”; expected a department: these supply firms",
    ),
    (
        lint.clauses_of_no_document,
        change("tasks", 0, clause="二(七)1"),
        "tasks.csv row 2 column clause: “二(七)1”; expected a clause of doc in clauses.csv",
    ),
    (
        lint.clauses_of_no_document,
        change("programme_cadences", 0, clause="三(九)"),
        "programme_cadences.csv row 2 column clause: “三(九)”; expected a clause of doc in clauses.csv",
    ),
    (
        lint.malformed_ids,
        add("units", 0, unit_id="Sci/ence", unit_name="市经信局"),
        "units.csv row 4 column unit_id: “Sci/ence”; expected only a-z, 0-9, _ and -",
    ),
    (
        lint.missing_values,
        change("tasks", 0, task=""),
        "tasks.csv row 2 column task: “”; expected a value",
    ),
    (
        lint.unaccepted_values,
        change("units", 1, unit_kind="县"),
        "units.csv row 3 column unit_kind: “县”; expected one of 市级部门, 区, 开发区, 其他",
    ),
    (
        lint.repeated_keys,
        add("tasks", 0),
        "tasks.csv row 3 column task_id: “doc-1”; expected what no other row has; row 2 has it",
    ),
    (
        lint.repeated_keys,
        add("programme_indicators", 1),
        "programme_indicators.csv row 5 column programme_id,indicator_id: “plan, new_firms”; "
        "expected what no other row has; row 3 has it",
    ),
    (
        lint.overlapping_spans,
        add("targets", 0, valid_from="2021-06-30", valid_to=""),
        "targets.csv row 6 column target_id,valid_from,valid_to: “goal, 2021-06-30, ”; "
        "expected one row at a time; row 2 holds on some of these days",
    ),
    (
        lint.reversed_spans,
        change("reporters", 0, valid_from="2022-01-01", valid_to="2021-12-31"),
        "reporters.csv row 2 column valid_to: “2021-12-31”; expected a day not before valid_from (2022-01-01)",
    ),
    (
        lint.reversed_spans,
        change("programmes", 0, starts_on="2022-01-01"),
        "programmes.csv row 2 column ends_on: “2021-12-31”; expected a day not before starts_on (2022-01-01)",
    ),
    (
        lint.ambiguous_names,
        change("programmes", 1, programme_name="方 案"),
        "programmes.csv row 3 column programme_name: “方 案”; "
        "expected a name of one programme_id; programmes.csv row 2 has it for another",
    ),
    (
        lint.ambiguous_names,
        add("reporter_aliases", 0, alias=" 东", reporter_id="west"),
        "reporter_aliases.csv row 4 column alias: “ 东”; "
        "expected a name of one reporter_id; reporter_aliases.csv row 2 has it for another",
    ),
    (
        lint.unknown_references,
        change("reporter_aliases", 0, reporter_id="north"),
        "reporter_aliases.csv row 2 column reporter_id: “north”; expected a reporter_id of reporters.csv",
    ),
    (
        lint.statuses_against_their_meaning,
        change("ledger_statuses", 0, counts_as="finished"),
        "ledger_statuses.csv row 2 column is_final: “false”; expected true where counts_as is finished or ended, "
        "else false",
    ),
    (
        lint.unknown_references,
        change("indicators", 1, unit="公斤米"),
        "indicators.csv row 3 column unit: “公斤米”; expected a unit of measures.csv",
    ),
    (
        lint.unknown_documents_of_units,
        change("units", 0, document_ids="doc|lost"),
        "units.csv row 2 column document_ids: “doc|lost”; expected document_ids of documents.csv, separated by |",
    ),
    (
        lint.unknown_units,
        change("targets", 0, lead_units="市科技局、县科技局"),
        "targets.csv row 2 column lead_units: “市科技局、县科技局”; "
        "expected names of units.csv or unit_aliases.csv, not 县科技局",
    ),
    (
        lint.unknown_units,
        change("mechanisms", 0, actors="专班"),
        "mechanisms.csv row 2 column actors: “专班”; expected names of units.csv or unit_aliases.csv, not 专班",
    ),
    (
        lint.groups_that_cover_nobody,
        remove("reporter_group_members", 1),
        "reporter_groups.csv row 3 column programme_id,group_id: “listed, guests”; "
        "expected a row of reporter_group_members.csv that holds while the programme runs",
    ),
    (
        lint.groups_that_cover_nobody,
        change("reporter_group_members", 0, valid_to="2020-12-31"),
        "reporter_groups.csv row 2 column programme_id,group_id: “plan, all”; "
        "expected a row of reporter_group_members.csv that holds while the programme runs",
    ),
    (
        lint.unknown_groups,
        add("reporter_group_members", 0, group_id="guests"),
        "reporter_group_members.csv row 4 column programme_id,group_id: “plan, guests”; "
        "expected a group of reporter_groups.csv",
    ),
    (
        lint.unknown_suppliers,
        change("indicators", 1, supplier_scope="all|guests"),
        "indicators.csv row 3 column supplier_scope: “all|guests”; "
        "expected groups of its home programme or reporters, not guests",
    ),
    (
        lint.indicators_without_a_home,
        change("indicators", 1, home_programme_id="listed"),
        "indicators.csv row 3 column home_programme_id: “listed”; "
        "expected a row listed,new_firms in programme_indicators.csv",
    ),
    (
        lint.ratios_without_parts,
        change("indicators", 2, denominator_indicator_id=""),
        "indicators.csv row 4 column denominator_indicator_id: “”; "
        "expected an indicator that is no ratio: the kind is ratio",
    ),
    (
        lint.ratios_without_parts,
        change("indicators", 2, numerator_indicator_id="share"),
        "indicators.csv row 4 column numerator_indicator_id: “share”; "
        "expected an indicator that is no ratio: the kind is ratio",
    ),
    (
        lint.ratios_without_parts,
        change("indicators", 1, numerator_indicator_id="firms"),
        "indicators.csv row 3 column numerator_indicator_id: “firms”; expected nothing: the kind is increment",
    ),
    (
        lint.parts_of_something_else,
        change("indicator_parts", 0, whole_indicator_id="new_firms"),
        "indicator_parts.csv row 2 column whole_indicator_id: “new_firms”; expected another indicator than the part",
    ),
    (
        lint.parts_of_something_else,
        change("indicator_parts", 0, whole_indicator_id="share"),
        "indicator_parts.csv row 2 column whole_indicator_id: “share”; "
        "expected an indicator of the part's unit and home programme",
    ),
    (
        lint.waivers_of_no_month,
        change("waivers", 0, period="2021-Q1"),
        "waivers.csv row 2 column period: “2021-Q1”; expected a month like 2021-03, or nothing for every month",
    ),
    (
        lint.reversed_spans,
        change("waivers", 0, expires_on="2021-03-31"),
        "waivers.csv row 2 column expires_on: “2021-03-31”; expected a day not before approved_on (2021-04-01)",
    ),
    (
        lint.missing_values,
        change("waivers", 0, approver=""),
        "waivers.csv row 2 column approver: “”; expected a value",
    ),
    (
        lint.unknown_references,
        change("waivers", 0, reporter_id="north"),
        "waivers.csv row 2 column reporter_id: “north”; expected a reporter_id of reporters.csv",
    ),
    (
        lint.half_dated_programmes,
        change("programmes", 0, ends_on=""),
        "programmes.csv row 2 column ends_on: “”; expected a date: starts_on has one",
    ),
    (
        lint.half_dated_programmes,
        change("programmes", 0, starts_on="", ends_on=""),
        "programmes.csv row 2 column starts_on,ends_on: “, ”; expected dates: programme_cadences.csv has its notices",
    ),
    (
        lint.programmes_without_due_days,
        remove("reporting_calendar", 0),
        "programmes.csv row 2 column programme_id: “plan”; "
        "expected a row of reporting_calendar.csv: the programme has dates",
    ),
    (
        lint.unordered_calendars,
        change("reporting_calendar", 0, due_workdays="31", publish_workdays="31"),
        "reporting_calendar.csv row 2 column no_new_workdays: “30”; expected a number from 31 to 9999",
    ),
    (
        lint.unordered_calendars,
        change("reporting_calendar", 0, no_new_workdays="", no_edits_workdays="6"),
        "reporting_calendar.csv row 2 column no_edits_workdays: “6”; expected a number from 7 to 9999",
    ),
    (
        lint.unordered_calendars,
        change("reporting_calendar", 0, publish_workdays="6"),
        "reporting_calendar.csv row 2 column publish_workdays: “6”; expected a number from 7 to 9999",
    ),
    (
        lint.unordered_calendars,
        change("reporting_calendar", 0, objection_workdays="0"),
        "reporting_calendar.csv row 2 column objection_workdays: “0”; expected a number from 1 to 9999",
    ),
    (
        lint.unordered_calendars,
        change("reporting_calendar", 0, due_workdays="-1"),
        "reporting_calendar.csv row 2 column due_workdays: “-1”; expected a number from 0 to 9999",
    ),
    (
        lint.unordered_changes,
        change("calendar_changes", 0, no_edits_on="2021-04-19"),
        "calendar_changes.csv row 2 column no_edits_on: “2021-04-19”; expected a day not before due_on (2021-04-20)",
    ),
    (
        lint.changes_of_no_month,
        change("calendar_changes", 0, period="2021-Q1"),
        "calendar_changes.csv row 2 column period: “2021-Q1”; expected a month like 2021-03",
    ),
    (
        lint.changes_of_no_month,
        change("reopenings", 0, period="三月"),
        "reopenings.csv row 2 column period: “三月”; expected a month like 2021-03",
    ),
    (
        lint.reversed_spans,
        change("reopenings", 0, until="2021-05-31"),
        "reopenings.csv row 2 column until: “2021-05-31”; expected a day not before opened_on (2021-06-01)",
    ),
    (
        lint.malformed_clauses,
        change("targets", 0, clause="二（二）2"),
        "targets.csv row 2 column clause: “二（二）2”; expected a clause like 一, 二(二)2 or 第三条",
    ),
    (
        lint.malformed_clauses,
        change("programme_cadences", 0, clause="三(二)款"),
        "programme_cadences.csv row 2 column clause: “三(二)款”; expected a clause like 一, 二(二)2 or 第三条",
    ),
    (
        lint.wrong_scopes,
        change("targets", 1, scope="each:guests"),
        "targets.csv row 3 column scope: “each:guests”; "
        "expected each: and a group of a programme of the target's document",
    ),
    (
        lint.wrong_scopes,
        change("targets", 1, scope="all"),
        "targets.csv row 3 column scope: “all”; expected city, or each: and a group",
    ),
    (
        lint.comparators_without_values,
        change("targets", 0, value_low=""),
        "targets.csv row 2 column value_low: “”; expected a number: the comparator is >=",
    ),
    (
        lint.comparators_without_values,
        change("targets", 0, comparator=""),
        "targets.csv row 2 column comparator: “”; expected a comparator: value_low has a number",
    ),
    (
        lint.comparators_without_values,
        change("targets", 1, value_high=""),
        "targets.csv row 3 column value_high: “”; expected a number above value_low: the comparator is range",
    ),
    (
        lint.comparators_without_values,
        change("targets", 1, value_high="10.0"),
        "targets.csv row 3 column value_high: “10.0”; expected a number above value_low: the comparator is range",
    ),
    (
        lint.comparators_without_values,
        change("targets", 0, value_high="12"),
        "targets.csv row 2 column value_high: “12”; expected nothing: the comparator is >=",
    ),
    (
        lint.unexplained_targets,
        change("targets", 3, not_scored_reason=""),
        "targets.csv row 5 column not_scored_reason: “”; expected a reason: is_scored is false",
    ),
    (
        lint.unexplained_targets,
        change("targets", 0, not_scored_reason="只列示"),
        "targets.csv row 2 column not_scored_reason: “只列示”; expected nothing: is_scored is true",
    ),
    (
        lint.unexplained_targets,
        change("targets", 0, is_scored=""),
        "targets.csv row 2 column is_scored: “”; expected true or false",
    ),
    (
        lint.targets_that_name_themselves,
        change("targets", 2, stretches_target_id="double"),
        "targets.csv row 4 column stretches_target_id: “double”; expected another target",
    ),
    (
        lint.foreign_units_of_measure,
        change("targets", 0, unit="%"),
        "targets.csv row 2 column unit: “%”; expected 家, the unit of firms, or 倍",
    ),
    (
        lint.unreadable_periods,
        change("targets", 0, period="2021年"),
        "targets.csv row 2 column period: “2021年”; expected a period like 2021-03, 2021-B2, 2021-Q1, 2021-H1 or 2021",
    ),
]

STILL_RIGHT = {
    "another ranked group once the first one's span is over": lambda tables: (
        in_two_groups(tables),
        change("reporter_group_members", 2, valid_from="2021-07-01")(tables),
    ),
    "a second group that is not ranked": lambda tables: (
        in_two_groups(tables),
        change("reporter_groups", 2, is_ranked="false")(tables),
    ),
    "a ratio of two departments": lambda tables: (
        change("targets", 1, scope="city")(tables),
        change("target_splits", 0, reporter_id="")(tables),
        change("indicators", 0, supplier_kind="department", supplier_scope="")(tables),
        change("indicators", 1, supplier_kind="department")(tables),
        change("scoring_weights", 0, rule_id="spread")(tables),
    ),
    "a target of a document whose programme has no months": change(
        "targets", 3, document_id="other_doc", period="2021"
    ),
    "a month that never closes": change("reporting_calendar", 0, no_new_workdays="", no_edits_workdays=""),
    "a month opened again a second time": add("reopenings", 0, opened_on="2021-07-01", until="2021-07-10"),
    "an alias for another reporter once the first one's span is over": add(
        "reporter_aliases", 0, alias=" 东", reporter_id="west", valid_from="2021-07-01", valid_to=""
    ),
    "an alias of the same reporter, written otherwise": add("reporter_aliases", 0, alias=" 东"),
    "a target's next span": add("targets", 0, value_low="12", valid_from="2021-07-01", valid_to=""),
    "a split's next span": add("target_splits", 0, valid_from="2021-07-01", valid_to=""),
    "a member that comes back": add("reporter_group_members", 0, valid_from="2021-09-01", valid_to=""),
    "any unit of measure where the registry lists none": lambda tables: (
        tables["measures"].clear(),
        tables["indicator_parts"].clear(),
        tables["indicators"][1].update(unit="公斤米"),
    ),
    "any body where the registry lists none": lambda tables: (
        tables["units"].clear(),
        tables["unit_aliases"].clear(),
    ),
    "a cadence held with others where the programme has no dates": add(
        "programme_cadences", 0, programme_id="listed", reporter_kind="district"
    ),
}


FILLERS = {"varchar": "某", "integer": "1", "boolean": "true"}


def filler(table: str, column: str, type_name: str) -> str:
    """Something that may stand in a column which must not be empty."""
    if (table, column) not in seed_properties().required:
        return ""
    accepted = seed_properties().accepted_values.get((table, column))
    return accepted[0] if accepted else FILLERS.get(type_name, "1")


def complete(tables: Tables) -> Tables:
    """All tables with all columns; what is not said is empty, or anything where it must not be."""
    return {
        table: [
            {column: filler(table, column, type_name) for column, type_name in types.items()} | row
            for row in tables.get(table, [])
        ]
        for table, types in column_types().items()
    }


def records_of(change: Callable[[Tables], object]) -> Records:
    tables = deepcopy(SMALL)
    change(tables)
    return {
        table: [Record(Path(f"{table}.csv"), number, row) for number, row in enumerate(rows, start=2)]
        for table, rows in complete(tables).items()
    }


@pytest.mark.parametrize("folder", REGISTRIES, ids=lambda folder: folder.name)
def test_the_registries_of_this_repository_have_no_problem(folder: Path) -> None:
    assert load_registry(folder).rows("indicators")


def test_the_small_registry_has_no_problem() -> None:
    assert lint_registry(records_of(lambda tables: None)) == []


@pytest.mark.parametrize(("rule", "change", "expected"), CASES, ids=lambda value: getattr(value, "__name__", ""))
def test_a_broken_rule_is_named_with_file_row_and_column(rule: Rule, change: Callable, expected: str) -> None:
    records = records_of(change)
    assert [str(problem) for problem in rule(records)] == [expected]
    assert expected in [str(problem) for problem in lint_registry(records)]


def test_every_rule_is_listed_and_has_a_case() -> None:
    assert {rule for rule, _, _ in CASES} == set(RULES) - set(scoring_lint.RULES)


@pytest.mark.parametrize("table", column_types())
def test_no_table_says_the_same_twice(table: str) -> None:
    records = records_of(add(table, 0))
    found = [*lint.repeated_keys(records), *lint.overlapping_spans(records)]
    assert {problem.path.name for problem in found} == {f"{table}.csv"}
    assert {problem.row for problem in found} == {records[table][-1].number}


@pytest.mark.parametrize(
    "place",
    ["targets lead_units", "targets responsible_units", "tasks lead_units", "tasks responsible_units"]
    + ["mechanisms actors"],
)
def test_every_list_of_units_is_read(place: str) -> None:
    table, column = place.split()
    found = list(lint.unknown_units(records_of(change(table, 0, **{column: "各区、专班"}))))
    assert [(problem.path.stem, problem.row, problem.column) for problem in found] == [(table, 2, column)]


@pytest.mark.parametrize(
    ("table", "column", "name"),
    [
        ("reporters", "reporter_name", "东区"),
        ("reporter_aliases", "alias", "东区"),
        ("indicators", "indicator_name", "企业"),
        ("indicators", "indicator_name", "FIRMS"),
        ("units", "unit_name", "市科技局"),
    ],
)
def test_a_name_of_one_thing_names_no_other(table: str, column: str, name: str) -> None:
    found = list(lint.ambiguous_names(records_of(change(table, 1, **{column: name}))))
    assert [(problem.row, problem.column, problem.found) for problem in found] == [(3, column, name)]


@pytest.mark.parametrize("change", STILL_RIGHT.values(), ids=STILL_RIGHT)
def test_what_looks_wrong_and_is_right_passes(change: Callable) -> None:
    assert [str(problem) for problem in lint_registry(records_of(change))] == []


def write_folder(folder: Path, tables: Tables) -> Path:
    for table, types in column_types().items():
        with (folder / f"{table}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(types))
            writer.writeheader()
            writer.writerows(tables[table])
    return folder


def test_a_folder_with_a_broken_rule_is_not_loaded(tmp_path: Path) -> None:
    tables = complete(SMALL)
    tables["targets"][0]["unit"] = "公斤米"
    with pytest.raises(RegistryError) as error:
        load_registry(write_folder(tmp_path, tables))
    assert str(error.value).split("\n") == [
        f"{tmp_path}/targets.csv row 2 column unit: “公斤米”; expected a unit of measures.csv",
        f"{tmp_path}/targets.csv row 2 column unit: “公斤米”; expected 家, the unit of firms, or 倍",
    ]


TYPED = [
    (table, column)
    for table, types in column_types().items()
    for column, type_name in types.items()
    if type_name != "varchar"
]


@pytest.mark.parametrize("text", ["x", "１", "1e3", "NaN"])
@pytest.mark.parametrize(("table", "column"), TYPED, ids=".".join)
def test_a_cell_that_is_not_of_its_type_is_named_and_stops_no_rule(
    tmp_path: Path, table: str, column: str, text: str
) -> None:
    tables = complete(SMALL)
    for row in tables[table]:
        row[column] = text
    with pytest.raises(RegistryError) as error:
        load_registry(write_folder(tmp_path, tables))
    assert f"{table}.csv row 2 column {column}: “{text}”; expected " in str(error.value)
