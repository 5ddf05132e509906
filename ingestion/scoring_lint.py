"""What must be true of pace rules, scoring schemes and vetoes: rules over rows; registry_lint calls them."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from ingestion.errors import PeriodError
from ingestion.periods import parse_period
from ingestion.registry_spans import listed, number, overlap, span, where_bands_do_not_meet
from ingestion.seed_files import Record, SeedProblem

Records = dict[str, list[Record]]
NO_PACE = "none"
COMPLETION, GROWTH = "completion", "growth"
QUARTERLY, YEARLY = "quarterly_summary", "annual_assessment"
CITY_KIND, CITY_SCOPE, GROUP_SCOPE = "city", "city", "each:"
MONTHS, QUARTERS = range(1, 13), range(1, 5)
# The parameters that each kind of rule must have; it may have the optional ones and no others.
PARAMETERS = {
    "proportional": ({"highest_share", "lowest_share"}, set()),
    "linear": ({"highest_share", "lowest_share", "slope"}, set()),
    "all_or_nothing": (set(), set()),
    "steps": ({"step", "step_rounding", "points_per_step", "lowest_share"}, {"bonus_per_step", "bonus_cap", "cut_off"}),
    "place": ({"step", "lowest_share", "rank_scope"}, set()),
    "efficacy": ({"base_share", "equal_share", "rank_scope"}, set()),
}
_NAMES = sorted(set().union(*(needed | optional for needed, optional in PARAMETERS.values())))
_OF_A_TARGET = ("proportional", "linear", "all_or_nothing", "steps")
_WITHOUT_A_RATIO = "all_or_nothing"
_ABOVE_ZERO = ("step", "slope", "points_per_step", "bonus_per_step", "bonus_cap")
_SHARES = ("base_share", "equal_share")
# Marks have this many decimals, so no score can be compared at more.
MOST_DECIMALS = 6


def unknown_paces(records: Records) -> Iterator[SeedProblem]:
    """An indicator goes by a pace rule that is there, or by none."""
    known = {record["pace_rule"] for record in records["pace_rules"]} | {NO_PACE}
    for record in records["indicators"]:
        if record["pace_rule"] and record["pace_rule"] not in known:
            yield record.problem(f"{NO_PACE}, or a pace_rule of pace_rules.csv", "pace_rule")


def paces_that_go_back(records: Records) -> Iterator[SeedProblem]:
    """A pace grows from month to month, to the whole in December at the latest; `none` is the one without rows."""
    shares: dict[str, list[tuple[int, Fraction, Record]]] = defaultdict(list)
    for record in records["pace_rules"]:
        month, *parts = (number(record[name]) for name in ("month", "share_numerator", "share_denominator"))
        numerator, denominator = (int(part or 0) for part in parts)
        if month not in MONTHS:
            yield record.problem("a month from 1 to 12", "month")
        elif not 0 <= numerator <= denominator or denominator == 0:
            yield record.problem("a share from 0 to 1", "share_numerator", "share_denominator")
        elif record["pace_rule"] == NO_PACE:
            yield record.problem("another name: none is the rule without rows", "pace_rule")
        else:
            shares[record["pace_rule"]].append((int(month), Fraction(numerator, denominator), record))
    for rows in shares.values():
        rows.sort(key=lambda row: row[0])
        for (_, earlier, _), (_, later, record) in zip(rows, rows[1:], strict=False):
            if later < earlier:
                yield record.problem(f"at least {earlier}, as the month before", "share_numerator", "share_denominator")
        month, share, record = rows[-1]
        if (month, share) != (MONTHS[-1], 1):
            yield record.problem("a last row that says 1 for month 12", "month")


def rules_with_wrong_parameters(records: Records) -> Iterator[SeedProblem]:
    """A rule lacks a parameter of its kind, such as what an efficacy rule does when best equals worst."""
    for record in records["scoring_rules"]:
        needed, optional = PARAMETERS.get(record["rule_kind"], (set(), set()))
        for name in _NAMES:
            if name in needed and not record[name]:
                yield record.problem(f"a value: the kind is {record['rule_kind']}", name)
            elif record[name] and name not in needed | optional and record["rule_kind"] in PARAMETERS:
                yield record.problem(f"nothing: the kind is {record['rule_kind']}", name)
        if record["basis"] != COMPLETION and record["rule_kind"] in _OF_A_TARGET:
            yield record.problem(f"{COMPLETION}: the kind {record['rule_kind']} is about a target", "basis")
        elif record["basis"] != COMPLETION and record["target_at_most_zero"]:
            yield record.problem(f"nothing: the basis is {record['basis']}", "target_at_most_zero")


def rules_with_senseless_numbers(records: Records) -> Iterator[SeedProblem]:
    """A step of nothing, a share beyond the whole, a cap below the floor, a bonus that nothing caps."""
    for record in records["scoring_rules"]:
        values = {name: value for name in _NAMES if (value := number(record[name])) is not None}
        for name, value in values.items():
            if name in _ABOVE_ZERO and value <= 0:
                yield record.problem("a number above 0", name)
            elif name in _SHARES and not 0 <= value <= 1:
                yield record.problem("a share from 0 to 1", name)
        lowest, highest = values.get("lowest_share", Decimal(0)), values.get("highest_share")
        if lowest > 1:
            yield record.problem("at most 1, the whole weight", "lowest_share")
        elif highest is not None and highest < max(lowest, Decimal(0)):
            yield record.problem("not less than lowest_share and 0", "highest_share")
        if bool(record["bonus_per_step"]) != bool(record["bonus_cap"]):
            yield record.problem("both or neither", "bonus_per_step", "bonus_cap")


def weights_that_do_not_sum(records: Records) -> Iterator[SeedProblem]:
    """The full marks of a scheme's indicators are its total, each above zero."""
    weights: dict[str, list[Decimal]] = defaultdict(list)
    for record in records["scoring_weights"]:
        weight = number(record["weight"]) or Decimal(0)
        weights[record["scheme_id"]].append(weight)
        if weight <= 0:
            yield record.problem("a number above 0", "weight")
    for record in records["scoring_schemes"]:
        total = sum(weights[record["scheme_id"]], Decimal(0))
        if not weights[record["scheme_id"]]:
            yield record.problem("a scheme with rows in scoring_weights.csv", "scheme_id")
        elif total != number(record["total_weight"]):
            yield record.problem(f"{total}, the sum of its weights in scoring_weights.csv", "total_weight")


