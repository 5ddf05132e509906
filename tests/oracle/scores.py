"""`score_parts`, `composite_rankings` and `movers`, recomputed: what results earn, what failings cost, who is first.

Written from docs/metrics.md (计分和总排名) and docs/registry.md (Pace, lights and marks).
"""

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from tests.oracle import status
from tests.oracle.arithmetic import VALUE_DECIMALS, half_up, ratio
from tests.oracle.progress import Measured, measured
from tests.oracle.rankings import OVERALL, compared_by, places, ranked_groups, ranked_value
from tests.oracle.targets import is_met
from tests.oracle.world import holds, number

PART_KEY = ("programme_id", "reporter_id", "period", "source_period", "part_id")
KEY = ("programme_id", "scope", "period", "reporter_id")
MOVER_KEY = (*KEY, "part_id")
SHARE_DECIMALS, WEIGHT_DECIMALS = 12, 4
QUARTERLY, YEARLY = "quarterly_summary", "annual_assessment"
EVENTS = {
    "late": lambda table, now: int(table["is_late"]),
    "missing": lambda table, now: int(table["first_accepted_at"] is None and table["due_at"] <= now),
    "returned": lambda table, now: table["returned_count"],
}
# What takes part in the sum: who sent nothing has no marks, and the weight stays.
APPLIED = ("scored", "not_submitted")


@dataclass(frozen=True)
class Result:
    """One indicator of one reporter in one period, as a scheme looks at it."""

    row: Measured
    rule: dict
    full_weight: Fraction

    @property
    def basis(self):
        return self.rule["basis"]

    @property
    def value(self):
        return ranked_value(self.basis, self.row)

    @property
    def state(self):
        by_target = self.basis == "completion"
        if by_target and self.row.target_state != "set":
            return self.row.target_state
        if self.row.value_state == "not_due":
            return "not_due"
        if self.row.value is None:
            return "not_submitted"
        if by_target and self.row.owed.value <= 0 and self.rule["target_at_most_zero"] == "leave_out":
            return "left_out"
        return "no_base" if self.basis == "growth" and self.value is None else "scored"

    @property
    def is_met(self):
        return is_met(self.row.value, self.row.owed.value, self.row.owed.comparator)

    @property
    def is_held_or_not(self):
        """Where there is no ratio, or none is wanted of a target that is not above zero."""
        if self.basis != "completion":
            return False
        is_word = self.row.owed.value <= 0 and self.rule["target_at_most_zero"] == "met"
        return self.value is None or is_word or self.rule["rule_kind"] == "all_or_nothing"

    def parameter(self, name):
        return number(self.rule.get(name, ""))


def score_parts(world):
    """The mart's rows by key."""
    if "score_parts" not in world.memory:
        found = {}
        for scheme in world.rows("scoring_schemes"):
            for part in _parts_of(world, scheme):
                key = part["programme_id"], part["reporter_id"], part["period"], part["source_period"], part["part_id"]
                assert key not in found
                found[key] = part
        world.memory["score_parts"] = found
    return world.memory["score_parts"]


def composite_rankings(world):
    """The mart's rows by key: of each scope the reporters that have a score."""
    scores, schemes = defaultdict(Fraction), {}
    for (programme_id, reporter_id, period, *_), part in score_parts(world).items():
        scores[programme_id, reporter_id, period] += part["points"]
        schemes[programme_id, period] = part["scheme_id"]
    fields = {
        (programme_id, scope, period): members
        for programme_id in world.programmes
        for period in world.periods(programme_id)
        for scope, members in _scopes(world, programme_id, period).items()
    }
    decimals = {row["scheme_id"]: int(row["score_decimals"]) for row in world.rows("scoring_schemes")}
    ranked = {}
    for (programme_id, scope, period), members in fields.items():
        own = {id_: scores[key] for id_ in members if (key := (programme_id, id_, period.id)) in scores}
        if own:
            ranked[programme_id, scope, period.id] = places(own, decimals[schemes[programme_id, period.id]])
    found = {}
    for (programme_id, scope, period), members in fields.items():
        known = ranked.get((programme_id, scope, period.id), {})
        before = ranked.get((programme_id, scope, period.previous.id), {}) if period.previous else {}
        for id_, place in known.items():
            score = scores[programme_id, id_, period.id]
            found[programme_id, scope, period.id, id_] = {
                "cadence": period.cadence,
                "scheme_id": schemes[programme_id, period.id],
                "score": score,
                "ranked_count": len(known),
                "reporter_count": len(members),
                "rank_change": before[id_]["rank"] - place["rank"] if id_ in before else None,
                "score_change": score - scores[programme_id, id_, period.previous.id] if id_ in before else None,
                "grade": _grade(world, schemes[programme_id, period.id], period.cadence, score, decimals),
                **place,
            }
    return found


