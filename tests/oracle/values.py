"""What is known of an indicator for a reporter at the end of a month, and the city's figures made from it."""

from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from tests.oracle.arithmetic import VALUE_DECIMALS, exact, half_up, known_sum, partial_sum, quotient
from tests.oracle.periods import month_of
from tests.oracle.world import Figures, number

NOT_ADDITIVE = ("rate", "ratio")


@dataclass(frozen=True)
class Standing:
    """A reporter's, or the city's, figures at the end of a month. `known_of` is who the cumulative is made of."""

    month_value: Fraction | None = None
    cumulative_value: Fraction | None = None
    same_period_value: Fraction | None = None
    growth_pct: Fraction | None = None
    is_sample: bool = False
    reported_count: int = 0
    expected_count: int = 1
    known_of: frozenset = frozenset()
    flows_known: int = 0

    @property
    def is_complete(self):
        return len(self.known_of) == self.expected_count

    @property
    def comparable(self):
        """A figure over fewer reporters than expected is shown, but nothing is compared with it."""
        return self.cumulative_value if self.is_complete else None

    @property
    def is_flow_complete(self):
        return self.flows_known == self.expected_count


def reported(world, programme_id, reporter_id, month, indicator_id):
    """What counts of all accepted versions of a row, and whether any was of samples.

    A blank never deletes: each figure is from the newest version that has it. The month's value and the cumulative are
    one statement: both are from the newest version that has either, even where it left the other blank.
    """
    sent = world.tables.get((programme_id, reporter_id, month), [])
    tables = [table for table in sent if table.is_accepted(world.as_of) and indicator_id in table.rows]
    rows = [table.rows[indicator_id] for table in tables]
    stated = (row for row in rows if row.month_value is not None or row.cumulative_value is not None)
    statement = next(stated, Figures())
    figures = Figures(
        month_value=statement.month_value,
        cumulative_value=statement.cumulative_value,
        same_period_value=next((row.same_period_value for row in rows if row.same_period_value is not None), None),
        growth_pct=next((row.growth_pct for row in rows if row.growth_pct is not None), None),
    )
    return (figures if rows else None), any(table.is_sample for table in tables)


def corrected(world, programme_id, reporter_id, month, indicator_id):
    """The reported figures with what the city signed instead, from the day of the signature on."""
    figures, is_sample = reported(world, programme_id, reporter_id, month, indicator_id)
    key = {"programme_id": programme_id, "reporter_id": reporter_id, "period": month, "indicator_id": indicator_id}
    for row in world.rows_of("submission_corrections", **key):
        if figures and row["signed_on"] <= world.today.isoformat():
            figures = replace(figures, **{row["column_name"]: number(row["corrected_value"])})
    return figures or Figures(), is_sample


def expected_reporters(world, indicator_id, month):
    """Who owes an indicator for a month: its suppliers then, and those of earlier months of the year, as a sum without
    them would look like a fall; but not who became part of another, as that one reports for both."""
    key = "expected", indicator_id, month.id
    if key in world.memory:
        return world.memory[key]
    home = world.indicators[indicator_id]["home_programme_id"]
    so_far = [
        other for other in world.months(home) if other.first // 12 == month.first // 12 and other.last <= month.last
    ]
    found = {
        reporter_id
        for other in so_far
        for reporter_id in world.roster(home, other.end)
        if world.supplies(indicator_id, reporter_id, other.end)
    }
    gone = {id_ for id_ in found if (row := world.succession(id_)) and row["effective_on"] <= month.end.isoformat()}
    world.memory[key] = found - gone
    return world.memory[key]


def _takes_over(world, reporter_id, month):
    """Whether the reporter's area grows in this month, so that its months before say nothing of the new cumulative."""
    return any(
        month_of(date.fromisoformat(row["effective_on"])) == month.last
        for row in world.rows_of("reporter_successions", successor_id=reporter_id)
    )


def own_standings(world, indicator_id):
    """By reporter and month, what was reported, with the cumulative counted on where an increment gave only months."""
    indicator = world.indicators[indicator_id]
    home, is_increment = indicator["home_programme_id"], indicator["kind"] == "increment"
    found, running = {}, {}
    for month in world.months(home):
        for reporter_id in expected_reporters(world, indicator_id, month):
            figures, is_sample = corrected(world, home, reporter_id, month.id, indicator_id)
            flow, cumulative = exact(figures.month_value), exact(figures.cumulative_value)
            if is_increment:
                year = reporter_id, month.first // 12
                before = running.get(year, Fraction(0))
                if cumulative is None and not (_takes_over(world, reporter_id, month) and not month.begins_year):
                    cumulative = known_sum([before, flow])
                running[year] = cumulative
            found[reporter_id, month.last] = Standing(
                month_value=flow,
                cumulative_value=cumulative,
                same_period_value=exact(figures.same_period_value),
                growth_pct=exact(figures.growth_pct),
                is_sample=is_sample,
                reported_count=int(cumulative is not None or flow is not None),
                known_of=frozenset([reporter_id] if cumulative is not None else []),
                flows_known=int(flow is not None),
            )
    return found