def scores_compared_too_finely(records: Records) -> Iterator[SeedProblem]:
    """Scores are compared at decimals that they have."""
    for record in records["scoring_schemes"]:
        if number(record["score_decimals"]) not in range(MOST_DECIMALS + 1):
            yield record.problem(f"a number from 0 to {MOST_DECIMALS}", "score_decimals")


def weights_of_foreign_indicators(records: Records) -> Iterator[SeedProblem]:
    """A scheme scores what its programme lists."""
    programmes = {record["scheme_id"]: record["programme_id"] for record in records["scoring_schemes"]}
    known = {(record["programme_id"], record["indicator_id"]) for record in records["programme_indicators"]}
    for record in records["scoring_weights"]:
        programme_id = programmes.get(record["scheme_id"])
        if programme_id and (programme_id, record["indicator_id"]) not in known:
            yield record.problem(f"an indicator of {programme_id} in programme_indicators.csv", "indicator_id")


def scored_without_a_target(records: Records) -> Iterator[SeedProblem]:
    """A rule about a target scores an indicator that none of the reporters compared has one for."""
    for record, programme, rule in _weights_with_rule(records):
        if rule["basis"] == COMPLETION and not _values_owed(records, programme, record["indicator_id"]):
            kind, document_id = programme["reporter_kind"], programme["document_id"]
            expected = (
                f"an indicator that a {kind} has a scored target of {document_id} for: the rule is about a target"
            )
            yield record.problem(expected, "indicator_id")


def ratios_of_targets_at_most_zero(records: Records) -> Iterator[SeedProblem]:
    """No ratio can be taken of a target of zero, and one of a negative target means something else."""
    for record, programme, rule in _weights_with_rule(records):
        is_ratio = rule["basis"] == COMPLETION and rule["rule_kind"] != _WITHOUT_A_RATIO
        if not is_ratio or rule["target_at_most_zero"]:
            continue
        if any(value <= 0 for value in _values_owed(records, programme, record["indicator_id"])):
            expected = f"a rule with target_at_most_zero: {record['indicator_id']} has a target of 0 or less"
            yield record.problem(expected, "rule_id")


