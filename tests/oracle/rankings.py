"""`indicator_rankings`, recomputed: ranks, distances to the neighbours and places gained."""

from tests.oracle.arithmetic import half_up
from tests.oracle.progress import measured

KEY = ("programme_id", "scope", "indicator_id", "basis", "period", "reporter_id")
OVERALL = "overall"


def indicator_rankings(world):
    """The mart's rows by key."""
    fields = {}
    for row in measured(world):
        if row.is_city:
            continue
        for basis in _bases(world, row):
            for scope in [OVERALL, *ranked_groups(world, row.programme_id, row.reporter_id, row.period.end)]:
                field = row.programme_id, scope, row.indicator["indicator_id"], basis, row.period.id
                fields.setdefault(field, []).append(row)
    places = {field: _places(field[3], rows) for field, rows in fields.items()}
    return {
        (*field, row.reporter_id): {
            "cadence": row.period.cadence,
            "ranked_value": ranked_value(field[3], row),
            "ranked_count": len(places[field]),
            "reporter_count": len(rows),
            "rank_change": _rank_change(places, field, row),
            **places[field][row.reporter_id],
        }
        for field, rows in fields.items()
        for row in rows
        if row.reporter_id in places[field]
    }


def _bases(world, row):
    same = {"programme_id": row.programme_id, "indicator_id": row.indicator["indicator_id"]}
    (asked,) = world.rows_of("programme_indicators", **same)
    return [basis for basis in asked["ranking_bases"].split("|") if basis]


def ranked_groups(world, programme_id, reporter_id, day):
    """The groups in which a reporter is compared on a day."""
    ranked = {row["group_id"] for row in world.rows_of("reporter_groups", programme_id=programme_id, is_ranked="true")}
    return [id_ for id_ in world.groups_on(programme_id, reporter_id, day) if id_ in ranked]


def ranked_value(basis, row):
    """What a reporter is ranked by; None: it is not ranked, and no part of how many are."""
    if basis == "completion":
        return row.completion if row.target_state == "set" else None
    return row.yoy if basis == "growth" else row.value


def compared_by(basis, indicator):
    """1 where more is better and -1 where less is, and at how many decimals figures are equal."""
    decimals = int(indicator["decimals"]) if basis == "level" else int(indicator["ratio_decimals"]) + 2
    # A completion rate says how well, whichever way the indicator runs.
    return (-1 if indicator["direction"] == "lower" and basis != "completion" else 1), decimals


def _places(basis, rows):
    sign, decimals = compared_by(basis, rows[0].indicator)
    known = {row.reporter_id: value for row in rows if (value := ranked_value(basis, row)) is not None}
    return places({id_: sign * value for id_, value in known.items()}, decimals)


def places(goodness, decimals):
    """Rank and margins by reporter: equal when printed is equal in rank, and the next rank is left out."""
    printed = {id_: half_up(value, decimals) for id_, value in goodness.items()}
    found = {}
    for id_, value in goodness.items():
        better = [other for other in printed if printed[other] > printed[id_]]
        worse = [other for other in printed if printed[other] < printed[id_]]
        # The nearest of the place above or below, by what is hidden behind the printed figures too.
        above = min((goodness[other] for other in better), default=None)
        below = max((goodness[other] for other in worse), default=None)
        found[id_] = {
            "rank": len(better) + 1,
            "margin_above": None if above is None else above - value,
            "margin_below": None if below is None else value - below,
        }
    return found


def _rank_change(places, field, row):
    """Places gained since the period before of the same cadence, in the same scope."""
    if row.period.previous is None:
        return None
    before = places.get((*field[:4], row.period.previous.id), {}).get(row.reporter_id)
    return before and before["rank"] - places[field][row.reporter_id]["rank"]
