"""What must be true of a registry before anything is loaded from it: rules over rows, each naming file, row and column.

Keys and the rules of one column (not null, accepted values, references) stand in the seeds' properties, where dbt tests
them too. Rules that need several columns or tables stand here, one function each, listed in RULES.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator

from ingestion.clauses import path_parts
from ingestion.errors import PeriodError
from ingestion.periods import parse_period
from ingestion.registry_spans import ALWAYS, Span, listed, number, overlap, span, where_bands_do_not_meet
from ingestion.scoring_lint import CITY_SCOPE, GROUP_SCOPE
from ingestion.scoring_lint import RULES as SCORING_RULES
from ingestion.seed_files import Record, SeedProblem, column_types, fold, seed_properties

Records = dict[str, list[Record]]
Rule = Callable[[Records], Iterator[SeedProblem]]

# Keys that may come again once the span of the row before is over.
DATED_KEYS = {
    "reporter_aliases": ("alias",),
    "reporter_group_members": ("programme_id", "group_id", "reporter_id"),
    "targets": ("target_id",),
    "target_splits": ("target_id", "reporter_id"),
}
OWN_IDS = {
    "documents": "document_id",
    "programmes": "programme_id",
    "reporters": "reporter_id",
    "reporter_groups": "group_id",
    "indicators": "indicator_id",
    "targets": "target_id",
    "units": "unit_id",
    "tasks": "task_id",
    "mechanisms": "mechanism_id",
}
# The columns that name one thing, by the column that says which; an alias names it in its own span only.
NAMES = {
    "programme_id": (("programmes", "programme_id"), ("programmes", "programme_name")),
    "reporter_id": (("reporters", "reporter_id"), ("reporters", "reporter_name"), ("reporter_aliases", "alias")),
    "indicator_id": (("indicators", "indicator_id"), ("indicators", "indicator_name"), ("indicator_aliases", "alias")),
    "unit_id": (("units", "unit_id"), ("units", "unit_name"), ("unit_aliases", "alias")),
}
UNIT_LISTS = (
    ("targets", "lead_units"),
    ("targets", "responsible_units"),
    ("tasks", "lead_units"),
    ("tasks", "responsible_units"),
    ("mechanisms", "actors"),
)
# A small registry does without this list; while it is empty, units of measure are not held against it.
OPTIONAL_LIST = "measures"
MULTIPLE = "倍"
MOST_WORKDAYS = 9999
RANKING_BASES = ("completion", "level", "growth")
MET_ONLY = "met"
DISTRICT_KIND = "district"
_CLOSINGS = ("no_new", "no_edits")
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.ASCII)
_ID = re.compile(r"[a-z0-9_-]+")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def lint_registry(records: Records) -> list[SeedProblem]:
    """Everything that a registry's rows, taken together, have wrong; `records` has all tables, some may be empty."""
    return [problem for rule in RULES for problem in rule(records)]


def malformed_ids(records: Records) -> Iterator[SeedProblem]:
    """Ids become names of folders and partitions."""
    for table, column in OWN_IDS.items():
        for record in records[table]:
            if record[column] and not _ID.fullmatch(record[column]):
                yield record.problem("only a-z, 0-9, _ and -", column)


def missing_values(records: Records) -> Iterator[SeedProblem]:
    """A cell that must not be empty is empty."""
    for table, column in seed_properties().required:
        for record in records[table]:
            if not record[column]:
                yield record.problem("a value", column)


def unaccepted_values(records: Records) -> Iterator[SeedProblem]:
    """A word that is none of its column's."""
    for (table, column), values in seed_properties().accepted_values.items():
        for record in records[table]:
            if record[column] and record[column] not in values:
                yield record.problem(f"one of {', '.join(values)}", column)


def repeated_keys(records: Records) -> Iterator[SeedProblem]:
    """The same thing is said twice."""
    keys = [(table, (column,)) for table, column in seed_properties().unique]
    for table, key in [*keys, *seed_properties().keys]:
        first: dict[tuple[str, ...], Record] = {}
        for record in records[table]:
            value = _values(record, key)
            if any(value) and first.setdefault(value, record) is not record:
                yield record.problem(f"what no other row has; row {first[value].number} has it", *key)