def schemes_at_the_same_time(records: Records) -> Iterator[SeedProblem]:
    """A programme's cadence is scored by one scheme on any day."""
    before: dict[tuple[str, str], list[Record]] = defaultdict(list)
    for record in records["scoring_schemes"]:
        for cadence in listed(record["cadences"], "|"):
            same = before[record["programme_id"], cadence]
            other = next((row for row in same if overlap(span(record), span(row))), None)
            if other:
                expected = f"one scheme of {cadence} at a time; row {other.number} holds on some of these days"
                yield record.problem(expected, "cadences", "valid_from", "valid_to")
            same.append(record)


def schemes_of_unknown_cadences(records: Records) -> Iterator[SeedProblem]:
    """A scheme scores the notices that its programme has."""
    kinds = {record["programme_id"]: record["reporter_kind"] for record in records["programmes"]}
    known: dict[str, set[str]] = defaultdict(set)
    for row in records["programme_cadences"]:
        if row["reporter_kind"] == kinds.get(row["programme_id"]):
            known[row["programme_id"]].add(row["cadence"])
    for record in records["scoring_schemes"]:
        unknown = [name for name in listed(record["cadences"], "|") if name not in known[record["programme_id"]]]
        if unknown:
            expected = f"cadences of {record['programme_id']} in programme_cadences.csv, not {', '.join(unknown)}"
            yield record.problem(expected, "cadences")


def roll_ups_that_do_not_sum(records: Records) -> Iterator[SeedProblem]:
    """The quarters of a year's score have shares that sum to 1."""
    shares: dict[str, list[Record]] = defaultdict(list)
    for record in records["scoring_roll_ups"]:
        shares[record["scheme_id"]].append(record)
        if number(record["quarter"]) not in QUARTERS:
            yield record.problem("a quarter from 1 to 4", "quarter")
        if (number(record["share"]) or 0) <= 0:
            yield record.problem("a number above 0", "share")
    for scheme_id, rows in shares.items():
        total = sum((number(row["share"]) or Decimal(0) for row in rows), Decimal(0))
        if total != 1:
            yield rows[-1].problem(f"shares that sum to 1: those of {scheme_id} sum to {total}", "share")


def roll_ups_of_broken_years(records: Records) -> Iterator[SeedProblem]:
    """A scheme that makes the year of quarters scores both, and whole years: a quarter before it has no marks."""
    rolled_up = {record["scheme_id"] for record in records["scoring_roll_ups"]}
    for record in records["scoring_schemes"]:
        if record["scheme_id"] not in rolled_up:
            continue
        if not {QUARTERLY, YEARLY}.issubset(listed(record["cadences"], "|")):
            expected = f"{QUARTERLY} and {YEARLY}: scoring_roll_ups.csv makes its year of quarters"
            yield record.problem(expected, "cadences")
        for column, day in (("valid_from", "01-01"), ("valid_to", "12-31")):
            if record[column] and not record[column].endswith(f"-{day}"):
                expected = f"a day like 2021-{day}, or nothing: scoring_roll_ups.csv makes its year of quarters"
                yield record.problem(expected, column)


def negative_penalties(records: Records) -> Iterator[SeedProblem]:
    """A penalty takes points away, one table's no more than all together."""
    for record in records["scoring_penalties"]:
        points, most = (number(record[name]) or 0 for name in ("points", "most_points"))
        if not 0 <= points <= most:
            yield record.problem("points from 0 to most_points", "points", "most_points")


def grades_that_do_not_meet(records: Records) -> Iterator[SeedProblem]:
    """Above, below or between grades a score would have none, in an overlap two."""
    bands: dict[tuple[str, str], list[Record]] = defaultdict(list)
    for record in records["grade_bands"]:
        bands[record["scheme_id"], record["cadence"]].append(record)
    for of_cadence in bands.values():
        yield from where_bands_do_not_meet(of_cadence, "score_from", "score_to")


def grades_of_nothing_scored(records: Records) -> Iterator[SeedProblem]:
    """Grades of a cadence that the scheme does not score would be given to nobody."""
    scored = {record["scheme_id"]: listed(record["cadences"], "|") for record in records["scoring_schemes"]}
    for record in records["grade_bands"]:
        if record["cadence"] not in scored.get(record["scheme_id"], [record["cadence"]]):
            expected = f"one of the cadences of {record['scheme_id']} in scoring_schemes.csv"
            yield record.problem(expected, "cadence")


