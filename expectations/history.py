"""Frames that hold a table against what else counted: its own earlier version and the months before it.

They are built after the verdicts, from what counted when (verdicts.py), and can return nothing: each row says from when
until when it was so (`_since`, `_until`, naive UTC). Where an earlier month is corrected, a new row begins; so what is
known at a time follows from what had been received by then. What a version leaves out, the one that it replaced still
says; one without figures says nothing about figures, one without lists nothing about lists.

changes (a row of a version that replaced another one), repeats (a table against the previous month's), steps (an item
of a ledger against an earlier month), usuals (a figure against the reporter's own earlier months of the year).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from expectations.catalogue import Rule
from expectations.findings import month_label, number_text, shanghai_minute
from expectations.frames import FIRST_MONTH, INCREMENT, previous_month
from expectations.ledger_steps import step_rows
from expectations.measures import Usual, allowance_of, usual_of
from expectations.roster import Roster
from expectations.submissions import Chain, Row, Submissions
from expectations.verdicts import Counted
from ingestion.contract import NUMBER_COLUMNS

CHANGED_RULE, REPEATED_RULE, UNUSUAL_RULE = "HIS-001", "HIS-002", "HIS-003"
CUMULATIVE, LEVEL, RATE = "cumulative", "level", "rate"
EVEN_PACE = "linear"
_MEASURES = {INCREMENT: "本月数", CUMULATIVE: "由累计数算得的本月数", LEVEL: "期末数"}


@dataclass(frozen=True)
class _Stretch:
    """A time in which one table counted and nothing changed in the months before it; `earlier` is by month."""

    chain: Chain
    table: Row
    since: datetime
    until: datetime | None
    earlier: dict[str, Row]


def build_history(
    batch: Submissions, roster: Roster, catalogue: dict[str, Rule], counted: Counted
) -> dict[str, list[Row]]:
    """The frames, by name; `counted` is what counted from when."""
    with_figures, with_lists = (_with(counted, found) for found in (batch.values_by_table, batch.ledgers_by_table))
    stretches = [stretch for place in with_figures for stretch in _stretches(roster, with_figures, place)]
    rows = {
        table_id: {row["indicator_id"]: row for row in rows if row["indicator_id"]}
        for table_id, rows in batch.values_by_table.items()
    }
    known, listed = dict(rows), dict(batch.ledgers_by_table)
    for before, table in _replaced(with_figures):
        known[table] = known[before] | rows[table]
    for before, table in _replaced(with_lists):
        listed[table] = [*listed[before], *batch.ledgers_by_table[table]]
    return {
        "changes": [row for versions in with_figures.values() for row in _change_rows(batch, rows, known, versions)],
        "repeats": _joined(
            _repeat_row(roster, catalogue[REPEATED_RULE], rows, known, stretch) for stretch in stretches
        ),
        "steps": _joined(
            row
            for place in with_lists
            for stretch in _stretches(roster, with_lists, place)
            for row in step_rows(
                roster.registry,
                batch.ledgers_by_table[stretch.table["table_id"]],
                {month: listed[table["table_id"]] for month, table in stretch.earlier.items()},
                stretch.table,
                (stretch.since, stretch.until),
            )
        ),
        "usuals": _joined(
            row for stretch in stretches for row in _usual_rows(roster, catalogue[UNUSUAL_RULE], rows, known, stretch)
        ),
    }


def declared_correction(table: Row, row: Row) -> str | None:
    """What a version says about why a row of it changed; on its own line, or on the cover for the whole table."""
    return row["note"] or table["correction_reason"]


def _with(counted: Counted, found: dict[str, list[Row]]) -> Counted:
    """What counted, of the tables that have anything of a kind."""
    return {
        place: kept
        for place, versions in counted.items()
        if (kept := [(since, table) for since, table in versions if found.get(table["table_id"])])
    }


def _replaced(counted: Counted) -> Iterator[tuple[str, str]]:
    """Each version's table_id with that of the version it replaced before it, in order."""
    for versions in counted.values():
        for (_, before), (_, table) in zip(versions, versions[1:], strict=False):
            yield before["table_id"], table["table_id"]


def _stretches(roster: Roster, counted: Counted, place: tuple[Chain, str]) -> Iterator[_Stretch]:
    """The stretches of every version of one month's table, in order of time."""
    chain, month = place
    months = _comparable_months(roster, chain, month)
    for (since, table), following in zip(counted[place], [*counted[place][1:], None], strict=True):
        until = following[0] if following else None
        changes = {moment for earlier in months for moment, _ in counted.get((chain, earlier), [])}
        moments = [since, *sorted(m for m in changes if since < m and (until is None or m < until))]
        for moment, end in zip(moments, [*moments[1:], until], strict=True):
            earlier = {m: t for m in months if (t := _counting(counted.get((chain, m), []), moment))}
            yield _Stretch(chain, table, moment, end, earlier)


def _comparable_months(roster: Roster, chain: Chain, month: str) -> list[str]:
    """The months of the year before `month`, not those of before another reporter became part of this one."""
    months = [f"{month[:4]}-{number:02d}" for number in range(1, int(month[5:]))]
    takeovers = [m for m in [*months, month] if roster.took_over(chain[1], m)]
    return [m for m in months if not takeovers or m >= takeovers[-1]]


def _counting(versions: list[tuple[datetime, Row]], moment: datetime) -> Row | None:
    return next((table for since, table in reversed(versions) if since <= moment), None)