def overlapping_spans(records: Records) -> Iterator[SeedProblem]:
    """Two rows of one key hold on the same day."""
    for table, key in DATED_KEYS.items():
        before: dict[tuple[str, ...], list[Record]] = defaultdict(list)
        for record in records[table]:
            same = before[_values(record, key)]
            other = next((row for row in same if overlap(span(record), span(row))), None)
            if other:
                expected = f"one row at a time; row {other.number} holds on some of these days"
                yield record.problem(expected, *key, "valid_from", "valid_to")
            same.append(record)


def reversed_spans(records: Records) -> Iterator[SeedProblem]:
    """A row ends before it begins."""
    for table, types in column_types().items():
        if "valid_to" in types:
            yield from _reversed(records[table], "valid_from", "valid_to")
    yield from _reversed(records["programmes"], "starts_on", "ends_on")
    yield from _reversed(records["reopenings"], "opened_on", "until")
    yield from _reversed(records["waivers"], "approved_on", "expires_on")


def ambiguous_names(records: Records) -> Iterator[SeedProblem]:
    """One name, as names are compared, means two things at the same time."""
    for id_column, places in NAMES.items():
        before: dict[str, list[tuple[str, Span, Record]]] = defaultdict(list)
        for table, column in places:
            for record in records[table]:
                days = span(record) if column == "alias" else ALWAYS
                same = before[fold(record[column])] if record[column] else []
                other = next((o for id_, known, o in same if id_ != record[id_column] and overlap(days, known)), None)
                if other:
                    expected = f"a name of one {id_column}; {other.path.name} row {other.number} has it for another"
                    yield record.problem(expected, column)
                same.append((record[id_column], days, record))


def unknown_references(records: Records) -> Iterator[SeedProblem]:
    """A text that must stand in another table does not."""
    for reference in seed_properties().references:
        known = {record[reference.field] for record in records[reference.other]}
        if reference.other == OPTIONAL_LIST and not known:
            continue
        for record in records[reference.table]:
            if record[reference.column] and record[reference.column] not in known:
                yield record.problem(f"a {reference.field} of {reference.other}.csv", reference.column)


def unknown_documents_of_units(records: Records) -> Iterator[SeedProblem]:
    """A unit is named by a document that is not there."""
    known = {record["document_id"] for record in records["documents"]}
    for record in records["units"]:
        if not known.issuperset(listed(record["document_ids"], "|")):
            yield record.problem("document_ids of documents.csv, separated by |", "document_ids")


def unknown_units(records: Records) -> Iterator[SeedProblem]:
    """A body that leads, is responsible or acts is no unit."""
    known = {fold(record["unit_name"]) for record in records["units"]}
    known |= {fold(record["alias"]) for record in records["unit_aliases"]}
    if not records["units"]:
        return
    for table, column in UNIT_LISTS:
        for record in records[table]:
            unknown = [name for name in listed(record[column], "、") if fold(name) not in known]
            if unknown:
                yield record.problem(f"names of units.csv or unit_aliases.csv, not {'、'.join(unknown)}", column)


def groups_that_cover_nobody(records: Records) -> Iterator[SeedProblem]:
    """No reporter is a member of the group while its programme runs."""
    runs = {row["programme_id"]: span(row, "starts_on", "ends_on") for row in records["programmes"]}
    exists = {row["reporter_id"]: span(row) for row in records["reporters"]}
    covering = {
        (member["programme_id"], member["group_id"])
        for member in records["reporter_group_members"]
        if overlap(span(member), runs.get(member["programme_id"], ALWAYS), exists.get(member["reporter_id"], ALWAYS))
    }
    for group in records["reporter_groups"]:
        if (group["programme_id"], group["group_id"]) not in covering:
            expected = "a row of reporter_group_members.csv that holds while the programme runs"
            yield group.problem(expected, "programme_id", "group_id")


def unknown_groups(records: Records) -> Iterator[SeedProblem]:
    """A member of a group that its programme does not have."""
    known = _group_ids(records)
    for member in records["reporter_group_members"]:
        if (member["programme_id"], member["group_id"]) not in known:
            yield member.problem("a group of reporter_groups.csv", "programme_id", "group_id")


