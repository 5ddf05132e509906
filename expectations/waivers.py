"""Waivers (豁免): where a named approver lets a figure count although it breaks a 退回 rule.

A waiver of the registry's waivers.csv holds for one rule, programme and reporter, in one month or in all, for what is
received from the day of its approval to the day on which it expires; a tolerance limits how far off the figure may be.
"""

from decimal import Decimal

from expectations.catalogue import RETURNED, WHOLE, Rule
from expectations.errors import CatalogueError
from expectations.frames import received_date
from expectations.submissions import Row, Submissions
from ingestion.registry import Registry

TABLE = "waivers"


class Waivers:
    """The waivers of one registry. CatalogueError where one waives what the catalogue doesn't let anyone waive."""

    def __init__(self, registry: Registry, catalogue: dict[str, Rule]) -> None:
        self._measures = {id_: rule.waiver for id_, rule in catalogue.items()}
        self._rows: dict[tuple[str, str, str], list[Row]] = {}
        for number, row in enumerate(registry.rows(TABLE), start=2):
            place = f"{registry.folder / TABLE}.csv row {number}"
            _check(place, row, catalogue.get(row["rule_id"]))
            self._rows.setdefault((row["rule_id"], row["programme_id"], row["reporter_id"]), []).append(row)

    def of(self, rule_id: str, broken: Row, batch: Submissions) -> Row | None:
        """The waiver that acts on a frame row that broke a rule; None where none does."""
        table = broken.get("_table")
        if table is None:
            return None
        day = received_date(batch.receipt_by_id[table["receipt_id"]])
        rows = self._rows.get((rule_id, table["programme_id"], table["reporter_id"]), [])
        off = broken.get(self._measures[rule_id])
        return next((row for row in rows if _acts(row, table["period"], day, off)), None)


def _acts(row: Row, month: str | None, day: str, off: Decimal | None) -> bool:
    """Days and months are ISO text, which sorts as time does."""
    return (
        row["period"] in ("", month)
        and row["approved_on"] <= day <= row["expires_on"]
        and (not row["tolerance"] or (off is not None and off <= Decimal(row["tolerance"])))
    )


def _check(place: str, row: Row, rule: Rule | None) -> None:
    if rule is None:
        raise CatalogueError(f"{place}: “{row['rule_id']}” is no rule of rules.csv")
    if rule.severity != RETURNED or not rule.waiver:
        raise CatalogueError(f"{place}: {rule.id} is no rule that can be waived")
    if row["tolerance"] and rule.waiver == WHOLE:
        raise CatalogueError(f"{place}: {rule.id} has no difference that a tolerance could be held against")
