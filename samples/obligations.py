"""Who reports which indicators in which month of the demonstration year, by the registry alone."""

from functools import cached_property

from ingestion.registry import Registry, Row

_MONTHS_APART = {"month": 1, "quarter": 3, "year": 12}


class Obligations:
    """What the registry asks for in one year: programmes, their reporters, and each one's tables."""

    def __init__(self, registry: Registry, year: int) -> None:
        self.indicators = {row["indicator_id"]: row for row in registry.rows("indicators")}
        covering = (row for row in registry.rows("programmes") if row["starts_on"] and row["ends_on"])
        self.programmes = [row for row in covering if int(row["starts_on"][:4]) <= year <= int(row["ends_on"][:4])]
        self._reporters = sorted(registry.rows("reporters"), key=lambda row: int(row["display_order"]))
        self._members = registry.rows("reporter_group_members")
        listed = (row for row in registry.rows("programme_indicators") if row["is_required"] == "true")
        self._listed = sorted(listed, key=lambda row: int(row["display_order"]))

    @cached_property
    def by_programme(self) -> dict[str, list[Row]]:
        """The indicators that are filled in in each programme's table, in its order: at home there, not calculated."""
        return {
            programme["programme_id"]: [
                self.indicators[row["indicator_id"]]
                for row in self._listed
                if row["programme_id"] == programme["programme_id"]
                and self.indicators[row["indicator_id"]]["home_programme_id"] == programme["programme_id"]
                and not self.indicators[row["indicator_id"]]["numerator_indicator_id"]
            ]
            for programme in self.programmes
        }

    @cached_property
    def suppliers(self) -> dict[str, list[str]]:
        """The reporters of each of these indicators, in the registry's order."""
        return {row["indicator_id"]: self._suppliers_of(row) for rows in self.by_programme.values() for row in rows}

    @cached_property
    def reporters(self) -> list[Row]:
        """Every reporter that supplies anything, in the registry's order."""
        supplying = {reporter_id for suppliers in self.suppliers.values() for reporter_id in suppliers}
        return [row for row in self._reporters if row["reporter_id"] in supplying]

    def tables(self, reporter_id: str, month: int) -> list[tuple[Row, list[Row]]]:
        """The programmes in which a reporter owes something for a month, each with the indicators due."""
        tables = [(programme, self._due(programme, reporter_id, month)) for programme in self.programmes]
        return [(programme, indicators) for programme, indicators in tables if indicators]

    def _due(self, programme: Row, reporter_id: str, month: int) -> list[Row]:
        return [
            row
            for row in self.by_programme[programme["programme_id"]]
            if reporter_id in self.suppliers[row["indicator_id"]] and month % _MONTHS_APART[row["frequency"]] == 0
        ]

    def _suppliers_of(self, indicator: Row) -> list[str]:
        """Those of the indicator's kind in the groups that its scope names, or that it names themselves."""
        scope = set(filter(None, indicator["supplier_scope"].split("|")))
        members = {
            row["reporter_id"]
            for row in self._members
            if row["programme_id"] == indicator["home_programme_id"] and (not scope or row["group_id"] in scope)
        }
        return [
            row["reporter_id"]
            for row in self._reporters
            if row["reporter_kind"] == indicator["supplier_kind"] and row["reporter_id"] in members | scope
        ]