def members_of_two_ranked_groups(records: Records) -> Iterator[SeedProblem]:
    """A reporter is ranked in one group of a programme at a time, or it would have two places inside its group."""
    ranked = {
        (row["programme_id"], row["group_id"]) for row in records["reporter_groups"] if row["is_ranked"] == "true"
    }
    before: dict[tuple[str, str], list[Record]] = defaultdict(list)
    for record in records["reporter_group_members"]:
        if (record["programme_id"], record["group_id"]) not in ranked:
            continue
        same = before[record["programme_id"], record["reporter_id"]]
        other = next((row for row in same if _is_another_group(row, record)), None)
        if other:
            expected = (
                f"one ranked group at a time; row {other.number} has it in {other['group_id']} on some of these days"
            )
            yield record.problem(expected, "programme_id", "group_id", "reporter_id", "valid_from", "valid_to")
        same.append(record)


def unknown_suppliers(records: Records) -> Iterator[SeedProblem]:
    """A supplier that is neither a group of the indicator's home programme nor a reporter."""
    groups = _group_ids(records)
    reporters = {record["reporter_id"] for record in records["reporters"]}
    for record in records["indicators"]:
        for part in listed(record["supplier_scope"], "|"):
            if part not in reporters and (record["home_programme_id"], part) not in groups:
                yield record.problem(f"groups of its home programme or reporters, not {part}", "supplier_scope")


def indicators_without_a_home(records: Records) -> Iterator[SeedProblem]:
    """An indicator that its home programme does not list is in nobody's table."""
    listed = {(record["programme_id"], record["indicator_id"]) for record in records["programme_indicators"]}
    for record in records["indicators"]:
        if record["home_programme_id"] and (record["home_programme_id"], record["indicator_id"]) not in listed:
            missing = f"a row {record['home_programme_id']},{record['indicator_id']} in programme_indicators.csv"
            yield record.problem(missing, "home_programme_id")


def ratios_without_parts(records: Records) -> Iterator[SeedProblem]:
    """A ratio is calculated from two indicators that are none themselves; nothing else has parts."""
    kinds = {record["indicator_id"]: record["kind"] for record in records["indicators"]}
    for record in records["indicators"]:
        for column in ("numerator_indicator_id", "denominator_indicator_id"):
            is_ratio, part = record["kind"] == "ratio", record[column]
            if is_ratio and (not part or kinds.get(part) == "ratio"):
                yield record.problem("an indicator that is no ratio: the kind is ratio", column)
            elif part and not is_ratio:
                yield record.problem(f"nothing: the kind is {record['kind']}", column)


def ratios_of_unequal_suppliers(records: Records) -> Iterator[SeedProblem]:
    """Both parts of a ratio come from as many: beside a sum of districts over one body's figure no count is right."""
    known = {record["indicator_id"]: record for record in records["indicators"]}
    columns = ("numerator_indicator_id", "denominator_indicator_id")
    for record in records["indicators"]:
        kinds = [known[record[column]]["supplier_kind"] for column in columns if record[column] in known]
        if len(set(kinds)) > 1 and DISTRICT_KIND in kinds:
            expected = f"an indicator that the {kinds[0]} supplies, as the numerator: only equals are divided"
            yield record.problem(expected, "denominator_indicator_id")


def parts_of_something_else(records: Records) -> Iterator[SeedProblem]:
    """A part is another indicator than its whole, measured in the same unit and in tables of the same programme."""
    known = {record["indicator_id"]: record for record in records["indicators"]}
    for record in records["indicator_parts"]:
        part, whole = (known.get(record[column]) for column in ("part_indicator_id", "whole_indicator_id"))
        if part is None or whole is None:
            continue
        if part is whole:
            yield record.problem("another indicator than the part", "whole_indicator_id")
        elif any(part[column] != whole[column] for column in ("unit", "home_programme_id")):
            yield record.problem("an indicator of the part's unit and home programme", "whole_indicator_id")


def waivers_of_no_month(records: Records) -> Iterator[SeedProblem]:
    """A waiver holds for one month's table, or for all."""
    for record in records["waivers"]:
        if record["period"] and not _MONTH.fullmatch(record["period"]):
            yield record.problem("a month like 2021-03, or nothing for every month", "period")