def vetoes_of_nothing_scored(records: Records) -> Iterator[SeedProblem]:
    """A veto of a period that has no score would be passed over in silence."""
    scored: dict[str, set[str]] = defaultdict(set)
    for record in records["scoring_schemes"]:
        scored[record["programme_id"]].update(listed(record["cadences"], "|"))
    for record in records["vetoes"]:
        try:
            period = parse_period(record["period"])
        except PeriodError:
            yield record.problem("a period like 2021-03, 2021-B2, 2021-Q1, 2021-H1 or 2021", "period")
            continue
        if period.cadence not in scored[record["programme_id"]]:
            expected = f"a period of a cadence that a scheme of {record['programme_id']} scores"
            yield record.problem(expected, "period")


RULES = (
    unknown_paces,
    paces_that_go_back,
    rules_with_wrong_parameters,
    rules_with_senseless_numbers,
    weights_that_do_not_sum,
    scores_compared_too_finely,
    weights_of_foreign_indicators,
    scored_without_a_target,
    ratios_of_targets_at_most_zero,
    schemes_at_the_same_time,
    schemes_of_unknown_cadences,
    roll_ups_that_do_not_sum,
    roll_ups_of_broken_years,
    negative_penalties,
    grades_that_do_not_meet,
    grades_of_nothing_scored,
    vetoes_of_nothing_scored,
)


def _weights_with_rule(records: Records) -> Iterator[tuple[Record, Record, Record]]:
    """Each weight with the programme that its scheme scores and its rule, where all are known."""
    programmes = {record["programme_id"]: record for record in records["programmes"]}
    schemes = {record["scheme_id"]: record["programme_id"] for record in records["scoring_schemes"]}
    rules = {record["rule_id"]: record for record in records["scoring_rules"]}
    for record in records["scoring_weights"]:
        programme = programmes.get(schemes.get(record["scheme_id"], ""))
        rule = rules.get(record["rule_id"])
        if programme and rule:
            yield record, programme, rule


def _values_owed(records: Records, programme: Record, indicator_id: str) -> list[Decimal]:
    """What the reporters compared in a programme owe of an indicator: their parts, or what each of a group owes.

    A multiple is owed of each base that is known; while none is, it stands for itself.
    """
    kinds = {record["reporter_id"]: record["reporter_kind"] for record in records["reporters"]}
    compared = {reporter_id for reporter_id, kind in kinds.items() if kind == programme["reporter_kind"]}
    groups = {
        record["group_id"]
        for record in records["reporter_group_members"]
        if record["programme_id"] == programme["programme_id"] and record["reporter_id"] in compared
    }
    values: list[Decimal] = []
    for target in _targets_of(records, programme, indicator_id):
        if target["scope"] != CITY_SCOPE:
            owed = [target["value_low"]] if target["scope"].removeprefix(GROUP_SCOPE) in groups else []
        elif programme["reporter_kind"] == CITY_KIND:
            owed = [target["value_low"]]
        else:
            # A target that restates another shares its parts.
            parted = target["restates_target_id"] or target["target_id"]
            parts = [row for row in records["target_splits"] if row["target_id"] == parted]
            owed = [row["value"] for row in parts if row["reporter_id"] in compared]
        bases = [row["base_value"] for row in records["target_bases"] if row["target_id"] == target["target_id"]]
        factors = [value for base in bases if (value := number(base)) is not None] or [Decimal(1)]
        values += [value * factor for text in owed if (value := number(text)) is not None for factor in factors]
    return values


def _targets_of(records: Records, programme: Record, indicator_id: str) -> list[Record]:
    """The targets that a programme measures an indicator by: of two tiers the first, of a repeated goal the first."""
    documents = {record["target_id"]: record["document_id"] for record in records["targets"]}
    return [
        target
        for target in records["targets"]
        if target["document_id"] == programme["document_id"]
        and target["indicator_id"] == indicator_id
        and target["is_scored"] == "true"
        and not target["stretches_target_id"]
        and documents.get(target["restates_target_id"]) != target["document_id"]
    ]
