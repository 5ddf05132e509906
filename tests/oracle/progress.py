"""`indicator_progress`, recomputed: one row per programme, reporter, indicator and period.

A column that the mart gets later is one more entry of COLUMNS: a function of a `Measured`, which has all that a row is
made of. Columns of the mart that are not in COLUMNS are not compared.
"""

from dataclasses import dataclass
from fractions import Fraction

from tests.oracle.arithmetic import growth, known_sum, ratio
from tests.oracle.periods import MONTHLY, Period
from tests.oracle.targets import CEILING, Owed, completion, owed
from tests.oracle.values import Standing, bridged, past_standings, past_value, standings
from tests.oracle.world import number

KEY = ("programme_id", "reporter_id", "indicator_id", "period")
# In which months of a year a figure is due.
DUE_EVERY = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True)
class Measured:
    """A reporter, or the city, and an indicator in a period, with everything that the columns are made of."""

    programme_id: str
    reporter_id: str
    indicator: dict
    period: Period
    is_city: bool
    is_over: bool
    at_end: Standing
    flow: Fraction | None
    compared: Fraction | None
    previous: Fraction | None
    same_period: Fraction | None
    is_sample: bool
    owed: Owed | None
    bands: list
    paces: dict
    best_month: Fraction | None
    city_target: Fraction | None

    @property
    def key(self):
        return self.programme_id, self.reporter_id, self.indicator["indicator_id"], self.period.id

    @property
    def value(self):
        return self.at_end.cumulative_value

    @property
    def completion(self):
        return completion(self.value, self.owed.value, self.owed.comparator) if self.owed else None

    @property
    def time_progress(self):
        if not self.owed or self.owed.due // 12 != self.period.last // 12:
            return None
        return ratio(self.paces.get(self.period.last % 12 + 1), self.paces.get(self.owed.due % 12 + 1))

    @property
    def gap(self):
        known = self.completion is not None and self.time_progress is not None
        return self.completion - self.time_progress if known else None

    @property
    def target_state(self):
        return self.owed.state if self.owed else "no_target"

    @property
    def value_state(self):
        shown = self.value if self.value is not None else self.flow
        if shown == 0:
            return "zero"
        if self.at_end.reported_count:
            return "reported"
        is_due = self.is_over and (self.period.last + 1) % DUE_EVERY[self.indicator["frequency"]] == 0
        return "not_submitted" if is_due else "not_due"

    @property
    def light(self):
        if self.target_state != "set" or self.gap is None:
            return None
        return next(light for light, first, end in self.bands if is_between(self.gap, first, end))

    @property
    def needed(self):
        """What is still to come each month until the target's own is over; of a ceiling nothing is needed."""
        is_counted = self.indicator["kind"] == "increment" and self.target_state == "set" and self.value is not None
        if not is_counted or self.owed.comparator == CEILING or self.owed.due // 12 != self.period.last // 12:
            return None
        return ratio(max(self.owed.value - self.value, Fraction(0)), Fraction(self.owed.due - self.period.last))

    @property
    def is_reachable(self):
        return None if self.needed is None or self.best_month is None else self.needed <= self.best_month

    @property
    def contribution(self):
        """The part of the city's target that a reporter without one of its own has brought."""
        is_asked = self.target_state == "no_target" and not self.is_city and self.indicator["city_method"] == "sum"
        return ratio(self.value, self.city_target) if is_asked else None

    @property
    def yoy(self):
        return growth(self.at_end.comparable, self.same_period)


COLUMNS = {
    "cadence": lambda row: row.period.cadence,
    "value_state": lambda row: row.value_state,
    "target_state": lambda row: row.target_state,
    "target_id": lambda row: row.owed and row.owed.target_id,
    "light": lambda row: row.light,
    "month_value": lambda row: row.flow,
    "cumulative_value": lambda row: row.value,
    "previous_value": lambda row: row.previous,
    "same_period_value": lambda row: row.same_period,
    "mom_ratio": lambda row: growth(row.compared, row.previous),
    "yoy_ratio": lambda row: row.yoy,
    "yoy_reported_ratio": lambda row: None if row.at_end.growth_pct is None else row.at_end.growth_pct / 100,
    "target_value": lambda row: row.owed and row.owed.value,
    "completion_ratio": lambda row: row.completion,
    "time_progress_ratio": lambda row: row.time_progress,
    "progress_gap": lambda row: row.gap,
    "needed_per_month": lambda row: row.needed,
    "is_reachable": lambda row: row.is_reachable,
    "contribution_ratio": lambda row: row.contribution,
    "reported_count": lambda row: row.at_end.reported_count,
    "expected_count": lambda row: row.at_end.expected_count,
    "is_illustrative": lambda row: bool(row.owed and row.owed.is_illustrative),
    "is_sample": lambda row: row.is_sample,
}


def indicator_progress(world):
    """The mart's rows by key."""
    return {row.key: {name: column(row) for name, column in COLUMNS.items()} for row in measured(world)}


def measured(world):
    """Every row, in no order; computed once."""
    if "measured" not in world.memory:
        world.memory["measured"] = [
            _measured(world, programme_id, reporter_id, asked["indicator_id"], period)
            for programme_id, programme in world.programmes.items()
            if programme["starts_on"]
            for period in world.periods(programme_id)
            for asked in world.rows_of("programme_indicators", programme_id=programme_id)
            for reporter_id in world.roster(programme_id, period.end)
            if has_row(world, programme_id, reporter_id, asked["indicator_id"], period)
        ]
    return world.memory["measured"]