def half_dated_programmes(records: Records) -> Iterator[SeedProblem]:
    """A programme has a first and a last day or neither, and both where it has notices."""
    with_notices = {(record["programme_id"], record["reporter_kind"]) for record in records["programme_cadences"]}
    for record in records["programmes"]:
        starts, ends = record["starts_on"], record["ends_on"]
        if bool(starts) != bool(ends):
            expected = "a date: ends_on has one" if ends else "a date: starts_on has one"
            yield record.problem(expected, "starts_on" if ends else "ends_on")
        elif not starts and (record["programme_id"], record["reporter_kind"]) in with_notices:
            yield record.problem("dates: programme_cadences.csv has its notices", "starts_on", "ends_on")


def programmes_without_due_days(records: Records) -> Iterator[SeedProblem]:
    """The tables of a programme that has months are due on some day."""
    known = {record["programme_id"] for record in records["reporting_calendar"]}
    for record in records["programmes"]:
        if record["starts_on"] and record["programme_id"] not in known:
            yield record.problem("a row of reporting_calendar.csv: the programme has dates", "programme_id")


def unordered_calendars(records: Records) -> Iterator[SeedProblem]:
    """A month closes, and its notice goes out, before its tables are due; or after a lifetime."""
    for record in records["reporting_calendar"]:
        due, no_new, no_edits, publish = (record[f"{name}_workdays"] for name in ("due", *_CLOSINGS, "publish"))
        for column, earlier, later in (
            ("due_workdays", "0", due),
            ("no_new_workdays", due, no_new),
            ("no_edits_workdays", no_new or due, no_edits),
            ("publish_workdays", due, publish),
            ("objection_workdays", "1", record["objection_workdays"]),
        ):
            least, found = number(earlier), number(later)
            if least is not None and found is not None and not least <= found <= MOST_WORKDAYS:
                yield record.problem(f"a number from {earlier} to {MOST_WORKDAYS}", column)


def unordered_changes(records: Records) -> Iterator[SeedProblem]:
    """A date is moved before one that comes first."""
    for record in records["calendar_changes"]:
        yield from _reversed([record], "due_on", "no_new_on")
        yield from _reversed([record], "no_new_on" if record["no_new_on"] else "due_on", "no_edits_on")


def changes_of_no_month(records: Records) -> Iterator[SeedProblem]:
    """A date was moved, or a period opened again, that is no month: tables are monthly."""
    for table in ("calendar_changes", "reopenings"):
        for record in records[table]:
            if not (_is_period(record["period"]) and parse_period(record["period"]).months == [record["period"]]):
                yield record.problem("a month like 2021-03", "period")


def malformed_clauses(records: Records) -> Iterator[SeedProblem]:
    """A clause that is no path of a document: 一, 二(二)2, 第三条."""
    for table, types in column_types().items():
        if "clause" in types:
            for record in records[table]:
                if record["clause"] != "".join(path_parts(record["clause"])):
                    yield record.problem("a clause like 一, 二(二)2 or 第三条", "clause")


def clauses_of_no_document(records: Records) -> Iterator[SeedProblem]:
    """A clause that its document does not have, as far as the document's clauses are listed."""
    documents = {record["programme_id"]: record["document_id"] for record in records["programmes"]}
    known: dict[str, set[str]] = defaultdict(set)
    for record in records["clauses"]:
        known[record["document_id"]].add(record["clause"])
    for table, types in column_types().items():
        if "clause" not in types:
            continue
        for record in records[table]:
            document_id = record.row.get("document_id") or documents.get(record.row.get("programme_id", ""), "")
            if record["clause"] and known[document_id] and record["clause"] not in known[document_id]:
                yield record.problem(f"a clause of {document_id} in clauses.csv", "clause")


def wrong_scopes(records: Records) -> Iterator[SeedProblem]:
    """A target is the city's, or each member's of a group of a programme of the same document."""
    documents = {record["programme_id"]: record["document_id"] for record in records["programmes"]}
    known = {(documents.get(programme_id), group_id) for programme_id, group_id in _group_ids(records)}
    for record in records["targets"]:
        scope = record["scope"]
        is_group = scope.startswith(GROUP_SCOPE)
        if is_group and (record["document_id"], scope.removeprefix(GROUP_SCOPE)) not in known:
            yield record.problem("each: and a group of a programme of the target's document", "scope")
        elif not is_group and scope != CITY_SCOPE:
            yield record.problem(f"{CITY_SCOPE}, or {GROUP_SCOPE} and a group", "scope")


