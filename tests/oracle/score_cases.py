"""Random scoring schemes for a random programme: every kind of rule, penalties, years made of quarters, vetoes."""

from decimal import Decimal

from tests.oracle.world import World

COMPLETION = "completion"
QUARTERLY, YEARLY = "quarterly_summary", "annual_assessment"
WEIGHTS = ("20", "30", "33.3333", "7.5", "40", "0.0003")
DECIDED_ON = ("2021-06-01", "2021-12-01", "2022-06-01", "2023-01-01")
ROLL_UPS = (
    (("1", "0.15"), ("2", "0.25"), ("3", "0.25"), ("4", "0.35")),
    (("2", "0.333333"), ("4", "0.666667")),
)
BONUSES = ({}, {"bonus_per_step": "1", "bonus_cap": "6"}, {"bonus_per_step": "0.3", "bonus_cap": "1"})
EVENTS = {"late": ("0.5", "3"), "missing": ("1", "2"), "returned": ("0.3333", "99")}


def add_scheme(case, choose, programme_id):
    """One scheme, or two after each other, for some of a programme's notices."""
    held = [row["cadence"] for row in case.rows("programme_cadences") if row["programme_id"] == programme_id]
    cadences = [cadence for cadence in held if not choose.once_in(6)]
    if not cadences:
        return
    is_rolled_up = {QUARTERLY, YEARLY} <= set(cadences) and not choose.once_in(4)
    spans = [("", "")]
    if choose.once_in(3):
        spans = [("", "2020-12-31"), ("2021-01-01", "")] if is_rolled_up else [("", "2021-07-30"), ("2021-07-31", "")]
    for number, span in enumerate(spans):
        scheme_id = f"{programme_id}_scheme{number}"
        total = add_weights(case, choose, programme_id, scheme_id)
        case.add(
            "scoring_schemes",
            scheme_id=scheme_id,
            programme_id=programme_id,
            scheme_name="示例",
            cadences="|".join(cadences),
            total_weight=total,
            score_decimals=choose.number(0, 3),
            no_target_rule=choose.one_of(("rescale", "rescale", "leave_out")),
            valid_from=span[0],
            valid_to=span[1],
            source="示例",
        )
        for event, (points, most) in EVENTS.items():
            if not choose.once_in(3):
                row = {"scheme_id": scheme_id, "event": event, "event_name": event}
                case.add("scoring_penalties", **row, points=points, most_points=most, source="示例")
        for cadence in choose.some_of(cadences):
            middle = choose.one_of(("60", "33.3333", "100", "0"))
            for grade, first, end in (("优秀", middle, ""), ("合格", "", middle)):
                band = {"scheme_id": scheme_id, "cadence": cadence, "grade": grade}
                case.add("grade_bands", **band, score_from=first, score_to=end, display_order=1, source="示例")
        if is_rolled_up:
            for quarter, share in choose.one_of(ROLL_UPS):
                case.add("scoring_roll_ups", scheme_id=scheme_id, quarter=quarter, share=share, source="示例")
    add_vetoes(case, choose, programme_id, cadences)


def add_weights(case, choose, programme_id, scheme_id):
    """Full marks and a rule for every indicator of a programme; their total."""
    total = Decimal(0)
    for asked in case.rows("programme_indicators"):
        if asked["programme_id"] == programme_id:
            id_ = asked["indicator_id"]
            weight = choose.one_of(WEIGHTS)
            total += Decimal(weight)
            rule_id = f"{scheme_id}_{id_}"
            add_rule(case, choose, rule_id, has_parts(case, programme_id, id_))
            case.add("scoring_weights", scheme_id=scheme_id, indicator_id=id_, weight=weight, rule_id=rule_id)
    return total


def has_parts(case, programme_id, indicator_id):
    """Whether a district owes something of an indicator, so that a rule about a target can be asked of it."""
    target_id = f"{programme_id}-{indicator_id}"
    districts = {row["reporter_id"] for row in case.rows("reporters") if row["reporter_kind"] == "district"}
    rows = [row for row in case.rows("targets") if row["target_id"] == target_id and row["is_scored"] == "true"]
    splits = [row for row in case.rows("target_splits") if row["target_id"] == target_id]
    is_split = any(row["scope"] == "city" for row in rows) and any(row["reporter_id"] in districts for row in splits)
    return is_split or any(row["scope"] != "city" and row["value_low"] for row in rows)


def add_rule(case, choose, rule_id, is_owed):
    """A rule of any kind; without a target only places and efficacy say something."""
    kinds = ("proportional", "linear", "all_or_nothing", "steps") if is_owed else ()
    kind = choose.one_of((*kinds, "place", "efficacy"))
    basis = COMPLETION if kind in kinds else choose.one_of((COMPLETION, "level", "growth")[0 if is_owed else 1 :])
    row = {"rule_id": rule_id, "rule_name": rule_id, "rule_kind": kind, "basis": basis, "source": "示例"}
    row |= {"rank_scope": "", "step_rounding": "", "target_at_most_zero": ""}
    if basis == COMPLETION:
        row |= {"target_at_most_zero": choose.one_of(("met", "ratio", "leave_out"))}
    lowest = choose.one_of(("0", "0", "0.2", "-0.5"))
    if kind in ("proportional", "linear"):
        row |= {"highest_share": choose.one_of(("1", "1.2", "2.5")), "lowest_share": lowest}
    if kind == "linear":
        row |= {"slope": choose.one_of(("0.5", "1.333333", "2"))}
    if kind == "steps":
        row |= {"step": choose.one_of(("0.02", "0.1", "0.3")), "lowest_share": lowest}
        row |= {"step_rounding": choose.one_of(("whole", "begun", "linear"))}
        row |= {"points_per_step": choose.one_of(("1", "0.5", "0.333333"))}
        row |= choose.one_of(BONUSES)
        row |= choose.one_of(({}, {"cut_off": "0.8"}, {"cut_off": "0.5"}))
    if kind == "place":
        row |= {"step": choose.one_of(("0.05", "0.3")), "lowest_share": choose.one_of(("0.25", "0.8", "-1"))}
    if kind == "efficacy":
        row |= {"base_share": choose.one_of(("0.6", "0", "0.333333")), "equal_share": choose.one_of(("1", "0.6", "0"))}
    if kind in ("place", "efficacy"):
        row |= {"rank_scope": choose.one_of(("overall", "group"))}
    case.add("scoring_rules", **row)


def add_vetoes(case, choose, programme_id, cadences):
    """Decisions on some scores, before and after the as-of days."""
    world = World(case.registry, [], None)
    periods = [period.id for period in world.periods(programme_id) if period.cadence in cadences]
    for reporter in case.rows("reporters"):
        if reporter["reporter_kind"] == "district" and periods and not choose.once_in(3):
            most, decided_on = choose.one_of(("60", "5.5", "0", "1000")), choose.one_of(DECIDED_ON)
            row = {"programme_id": programme_id, "reporter_id": reporter["reporter_id"], "max_score": most}
            row |= {"reason": "示例", "decided_by": "示例", "decided_on": decided_on}
            for period in sorted({choose.one_of(periods), periods[-1]}):
                case.add("vetoes", period=period, **row)
