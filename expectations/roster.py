"""What the registry says about who reports what, in the form that frames and findings ask for it."""

from datetime import date
from functools import cached_property

from ingestion.periods import parse_period, period_containing
from ingestion.registry import Registry

Row = dict[str, str]
DISTRICT, CITY = "district", "city"
# A quarterly indicator is due with the last month of its quarter.
_FREQUENCY_CADENCES = {"month": "monthly_dispatch", "quarter": "quarterly_summary", "year": "annual_assessment"}


class Roster:
    """Look-ups over one registry; every answer is None or empty where the registry knows nothing."""

    def __init__(self, registry: Registry) -> None:
        """Look-ups are built when first asked for."""
        self.registry = registry

    @cached_property
    def programmes(self) -> dict[str, Row]:
        """Programmes by id."""
        return {row["programme_id"]: row for row in self.registry.rows("programmes")}

    @cached_property
    def reporters(self) -> dict[str, Row]:
        """Reporters by id."""
        return {row["reporter_id"]: row for row in self.registry.rows("reporters")}

    @cached_property
    def indicators(self) -> dict[str, Row]:
        """Indicators by id."""
        return {row["indicator_id"]: row for row in self.registry.rows("indicators")}

    @cached_property
    def memberships(self) -> dict[tuple[str, str], list[Row]]:
        """Group memberships by programme and reporter, dated."""
        members: dict[tuple[str, str], list[Row]] = {}
        for row in self.registry.rows("reporter_group_members"):
            members.setdefault((row["programme_id"], row["reporter_id"]), []).append(row)
        return members

    def programme_months(self, programme_id: str | None) -> tuple[str, str] | None:
        """First and last month id of a programme."""
        row = self.programmes.get(programme_id or "")
        return (row["starts_on"][:7], row["ends_on"][:7]) if row else None

    def nearest_programme_month(self, programme_id: str | None, month: str | None) -> str | None:
        """The programme's month nearest to `month`: `month` itself when it lies inside the programme."""
        bounds = self.programme_months(programme_id)
        if not bounds or not month:
            return None
        first, last = bounds
        return max(first, min(month, last or month))

    def belongs_as(self, programme_id: str | None, reporter_id: str | None, month: str | None) -> str | None:
        """As what a reporter belongs to a programme in a month: its group, or its kind for the city's own units."""
        reporter = self.reporters.get(reporter_id or "")
        if not reporter:
            return None
        if reporter["reporter_kind"] != DISTRICT:
            return reporter["reporter_kind"]
        groups = self.memberships.get((programme_id or "", reporter["reporter_id"]), [])
        return next((row["group_id"] for row in groups if _is_valid(row, month)), None)

    def supplies_as(self, reporter_id: str | None) -> str | None:
        """Whose indicators a reporter supplies: a district the districts', the city and its departments the city's."""
        reporter = self.reporters.get(reporter_id or "")
        if not reporter:
            return None
        return DISTRICT if reporter["reporter_kind"] == DISTRICT else CITY

    def programme_indicators(self, programme_id: str | None, reporter_id: str | None) -> list[Row]:
        """The indicators that a reporter fills in in a programme's table, in the programme's order."""
        supplies = self.supplies_as(reporter_id)
        listed = (row for row in self.registry.rows("programme_indicators") if row["programme_id"] == programme_id)
        rows = [self.indicators[row["indicator_id"]] for row in sorted(listed, key=lambda r: int(r["display_order"]))]
        return [r for r in rows if r["home_programme_id"] == programme_id and r["supplier_kind"] == supplies]

    def required_indicators(self, programme_id: str | None, reporter_id: str | None, month: str | None) -> list[Row]:
        """The indicators that a reporter owes in its table of a month.

        A department owes nothing by itself: the registry does not say which of the city's indicators are its own.
        """
        reporter = self.reporters.get(reporter_id or "")
        if not (reporter and month and reporter["reporter_kind"] in (DISTRICT, CITY)):
            return []
        return [
            row
            for row in self.programme_indicators(programme_id, reporter_id)
            if (programme_id, row["indicator_id"]) in self._required and _is_due(row["frequency"], month)
        ]

    def programme_reporters(self, programme_id: str | None) -> list[str]:
        """Names of the reporters in a programme's groups, in order of display; of all reporters if it is unknown."""
        rows = sorted(self.reporters.values(), key=lambda row: int(row["display_order"]))
        members = [row for row in rows if (programme_id or "", row["reporter_id"]) in self.memberships]
        return [row["reporter_name"] for row in members or rows]

    @cached_property
    def _required(self) -> set[tuple[str, str]]:
        rows = self.registry.rows("programme_indicators")
        return {(row["programme_id"], row["indicator_id"]) for row in rows if row["is_required"] == "true"}


def _is_due(frequency: str, month: str) -> bool:
    return period_containing(month, _FREQUENCY_CADENCES[frequency]).months[-1] == month


def _is_valid(row: Row, month: str | None) -> bool:
    """Whether a dated row holds on any day of a month; a row without dates always does."""
    if not month:
        return True
    period = parse_period(month)
    starts, ends = (date.fromisoformat(row[name]) if row[name] else None for name in ("valid_from", "valid_to"))
    return (starts is None or starts <= period.last_date) and (ends is None or ends >= period.first_month)