def targets_of_nothing_measured(records: Records) -> Iterator[SeedProblem]:
    """A target is of an indicator of its document's programmes, and the city's only where a city reports."""
    listed_in = {(row["programme_id"], row["indicator_id"]) for row in records["programme_indicators"]}
    for record, programme in _targets_with_programme(records):
        programme_id = programme["programme_id"]
        if (programme_id, record["indicator_id"]) not in listed_in:
            expected = (
                f"an indicator of {programme_id} in programme_indicators.csv, which measures its document's targets"
            )
            yield record.problem(expected, "indicator_id")
        if record["scope"] == CITY_SCOPE and not programme["city_reporter_id"]:
            expected = f"{GROUP_SCOPE} and a group, or a city_reporter_id of {programme_id} in programmes.csv"
            yield record.problem(expected, "scope")


def targets_of_members_not_asked(records: Records) -> Iterator[SeedProblem]:
    """What each of a group owes, each of it is asked for: who never reports it could never meet it."""
    indicators = {record["indicator_id"]: record for record in records["indicators"]}
    members = _members(records)
    suppliers: dict[str, set[str]] = {}
    for record, programme in _targets_with_programme(records):
        indicator = indicators.get(record["indicator_id"])
        if indicator is None or record["scope"] == CITY_SCOPE:
            continue
        if record["indicator_id"] not in suppliers:
            suppliers[record["indicator_id"]] = _suppliers(records, indicator, members)
        of_group = members[programme["programme_id"]][record["scope"].removeprefix(GROUP_SCOPE)]
        unasked = sorted(of_group - suppliers[record["indicator_id"]])
        if unasked:
            asked = f"a group that is asked for {record['indicator_id']}, by supplier_kind and supplier_scope"
            yield record.problem(f"{asked}; not {', '.join(unasked)}", "scope")


def comparators_without_values(records: Records) -> Iterator[SeedProblem]:
    """A comparator compares with a value, a range with two in order, and no value stands alone."""
    for record in records["targets"]:
        comparator, low, high = record["comparator"], record["value_low"], record["value_high"]
        if comparator and not low:
            yield record.problem(f"a number: the comparator is {comparator}", "value_low")
        if low and not comparator:
            yield record.problem("a comparator: value_low has a number", "comparator")
        if comparator == "range" and not _is_less(low, high):
            yield record.problem("a number above value_low: the comparator is range", "value_high")
        elif comparator != "range" and high:
            yield record.problem(f"nothing: the comparator is {comparator or 'empty'}", "value_high")


def unexplained_targets(records: Records) -> Iterator[SeedProblem]:
    """A target is scored, or there is a reason why not."""
    for record in records["targets"]:
        is_scored, reason = record["is_scored"], record["not_scored_reason"]
        if not is_scored:
            yield record.problem("true or false", "is_scored")
        elif is_scored == "false" and not reason:
            yield record.problem("a reason: is_scored is false", "not_scored_reason")
        elif is_scored == "true" and reason:
            yield record.problem("nothing: is_scored is true", "not_scored_reason")


def unknown_bases(records: Records) -> Iterator[SeedProblem]:
    """A ranking basis that nothing is ranked on would leave the ranking out of the notice."""
    for record in records["programme_indicators"]:
        unknown = [part for part in listed(record["ranking_bases"], "|") if part not in RANKING_BASES]
        if unknown:
            yield record.problem(f"{', '.join(RANKING_BASES)}, separated by |", "ranking_bases")


def ranked_without_a_rate(records: Records) -> Iterator[SeedProblem]:
    """A ranking by completion of an indicator whose target is only held or not would be empty."""
    rules = {record["indicator_id"]: record["completion_rule"] for record in records["indicators"]}
    for record in records["programme_indicators"]:
        is_by_rate = "completion" in listed(record["ranking_bases"], "|")
        if is_by_rate and rules.get(record["indicator_id"]) == MET_ONLY:
            expected = f"no completion: the completion_rule of {record['indicator_id']} is {MET_ONLY}"
            yield record.problem(expected, "ranking_bases")


def bands_that_do_not_meet(records: Records) -> Iterator[SeedProblem]:
    """Above, below or between bands a reporter would have no light, in an overlap two; and a colour must be one."""
    by_programme: dict[str, list[Record]] = defaultdict(list)
    for record in records["light_bands"]:
        by_programme[record["programme_id"]].append(record)
        if not _COLOUR.fullmatch(record["colour"]):
            yield record.problem("a colour like #2e7d32", "colour")
    for bands in by_programme.values():
        yield from where_bands_do_not_meet(bands, "gap_from", "gap_to")