def _grade(world, scheme_id, cadence, score, decimals):
    """The band that the score as it is compared lies in, its lower bound in and its upper one out; None without any."""
    printed = half_up(score, decimals[scheme_id])
    found = [
        band["grade"]
        for band in world.rows_of("grade_bands", scheme_id=scheme_id, cadence=cadence)
        if (not band["score_from"] or number(band["score_from"]) <= printed)
        and (not band["score_to"] or printed < number(band["score_to"]))
    ]
    assert len(found) <= 1
    return found[0] if found else None


def movers(world):
    """The mart's rows by key: of who has two places, each part's change, first what explains the score's best."""
    points = defaultdict(Fraction)
    parts = defaultdict(dict)
    for (programme_id, reporter_id, period, _, part_id), part in score_parts(world).items():
        points[programme_id, reporter_id, period, part_id] += part["points"]
        parts[programme_id, reporter_id, period][part_id] = part["indicator_id"]
    before = {
        (programme_id, period.id): period.previous.id
        for programme_id in world.programmes
        for period in world.periods(programme_id)
        if period.previous
    }
    found = {}
    for (programme_id, scope, period, reporter_id), place in composite_rankings(world).items():
        if place["rank_change"] is None:
            continue
        both = [(programme_id, reporter_id, period), (programme_id, reporter_id, before[programme_id, period])]
        named = parts[both[1]] | parts[both[0]]
        change = {id_: points[*both[0], id_] - points[*both[1], id_] for id_ in named}
        # A part that went the score's way explains it, the most first; against it, the least.
        way = (place["score_change"] > 0) - (place["score_change"] < 0)
        for order, id_ in enumerate(sorted(named, key=lambda id_: (-way * change[id_], id_)), start=1):
            found[programme_id, scope, period, reporter_id, id_] = {
                "cadence": place["cadence"],
                "previous_rank": place["rank"] + place["rank_change"],
                "rank": place["rank"],
                "rank_change": place["rank_change"],
                "score_change": place["score_change"],
                "indicator_id": named[id_],
                "points": points[*both[0], id_],
                "previous_points": points[*both[1], id_],
                "points_change": change[id_],
                "explanation_order": order,
            }
    return found


def _scopes(world, programme_id, period):
    """Everybody whom the programme compares, and each ranked group of them."""
    found = {OVERALL: _compared(world, programme_id, period)}
    for id_ in found[OVERALL]:
        for group_id in ranked_groups(world, programme_id, id_, period.end):
            found.setdefault(group_id, []).append(id_)
    return found


def _compared(world, programme_id, period):
    kind = world.programmes[programme_id]["reporter_kind"]
    return [id_ for id_ in world.roster(programme_id, period.end) if world.reporters[id_]["reporter_kind"] == kind]


def _parts_of(world, scheme):
    programme_id = scheme["programme_id"]
    quarters = {int(row["quarter"]): number(row["share"]) for row in _rows_of(world, "scoring_roll_ups", scheme)}
    for period in world.periods(programme_id):
        if period.cadence not in scheme["cadences"].split("|") or not holds(scheme, period.end):
            continue
        for reporter_id in _compared(world, programme_id, period):
            if period.cadence == YEARLY and quarters:
                parts = _of_quarters(world, scheme, period, reporter_id, quarters)
            else:
                parts = _marks(world, scheme, period).get(reporter_id, [])
            if not parts:
                continue
            parts = [*parts, *_penalties(world, scheme, period, reporter_id)]
            parts += _veto(world, scheme, period, reporter_id, sum(part["points"] for part in parts))
            place = {"programme_id": programme_id, "reporter_id": reporter_id, "period": period.id}
            for part in parts:
                yield {
                    "source_period": period.id,
                    **part,
                    **place,
                    "cadence": period.cadence,
                    "scheme_id": scheme["scheme_id"],
                }


def _rows_of(world, table, scheme):
    return world.rows_of(table, scheme_id=scheme["scheme_id"])


