"""Where a mart and the oracle differ, in words that let a person work the case out by hand."""

from collections import Counter
from datetime import date
from decimal import Decimal
from fractions import Fraction

MOST_SHOWN = 8


def differences(mart, expected, found, key, world):
    """A few lines for each cell or row that is not the same on both sides; none where all are."""
    found = {tuple(row[column] for column in key): row for row in found}
    missing = [f"{mart} {place}: the row is missing" for place in expected.keys() - found.keys()]
    extra = [f"{mart} {place}: a row that nobody expects" for place in found.keys() - expected.keys()]
    cells = [
        (place, column, value, found[place][column])
        for place, row in expected.items()
        if place in found
        for column, value in row.items()
        if not same(value, found[place][column])
    ]
    lines = sorted(missing)[:MOST_SHOWN] + sorted(extra)[:MOST_SHOWN]
    counts = Counter(column for _, column, _, _ in cells)
    if cells:
        lines.append(f"{mart}: {len(cells)} cells of {len(expected)} rows differ, by column {dict(counts)}")
    for place, column, value, actual in sorted(cells, key=lambda cell: (cell[0], cell[1]))[:MOST_SHOWN]:
        lines.append(
            f"{mart} {place} {column}: expected {_cell(value)}, found {_cell(actual)}\n" + inputs(world, place, key)
        )
    return lines


def same(expected, found):
    """Equal as exact numbers, and unknown only where the other is."""
    return (expected is None) == (found is None) and expected == found


def inputs(world, place, key):
    """The rows of the registry and the tables that a row of a mart is made of."""
    named = dict(zip(key, place, strict=True))
    target = next((row for row in world.rows("targets") if row["target_id"] == named.get("target_id")), {})
    indicator = world.indicators.get(named.get("indicator_id", target.get("indicator_id")), {})
    columns = ("indicator_id", "numerator_indicator_id", "denominator_indicator_id")
    of = {indicator.get(column) for column in columns} - {None, ""}
    reporter_id = named.get("reporter_id", "")
    is_city = world.reporters.get(reporter_id, {}).get("reporter_kind", "city") == "city"
    lines = [
        f"  {table}: { {column: cell for column, cell in row.items() if cell} }"
        for table in ("indicators", "targets", "target_splits", "target_bases", "reporters", "reporter_successions")
        for row in world.rows(table)
        if _is_about(world, row, of, reporter_id, is_city)
    ]
    home = indicator.get("home_programme_id", named.get("programme_id"))
    made_of = set(world.members[home]) if is_city else {id_ for id_, _ in world.parts(reporter_id, date.max)}
    for sent in sorted(world.submissions, key=lambda sent: (sent.reporter_id, sent.month, sent.received_at)):
        if sent.programme_id == home and sent.reporter_id in made_of:
            verdict = f"accepted {sent.accepted_at:%F}" if sent.accepted_at else sent.verdict
            lines += [
                f"  {sent.reporter_id} {sent.month} {id_}: {_figures(row)} ({sent.received_at:%F}, {verdict})"
                for id_, row in sent.rows.items()
                if id_ in of
            ]
    return "\n".join(lines)


def _is_about(world, row, of, reporter_id, is_city):
    """Whether a row of the registry names the indicators, one of their targets, or the reporter."""
    targets = {target["target_id"] for target in world.rows("targets") if target["indicator_id"] in of}
    if "indicator_id" in row or "target_id" in row:
        is_own = is_city or row.get("reporter_id", reporter_id) == reporter_id
        return is_own and (row.get("indicator_id") in of or row.get("target_id") in targets)
    return bool(reporter_id) and reporter_id in row.values()


def _figures(row):
    """A row of a table as short as it goes: month / cumulative, and what else there is."""
    more = {"same period": row.same_period_value, "growth": row.growth_pct}
    texts = [f"{name} {_cell(value)}" for name, value in more.items() if value is not None]
    return ", ".join([f"{_cell(row.month_value)} / {_cell(row.cumulative_value)}", *texts])


def _cell(value):
    """A number as people write it; unknown is nothing."""
    if isinstance(value, Fraction | Decimal):
        return f"{Decimal(value.numerator) / value.denominator if isinstance(value, Fraction) else value:f}"
    return "nothing" if value is None else str(value)