def _joined(rows: Iterator[Row]) -> list[Row]:
    """One row for stretches that follow on each other with the same facts; of a table and indicator, in order."""
    joined: dict[str, Row] = {}
    latest: dict[str, str] = {}
    for row in rows:
        subject, facts = row.pop("_subject"), row.pop("_facts")
        before = joined.get(latest.get(subject, ""))
        if before and (before["_facts"], before["_until"]) == (facts, row["_since"]):
            before["_until"] = row["_until"]
            continue
        row["key"] = latest[subject] = f"{subject}@{row['_since'].isoformat()}"
        joined[row["key"]] = row | {"_facts": facts}
    return list(joined.values())


def _change_rows(
    batch: Submissions,
    rows: dict[str, dict[str, Row]],
    known_rows: dict[str, dict[str, Row]],
    versions: list[tuple[datetime, Row]],
) -> Iterator[Row]:
    """The rows of each version that replaced one, against the same indicator's there."""
    for (_, before), (since, table) in zip(versions, versions[1:], strict=False):
        for indicator_id, row in rows.get(table["table_id"], {}).items():
            known = known_rows.get(before["table_id"], {}).get(indicator_id)
            if known is None:
                continue
            changed = next((c.name for c in NUMBER_COLUMNS if row[c.name] != known[c.name]), None)
            earlier = known[f"{changed}_text"] if changed else None
            received_at = batch.receipt_by_id[before["receipt_id"]]["received_at"]
            yield {
                "key": f"{table['table_id']}^{row['row_number']}",
                "_table": table,
                "_row": row,
                "_column": changed,
                "_since": since,
                "_until": None,
                "_words": {
                    "earlier_value": f"“{earlier}”" if earlier else "空白",
                    "earlier_received": shanghai_minute(received_at),
                },
                "changed_column": changed,
                "declaration": declared_correction(table, row),
            }


def _repeat_row(
    roster: Roster, rule: Rule, rows: dict[str, dict[str, Row]], known: dict[str, dict[str, Row]], stretch: _Stretch
) -> Row:
    """How many figures differ from the previous month's; unknown where too few of them are not zero."""
    month = previous_month(stretch.table["period"])
    before = known.get(stretch.earlier[month]["table_id"], {}) if month in stretch.earlier else {}
    same, changed_count, first = 0, 0, None
    for indicator_id, row in rows.get(stretch.table["table_id"], {}).items():
        kind = roster.indicators[indicator_id]["kind"]
        name = {INCREMENT: "month_value", LEVEL: "cumulative_value", RATE: "cumulative_value"}.get(kind)
        if not name or indicator_id not in before or None in (row[name], before[indicator_id][name]):
            continue
        changed_count += row[name] != before[indicator_id][name]
        same += row[name] == before[indicator_id][name] != 0
        first = first or (row, name)
    is_known = first is not None and same + changed_count >= rule.parameters["least_values"]
    row, name = first if first and is_known else (None, None)
    return {
        "_subject": f"{stretch.table['table_id']}=",
        "_facts": (changed_count if is_known else None, same),
        "_table": stretch.table,
        "_row": row,
        "_column": name,
        "_since": stretch.since,
        "_until": stretch.until,
        "_words": {"previous_month": month_label(month), "same_count": same},
        "changed_count": changed_count if is_known else None,
    }


def _usual_rows(
    roster: Roster, rule: Rule, rows: dict[str, dict[str, Row]], known: dict[str, dict[str, Row]], stretch: _Stretch
) -> Iterator[Row]:
    """Each figure with what was usual for it; only where the registry lets the months be compared."""
    month = stretch.table["period"]
    months = {m: known.get(table["table_id"], {}) for m, table in stretch.earlier.items()}
    months[month] = rows.get(stretch.table["table_id"], {})
    if len(months) <= rule.parameters["least_months"]:
        return
    for indicator_id, row in months[month].items():
        indicator = roster.indicators[indicator_id]
        if not _is_even(indicator):
            continue
        values = {m: _figure(indicator, months, m) for m in months}
        value = values.pop(month)
        usual = usual_of([v for v in values.values() if v is not None])
        if value is None or usual is None:
            continue
        yield {
            "_subject": f"{stretch.table['table_id']}~{row['row_number']}",
            "_facts": (value, usual),
            "_table": stretch.table,
            "_row": row,
            "_column": "month_value" if indicator["kind"] == INCREMENT else "cumulative_value",
            "_since": stretch.since,
            "_until": stretch.until,
            "_words": _usual_words(indicator, value, usual),
            "distance": abs(value - usual.middle),
            "allowance": allowance_of(value, usual, rule.parameters),
        }


def _is_even(indicator: Row) -> bool:
    """Whether a month can be like the others: increments only where the registry says that they come evenly."""
    return indicator["kind"] in (CUMULATIVE, LEVEL) or (
        indicator["kind"] == INCREMENT and indicator["pace_rule"] == EVEN_PACE
    )


def _figure(indicator: Row, months: dict[str, dict[str, Row]], month: str) -> Decimal | None:
    """What is compared: an increment's month, a level itself, by how much a cumulative grew since the month before."""
    row = months[month].get(indicator["indicator_id"])
    if row is None or indicator["kind"] != CUMULATIVE:
        return row and row["month_value" if indicator["kind"] == INCREMENT else "cumulative_value"]
    if month.endswith(FIRST_MONTH) or row["cumulative_value"] is None:
        return row["cumulative_value"]
    before: Any = months.get(previous_month(month) or "", {}).get(indicator["indicator_id"])
    known = before and before["cumulative_value"]
    return None if known is None else row["cumulative_value"] - known


def _usual_words(indicator: Row, value: Decimal, usual: Usual) -> Row:
    return {
        "measure": _MEASURES[indicator["kind"]],
        "judged_value": number_text(value),
        "direction": "明显高于" if value > usual.middle else "明显低于",
        "month_count": usual.count,
        "usual": number_text(usual.middle),
        "least": number_text(usual.least),
        "most": number_text(usual.most),
    }