def _of_quarters(world, scheme, year, reporter_id, shares):
    """The parts of the year's quarters, each by the quarter's share of the year.

    Where the weights of what is not scored go to the rest, so do the shares of quarters in which nothing was.
    """
    own = {}
    for quarter in world.periods(scheme["programme_id"]):
        is_of_year = quarter.cadence == QUARTERLY and quarter.last // 12 == year.last // 12
        number_of = quarter.last % 12 // 3 + 1
        if is_of_year and number_of in shares and holds(scheme, quarter.end):
            parts = _marks(world, scheme, quarter).get(reporter_id, [])
            own |= {quarter.id: (shares[number_of], parts)} if parts else {}
    whole = sum(share for share, _ in own.values()) if scheme["no_target_rule"] == "rescale" else Fraction(1)
    found = []
    for quarter_id, (share, parts) in own.items():
        counted = ratio(share, whole)
        for part in parts:
            weight, mark, bonus = (
                None if part[name] is None else half_up(part[name] * counted, VALUE_DECIMALS)
                for name in ("weight", "mark", "bonus")
            )
            full = half_up(part["full_weight"] * share, WEIGHT_DECIMALS)
            moved = {"full_weight": full, "weight": weight, "mark": mark, "bonus": bonus, "points": mark + bonus}
            moved |= {"quarter_share": share, "counted_share": counted}
            found.append(part | moved | {"source_period": quarter_id})
    return found


def _marks(world, scheme, period):
    """What the indicators of a period give, by reporter; nobody is there who has nothing that is scored."""
    key = "marks", scheme["scheme_id"], period.id
    if key not in world.memory:
        found = defaultdict(list)
        for weight in _rows_of(world, "scoring_weights", scheme):
            (rule,) = world.rows_of("scoring_rules", rule_id=weight["rule_id"])
            full = number(weight["weight"])
            rows = _measured_of(world, scheme["programme_id"], weight["indicator_id"], period)
            results = {row.reporter_id: Result(row, rule, full) for row in rows}
            for reporter_id, result in results.items():
                found[reporter_id].append((result, *_earned(world, result, _fellows(world, result, results))))
        found = {id_: _weighted(scheme, earned) for id_, earned in found.items()}
        world.memory[key] = {id_: parts for id_, parts in found.items() if parts}
    return world.memory[key]


def _measured_of(world, programme_id, indicator_id, period):
    """The rows of those whom the programme compares."""
    if "by indicator" not in world.memory:
        world.memory["by indicator"] = defaultdict(list)
        for row in measured(world):
            kind = world.reporters[row.reporter_id]["reporter_kind"]
            if kind == world.programmes[row.programme_id]["reporter_kind"]:
                place = row.programme_id, row.indicator["indicator_id"], row.period.id
                world.memory["by indicator"][place].append(row)
    return world.memory["by indicator"].get((programme_id, indicator_id, period.id), [])


def _fellows(world, result, results):
    """Whom a scored result is compared with, all or its own ranked group; what is only held or not takes no place."""
    scored = {id_: other for id_, other in results.items() if other.state == "scored" and not other.is_held_or_not}
    if result.rule.get("rank_scope") != "group":
        return scored
    groups = {
        id_: ranked_groups(world, other.row.programme_id, id_, other.row.period.end) for id_, other in scored.items()
    }
    own = ranked_groups(world, result.row.programme_id, result.row.reporter_id, result.row.period.end)
    return {id_: other for id_, other in scored.items() if groups[id_] == own}


def _earned(world, result, fellows):
    """The shares of the weight that are a mark and a bonus; None where there is nothing to go by."""
    if result.state != "scored":
        return (Fraction(0), Fraction(0)) if result.state == "not_submitted" else (None, None)
    if result.is_held_or_not:
        return Fraction(int(result.is_met)), Fraction(0)
    kind = result.rule["rule_kind"]
    if kind == "steps":
        return _stepped(result)
    if kind in ("proportional", "linear"):
        slope = result.parameter("slope") if kind == "linear" else 1
        earned = 1 + slope * (result.value - 1)
        earned = max(result.parameter("lowest_share"), min(result.parameter("highest_share"), earned))
    elif kind == "place":
        sign, decimals = compared_by(result.basis, result.row.indicator)
        goodness = {id_: sign * other.value for id_, other in fellows.items()}
        place = places(goodness, decimals)[result.row.reporter_id]["rank"]
        earned = max(result.parameter("lowest_share"), 1 - result.parameter("step") * (place - 1))
    else:
        earned = _between(result, fellows)
    earned = half_up(earned, SHARE_DECIMALS)
    return min(earned, Fraction(1)), max(earned - 1, Fraction(0))