def tiers_out_of_order(records: Records) -> Iterator[SeedProblem]:
    """The second of two tiers asks for more of the same than the first, which is a first tier itself."""
    targets = {record["target_id"]: record for record in records["targets"]}
    for record in records["targets"]:
        base = targets.get(record["stretches_target_id"])
        if base is None:
            continue
        same = ("document_id", "indicator_id", "period", "scope", "unit")
        if base["stretches_target_id"] or _values(base, same) != _values(record, same):
            expected = "the first tier of a goal with the same document, indicator, period, scope and unit"
            yield record.problem(expected, "stretches_target_id")
        rows = [other for other in records["targets"] if other["target_id"] == base["target_id"]]
        for other in rows:
            low, high = (other, record) if record["comparator"] != "<=" else (record, other)
            if overlap(span(record), span(other)) and not _is_less(low["value_low"], high["value_low"]):
                yield record.problem(f"more than row {other.number}, the first tier, asks for", "value_low")


def circular_restatements(records: Records) -> Iterator[SeedProblem]:
    """A goal repeats an earlier one, which does not lead back to it."""
    earlier = {record["target_id"]: record["restates_target_id"] for record in records["targets"]}
    numbers = {record["target_id"]: record.number for record in records["targets"]}
    for record in records["targets"]:
        seen: set[str] = set()
        current = record["restates_target_id"]
        while current and current not in seen:
            seen.add(current)
            current = earlier.get(current, "")
        # A circle is one problem, of its last row.
        if len(seen) > 1 and record["target_id"] in seen and record.number == max(numbers[name] for name in seen):
            yield record.problem("an earlier target that does not lead back here", "restates_target_id")


def parts_of_nobody(records: Records) -> Iterator[SeedProblem]:
    """A part of a city target goes to a reporter that is asked for its indicator, or nobody would count it."""
    kinds = {record["reporter_id"]: record["reporter_kind"] for record in records["reporters"]}
    indicators = {record["indicator_id"]: record for record in records["indicators"]}
    targets = {record["target_id"]: record for record in records["targets"]}
    for record in records["target_splits"]:
        target = targets.get(record["target_id"])
        indicator = indicators.get(target["indicator_id"]) if target else None
        kind = kinds.get(record["reporter_id"])
        if indicator and kind and indicator["supplier_kind"] and kind != indicator["supplier_kind"]:
            expected = f"a {indicator['supplier_kind']}: these supply {indicator['indicator_id']}"
            yield record.problem(expected, "reporter_id")


def targets_that_name_themselves(records: Records) -> Iterator[SeedProblem]:
    """A target restates or stretches another one."""
    for record in records["targets"]:
        for column in ("restates_target_id", "stretches_target_id"):
            if record[column] and record[column] == record["target_id"]:
                yield record.problem("another target", column)


def foreign_units_of_measure(records: Records) -> Iterator[SeedProblem]:
    """A target is measured as its indicator is, or it multiplies a base."""
    units = {record["indicator_id"]: record["unit"] for record in records["indicators"]}
    for record in records["targets"]:
        unit = units.get(record["indicator_id"])
        if unit is not None and record["unit"] not in (unit, MULTIPLE):
            yield record.problem(f"{unit}, the unit of {record['indicator_id']}, or {MULTIPLE}", "unit")


def unreadable_periods(records: Records) -> Iterator[SeedProblem]:
    """A target that is scored says for which period, and what any says can be read."""
    for record in records["targets"]:
        if (record["is_scored"] == "true" or record["period"]) and not _is_period(record["period"]):
            yield record.problem("a period like 2021-03, 2021-B2, 2021-Q1, 2021-H1 or 2021", "period")


def targets_over_before_the_programme(records: Records) -> Iterator[SeedProblem]:
    """A scored target whose period is over before its programme begins would be measured in no period."""
    starts = {row["document_id"]: span(row, "starts_on", "ends_on")[0] for row in records["programmes"]}
    for record in records["targets"]:
        begins = starts.get(record["document_id"])
        is_dated = record["is_scored"] == "true" and _is_period(record["period"])
        if begins and is_dated and parse_period(record["period"]).last_date < begins:
            yield record.problem(f"a period that ends after the programme begins ({begins})", "period")


