"""Who owes what in a programme's month: the indicators and the tasks that stand in a reporter's template."""

from dataclasses import dataclass
from functools import cached_property

from ingestion.calendar import programme_periods
from ingestion.errors import RegistryError
from ingestion.periods import parse_period, period_containing
from ingestion.registry import Registry, Row
from ingestion.seed_files import fold

_CADENCES = {"month": "monthly_dispatch", "quarter": "quarterly_summary", "year": "annual_assessment"}
_COLLECTIVE_MARK = "各"
# Which reporters a document means by a collective such as 各区人民政府, by the kind of the unit.
_KINDS_MEANT = {"区": "district", "开发区": "district", "市级部门": "department"}
_LIST_MARK = "、"


@dataclass(frozen=True)
class OwedIndicator:
    """One indicator that a reporter fills in; optional ones may stay blank."""

    indicator: Row
    is_required: bool


class Owing:
    """Look-ups over one registry for one programme and month."""

    def __init__(self, registry: Registry, programme_id: str, month: str) -> None:
        """RegistryError where the programme has no such month."""
        months = {str(row["period"]) for row in programme_periods(registry) if row["programme_id"] == programme_id}
        if month not in months:
            raise RegistryError(f"方案“{programme_id}”没有 {month} 这一期；请核对方案的起止日期。")
        self.registry = registry
        self.programme = registry.row("programmes", "programme_id", programme_id)
        self.month = month

    @cached_property
    def reporters(self) -> list[Row]:
        """The reporters that fill in anything this month, in the registry's order."""
        rows = sorted(self.registry.rows("reporters"), key=lambda row: int(row["display_order"]))
        return [row for row in rows if self.indicators(row)]

    def indicators(self, reporter: Row) -> list[OwedIndicator]:
        """The indicators of a reporter's table, in the programme's order: at home there, due, and not calculated."""
        return [
            OwedIndicator(indicator, is_required)
            for indicator, is_required in self._due_indicators
            if self._supplies(reporter, indicator)
        ]

    def tasks(self, reporter: Row) -> list[Row]:
        """The tasks of the programme's document that a reporter leads or is responsible for.

        Where a programme compares one reporter only, all of its tasks are that reporter's.
        """
        return [row for row in self._tasks if self._is_sole(reporter) or reporter["reporter_id"] in self._named_by(row)]

    @cached_property
    def unassigned_tasks(self) -> list[Row]:
        """The tasks that name nobody who fills in a template this month."""
        assigned = {row["task_id"] for reporter in self.reporters for row in self.tasks(reporter)}
        return [row for row in self._tasks if row["task_id"] not in assigned]

    @cached_property
    def _due_indicators(self) -> list[tuple[Row, bool]]:
        programme_id = self.programme["programme_id"]
        indicators = {row["indicator_id"]: row for row in self.registry.rows("indicators")}
        listed = [row for row in self.registry.rows("programme_indicators") if row["programme_id"] == programme_id]
        pairs = [
            (indicators[row["indicator_id"]], row["is_required"] == "true")
            for row in sorted(listed, key=lambda row: int(row["display_order"]))
        ]
        return [
            (indicator, is_required)
            for indicator, is_required in pairs
            if indicator["home_programme_id"] == programme_id
            and not indicator["numerator_indicator_id"]
            and period_containing(self.month, _CADENCES[indicator["frequency"]]).months[-1] == self.month
        ]

    @cached_property
    def groups(self) -> dict[str, set[str]]:
        """The groups that each reporter is in this month, by reporter_id; who does not exist this month is in none."""
        exists = {row["reporter_id"] for row in self.registry.rows("reporters") if self.holds(row)}
        groups: dict[str, set[str]] = {}
        for row in self.registry.rows("reporter_group_members"):
            is_own = row["programme_id"] == self.programme["programme_id"]
            if is_own and row["reporter_id"] in exists and self.holds(row):
                groups.setdefault(row["reporter_id"], set()).add(row["group_id"])
        return groups

    def holds(self, row: Row) -> bool:
        """Whether a dated row holds on any day of the month."""
        period = parse_period(self.month)
        starts, ends = row["valid_from"], row["valid_to"]
        return (not starts or starts <= period.last_date.isoformat()) and (
            not ends or ends >= period.first_month.isoformat()
        )

    def _supplies(self, reporter: Row, indicator: Row) -> bool:
        own = self.groups.get(reporter["reporter_id"], set())
        is_city = reporter["reporter_id"] == self.programme["city_reporter_id"]
        if reporter["reporter_kind"] != indicator["supplier_kind"] or not (own or is_city):
            return False
        scope = set(filter(None, indicator["supplier_scope"].split("|")))
        return not scope or bool(scope & (own | {reporter["reporter_id"]}))

    @cached_property
    def _tasks(self) -> list[Row]:
        return [
            row
            for row in self.registry.rows("tasks")
            if row["document_id"] == self.programme["document_id"] and self.holds(row)
        ]

    def _is_sole(self, reporter: Row) -> bool:
        compared = [row for row in self._members if row["reporter_kind"] == self.programme["reporter_kind"]]
        return compared == [reporter]

    @cached_property
    def _members(self) -> list[Row]:
        return [row for row in self.registry.rows("reporters") if row["reporter_id"] in self.groups]

    @cached_property
    def _units(self) -> dict[str, Row]:
        """Units by folded name or alias."""
        units = {row["unit_id"]: row for row in self.registry.rows("units")}
        aliases = {fold(row["alias"]): units[row["unit_id"]] for row in self.registry.rows("unit_aliases")}
        return aliases | {fold(row["unit_name"]): row for row in units.values()}

    def _named_by(self, task: Row) -> set[str]:
        """The reporters that a task names, one by one or as a collective."""
        names = _LIST_MARK.join((task["lead_units"], task["responsible_units"])).split(_LIST_MARK)
        return {reporter_id for name in names if name for reporter_id in self._meant_by(name)}

    def _meant_by(self, name: str) -> set[str]:
        reporter_id = self.registry.reporter_id_of(name, self.month)
        unit = self._units.get(fold(name))
        if unit and not reporter_id:
            reporter_id = self.registry.reporter_id_of(unit["unit_id"], self.month)
        if reporter_id:
            return {reporter_id}
        if unit and _COLLECTIVE_MARK in unit["unit_name"]:
            kind = _KINDS_MEANT.get(unit["unit_kind"])
            return {row["reporter_id"] for row in self._members if row["reporter_kind"] == kind}
        return set()