def _city_standing(indicator, rows):
    """The sum of what was reported; the counts say over how many."""
    values = list(rows.values())
    known_of = frozenset(id_ for id_, row in rows.items() if row.cumulative_value is not None)
    same_of = frozenset(id_ for id_, row in rows.items() if row.same_period_value is not None)
    return Standing(
        month_value=partial_sum(row.month_value for row in values),
        cumulative_value=partial_sum(row.cumulative_value for row in values),
        # Last year's sum belongs beside this year's only where it is the sum of the same reporters.
        same_period_value=partial_sum(row.same_period_value for row in values) if same_of == known_of else None,
        growth_pct=values[0].growth_pct if indicator["city_method"] == "reported" else None,
        is_sample=any(row.is_sample for row in values),
        reported_count=sum(row.reported_count for row in values),
        expected_count=len(values),
        known_of=known_of,
        flows_known=sum(row.flows_known for row in values),
    )


def standings(world, indicator_id):
    """By reporter (the cities too) and month, everything that is known of an indicator."""
    key = "standings", indicator_id
    if key not in world.memory:
        indicator = world.indicators[indicator_id]
        is_ratio = bool(indicator.get("numerator_indicator_id"))
        world.memory[key] = _ratios(world, indicator) if is_ratio else _with_cities(world, indicator)
    return world.memory[key]


def _with_cities(world, indicator):
    found = own_standings(world, indicator["indicator_id"])
    is_summed = indicator["city_method"] == "sum" and indicator["supplier_kind"] != "city"
    if indicator["supplier_kind"] != "department" and not is_summed:
        return found
    sums = {}
    for month in sorted({month for _, month in found}):
        rows = {id_: row for (id_, other), row in found.items() if other == month}
        sums |= {(city, month): _city_standing(indicator, rows) for city in world.cities}
    return found | sums


def _ratios(world, indicator):
    """Each reporter's ratio from its two parts; the city's is the ratio of its sums, never a mean of ratios."""
    numerators = standings(world, indicator["numerator_indicator_id"])
    denominators = standings(world, indicator["denominator_indicator_id"])
    scale = 100 if indicator["unit"] == "%" else 1
    found = {}
    for key in numerators.keys() & denominators.keys():
        above, below = numerators[key], denominators[key]
        # Both sums are over the same reporters, or over all that each is asked of.
        is_complete = above.is_complete and below.is_complete
        fits = is_complete or above.known_of == below.known_of
        expected_count = max(above.expected_count, below.expected_count)
        found[key] = Standing(
            cumulative_value=_scaled(above.cumulative_value, below.cumulative_value, scale) if fits else None,
            same_period_value=_scaled(above.same_period_value, below.same_period_value, scale) if fits else None,
            is_sample=above.is_sample or below.is_sample,
            # A part that fewer are asked of is no less complete.
            reported_count=expected_count if is_complete else min(above.reported_count, below.reported_count),
            expected_count=expected_count,
            known_of=(max if is_complete else min)(above.known_of, below.known_of, key=len),
        )
    return found


def _scaled(numerator, denominator, scale):
    """A calculated ratio is kept like a reported value: with six decimals."""
    divided = quotient(numerator, denominator)
    return None if divided is None else half_up(divided * scale, VALUE_DECIMALS)


def bridged(kind, values):
    """A reporter's figure together with those of what became part of it; rates of several areas have no sum."""
    values = list(values)
    return None if len(values) > 1 and kind in NOT_ADDITIVE else known_sum(values)


def past_standings(world, indicator_id, reporter_id, month, day):
    """The standings, at the end of an earlier month, of all that the reporter is made of on a day."""
    found = standings(world, indicator_id)
    return [
        found[part, month]
        for part, ended in world.parts(reporter_id, day)
        if (part, month) in found and (ended is None or month_of(ended) > month)
    ]


def past_value(world, indicator_id, reporter_id, month, day):
    """What the reporter, as it is made up on a day, had reached by the end of an earlier month."""
    kind = world.indicators[indicator_id]["kind"]
    rows = past_standings(world, indicator_id, reporter_id, month, day)
    return bridged(kind, (row.comparable for row in rows))