def has_row(world, programme_id, reporter_id, indicator_id, period):
    """The city always, and every member that the indicator is asked of, whether it reported or not."""
    if reporter_id not in world.roster(programme_id, period.end):
        return False
    is_city = world.reporters[reporter_id]["reporter_kind"] == "city"
    return is_city or world.supplies(indicator_id, reporter_id, period.end)


def _measured(world, programme_id, reporter_id, indicator_id, period):
    known = standings(world, indicator_id)
    at_end = known.get((reporter_id, period.last), Standing())
    flow, compared = flow_of(world, reporter_id, indicator_id, period)
    same_period = at_end.same_period_value
    if same_period is None:
        same_period = past_value(world, indicator_id, reporter_id, period.last - 12, period.end)
    return Measured(
        programme_id=programme_id,
        reporter_id=reporter_id,
        indicator=world.indicators[indicator_id],
        period=period,
        is_city=world.reporters[reporter_id]["reporter_kind"] == "city",
        is_over=period.end < world.today,
        at_end=at_end,
        flow=flow,
        compared=compared,
        previous=previous_of(world, programme_id, reporter_id, indicator_id, period),
        same_period=same_period,
        is_sample=any(
            part.is_sample
            for month in period.months
            for part in past_standings(world, indicator_id, reporter_id, month, period.end)
        ),
        owed=owed(world, programme_id, reporter_id, indicator_id, period),
        bands=[
            (row["light"], number(row["gap_from"]), number(row["gap_to"]))
            for row in world.rows_of("light_bands", programme_id=programme_id)
        ],
        paces={
            int(row["month"]): Fraction(int(row["share_numerator"]), int(row["share_denominator"]))
            for row in world.rows_of("pace_rules", pace_rule=world.indicators[indicator_id]["pace_rule"])
        },
        best_month=best_month(world, programme_id, reporter_id, indicator_id, period),
        city_target=city_target(world, programme_id, indicator_id, period),
    )


def is_between(gap, first, end):
    """A light holds from its lower bound on and below its upper one; a bound that is blank is none."""
    return (first is None or first <= gap) and (end is None or gap < end)


def best_month(world, programme_id, reporter_id, indicator_id, period):
    """The largest flow of one month among the twelve that end with a period, as far as the programme goes back."""
    months = [other for other in world.periods(programme_id) if other.cadence == MONTHLY]
    flows = [
        flow_of(world, reporter_id, indicator_id, month)[0]
        for month in months
        if period.last - 12 < month.last <= period.last
        and has_row(world, programme_id, reporter_id, indicator_id, month)
    ]
    known = [flow for flow in flows if flow is not None]
    return max(known) if known else None


def city_target(world, programme_id, indicator_id, period):
    """The figure that the city owes in a period; None where nothing is set."""
    city_id = world.programmes[programme_id]["city_reporter_id"]
    own = owed(world, programme_id, city_id, indicator_id, period) if city_id else None
    return own.value if own and own.state == "set" else None


def flow_of(world, reporter_id, indicator_id, period):
    """What happened inside a period, and what of it can be compared with another period's.

    Only increments flow; of everything else the figure at the end is compared. Where the city's flow is one over fewer
    reporters than expected, it is shown and not compared.
    """
    key = "flow", reporter_id, indicator_id, period.id
    if key not in world.memory:
        world.memory[key] = _flow_of(world, reporter_id, indicator_id, period)
    return world.memory[key]


def _flow_of(world, reporter_id, indicator_id, period):
    at_end = standings(world, indicator_id).get((reporter_id, period.last), Standing())
    if world.indicators[indicator_id]["kind"] != "increment":
        return None, at_end.comparable
    if period.begins_year:
        complete, incomplete = at_end.comparable, at_end.cumulative_value
    else:
        before = past_value(world, indicator_id, reporter_id, period.first - 1, period.end)
        is_known = at_end.comparable is not None and before is not None
        complete, incomplete = at_end.comparable - before if is_known else None, None
    if len(period.months) == 1:
        # A month's own figure comes before the difference of two cumulatives, which a restatement moves.
        complete = at_end.month_value if at_end.is_flow_complete else complete
        incomplete = at_end.month_value if incomplete is None else incomplete
    elif not period.begins_year:
        rows = [past_standings(world, indicator_id, reporter_id, month, period.end) for month in period.months]
        # Each month's flow of all that the reporter is made of at the end; a month without a figure leaves no sum.
        summed = known_sum(bridged("increment", (row.month_value for row in parts)) for parts in rows)
        if complete is None and all(row.is_flow_complete for parts in rows for row in parts):
            complete = summed
        incomplete = summed
    return (complete, complete) if complete is not None else (incomplete, None)


def previous_of(world, programme_id, reporter_id, indicator_id, period):
    """What the period before of the same cadence is compared with: its figure, with those of what became part since."""
    before = period.previous
    if before is None:
        return None
    kind = world.indicators[indicator_id]["kind"]
    return bridged(
        kind,
        (
            flow_of(world, part, indicator_id, before)[1]
            for part, ended in world.parts(reporter_id, period.end)
            if (ended is None or before.end < ended) and has_row(world, programme_id, part, indicator_id, before)
        ),
    )