def statuses_against_their_meaning(records: Records) -> Iterator[SeedProblem]:
    """A status after which nothing more is to come counts as finished or ended, and no other does."""
    for record in records["ledger_statuses"]:
        is_over = record["counts_as"] in ("finished", "ended")
        if record["is_final"] != str(is_over).lower():
            yield record.problem("true where counts_as is finished or ended, else false", "is_final")


RULES: tuple[Rule, ...] = (
    malformed_ids,
    missing_values,
    unaccepted_values,
    repeated_keys,
    overlapping_spans,
    reversed_spans,
    ambiguous_names,
    unknown_references,
    unknown_documents_of_units,
    unknown_units,
    groups_that_cover_nobody,
    unknown_groups,
    members_of_two_ranked_groups,
    unknown_suppliers,
    indicators_without_a_home,
    ratios_without_parts,
    ratios_of_unequal_suppliers,
    parts_of_something_else,
    waivers_of_no_month,
    half_dated_programmes,
    programmes_without_due_days,
    unordered_calendars,
    unordered_changes,
    changes_of_no_month,
    malformed_clauses,
    clauses_of_no_document,
    wrong_scopes,
    targets_of_nothing_measured,
    targets_of_members_not_asked,
    comparators_without_values,
    unexplained_targets,
    targets_that_name_themselves,
    tiers_out_of_order,
    circular_restatements,
    parts_of_nobody,
    unknown_bases,
    ranked_without_a_rate,
    bands_that_do_not_meet,
    foreign_units_of_measure,
    unreadable_periods,
    targets_over_before_the_programme,
    statuses_against_their_meaning,
    *SCORING_RULES,
)


def _values(record: Record, columns: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(record[column] for column in columns)


def _group_ids(records: Records) -> set[tuple[str, str]]:
    """Programme and group of every reporter group."""
    return {(record["programme_id"], record["group_id"]) for record in records["reporter_groups"]}


def _is_another_group(row: Record, other: Record) -> bool:
    return row["group_id"] != other["group_id"] and overlap(span(row), span(other))


def _members(records: Records) -> dict[str, dict[str, set[str]]]:
    """Who is ever a member, by programme and group."""
    members: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in records["reporter_group_members"]:
        members[row["programme_id"]][row["group_id"]].add(row["reporter_id"])
    return members


def _suppliers(records: Records, indicator: Record, members: dict[str, dict[str, set[str]]]) -> set[str]:
    """Who is ever asked for an indicator: of its home programme's, those of the kind, and of these whom it names."""
    home = indicator["home_programme_id"]
    cities = {row["city_reporter_id"] for row in records["programmes"] if row["programme_id"] == home}
    belonging = cities.union(*members[home].values())
    of_kind = {row["reporter_id"] for row in records["reporters"] if row["reporter_kind"] == indicator["supplier_kind"]}
    named = listed(indicator["supplier_scope"], "|")
    meant = set(named).union(*(members[home][name] for name in named)) if named else of_kind
    return belonging & of_kind & meant


def _targets_with_programme(records: Records) -> Iterator[tuple[Record, Record]]:
    """Each target of a period with each programme that measures its document's targets over some months."""
    groups = _group_ids(records)
    for programme in records["programmes"]:
        for record in records["targets"]:
            if record["document_id"] != programme["document_id"] or not programme["starts_on"] or not record["period"]:
                continue
            group_id = record["scope"].removeprefix(GROUP_SCOPE)
            if record["scope"] == CITY_SCOPE or (programme["programme_id"], group_id) in groups:
                yield record, programme


def _reversed(rows: list[Record], first: str, last: str) -> Iterator[SeedProblem]:
    for record in rows:
        starts, ends = span(record, first, last)
        if ends < starts:
            yield record.problem(f"a day not before {first} ({starts})", last)


def _is_less(low: str, high: str) -> bool:
    """Whether two numbers stand in order, with any number for an empty `low`; a text that is none passes here."""
    if not high:
        return False
    least, most = number(low), number(high)
    return least is None or most is None or least < most


def _is_period(text: str) -> bool:
    try:
        parse_period(text)
    except PeriodError:
        return False
    return True