def _between(result, fellows):
    """Where a result lies between the worst and the best, over a base that everybody has."""
    sign, _ = compared_by(result.basis, result.row.indicator)
    known = [sign * other.value for other in fellows.values()]
    if max(known) == min(known):
        return result.parameter("equal_share")
    base = result.parameter("base_share")
    return base + (1 - base) * ratio(sign * result.value - min(known), max(known) - min(known))


def _stepped(result):
    """Points away for each step below the target, and points more for each above it, as parts of the full weight."""
    rounding = result.rule["step_rounding"]
    below, above = (
        ratio(max(part, Fraction(0)), result.parameter("step")) for part in (1 - result.value, result.value - 1)
    )
    lost = {"whole": floor, "begun": ceil, "linear": Fraction}[rounding](below) * result.parameter("points_per_step")
    won = Fraction(0)
    if result.parameter("bonus_cap") is not None:
        steps = above if rounding == "linear" else floor(above)
        won = min(result.parameter("bonus_cap"), steps * result.parameter("bonus_per_step"))
    cut_off = result.parameter("cut_off")
    if cut_off is not None and result.value <= cut_off:
        return Fraction(0), ratio(won, result.full_weight)
    share = max(result.parameter("lowest_share"), 1 - ratio(lost, result.full_weight))
    return share, ratio(won, result.full_weight)


def _weighted(scheme, earned):
    """The parts of one reporter; the weights of what is not applied go to the others where the scheme says so."""
    applied = sum(result.full_weight for result, *_ in earned if result.state in APPLIED)
    if not applied:
        return []
    is_rescaled = scheme["no_target_rule"] == "rescale"
    found = []
    for result, share, bonus_share in earned:
        weight = None
        if result.state in APPLIED:
            whole = number(scheme["total_weight"]) if is_rescaled else applied
            weight = half_up(result.full_weight * whole / applied, VALUE_DECIMALS)
        mark, bonus = (
            half_up(weight * part, VALUE_DECIMALS) if part is not None else Fraction(0) for part in (share, bonus_share)
        )
        found.append(
            {
                "part_id": result.row.indicator["indicator_id"],
                "part_kind": "indicator",
                "indicator_id": result.row.indicator["indicator_id"],
                "rule_id": result.rule["rule_id"],
                "basis": result.basis,
                "part_state": result.state,
                "full_weight": result.full_weight,
                "weight": weight,
                "measured_value": result.value,
                "mark_share": share,
                "bonus_share": bonus_share,
                "quarter_share": None,
                "counted_share": None,
                "mark": mark,
                "bonus": bonus,
                "penalty": Fraction(0),
                "points": mark + bonus,
                "event_count": None,
            }
        )
    return found


def _taken(kind, penalty, count=None):
    """A part that only takes points away."""
    blank = dict.fromkeys(
        ("indicator_id", "rule_id", "basis", "full_weight", "weight", "measured_value", "mark_share", "bonus_share")
        + ("quarter_share", "counted_share"),
        None,
    )
    named = {"part_id": kind, "part_kind": kind, "part_state": "applied", "event_count": count}
    return blank | named | {"mark": Fraction(0), "bonus": Fraction(0), "penalty": penalty, "points": -penalty}


def _penalties(world, scheme, period, reporter_id):
    """What the tables of a period cost that were late, are missing or came back, each time, up to a most."""
    if "statuses" not in world.memory:
        world.memory["statuses"] = status.submission_status(world)
    months = [month.id for month in world.months(scheme["programme_id"]) if month.last in period.months]
    keys = ((scheme["programme_id"], reporter_id, month) for month in months)
    tables = [world.memory["statuses"][key] for key in keys if key in world.memory["statuses"]]
    now = status.naive(world.as_of)
    found = []
    for row in _rows_of(world, "scoring_penalties", scheme):
        count = sum(EVENTS[row["event"]](table, now) for table in tables)
        if count:
            penalty = min(number(row["points"]) * count, number(row["most_points"]))
            found.append(_taken(row["event"], penalty, count))
    return found


def _veto(world, scheme, period, reporter_id, score):
    """What a decision takes that was known by the as-of day."""
    key = {"programme_id": scheme["programme_id"], "reporter_id": reporter_id, "period": period.id}
    most = [
        number(row["max_score"])
        for row in world.rows_of("vetoes", **key)
        if row["decided_on"] <= world.today.isoformat()
    ]
    return [_taken("veto", score - most[0])] if most and score > most[0] else []
