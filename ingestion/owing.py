"""Who owes what in a programme's month: the indicators and the tasks that stand in a reporter's template."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from ingestion.calendar import MONTHLY, programme_periods
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


def owing_of(registry: Registry, programme_id: str, month: str) -> "Owing":
    """Who owes what in a month of a programme; RegistryError where the programme has no such month."""
    months = {str(row["period"]) for row in programme_periods(registry) if row["programme_id"] == programme_id}
    if month not in months:
        raise RegistryError(f"方案“{programme_id}”没有 {month} 这一期；请核对方案的起止日期。")
    return Owing(registry, programme_id, month)


def is_calculated(indicator: Row) -> bool:
    """A ratio with parts is calculated from them."""
    return bool(indicator.get("numerator_indicator_id"))


def _is_the_citys_too(indicator: Row) -> bool:
    """Whether the city reports a figure of its own beside its districts', as it can't be summed up from theirs."""
    return indicator["supplier_kind"] == "district" and indicator["city_method"] == "reported"


def task_reporters(registry: Registry) -> list[dict[str, object]]:
    """The rows of raw.task_reporters: who is asked to report on which task, from which month to which.

    What a template asks for and what the marts expect is one look-up, this one.
    """
    spans: list[dict[str, object]] = []
    open_spans: dict[tuple[str, str, str], dict[str, object]] = {}
    for programme_id, months in _months_with_tasks(registry).items():
        for position, (month, month_date) in enumerate(months):
            for task_id, reporter_id in Owing(registry, programme_id, month).asked_of_tasks():
                key = (programme_id, task_id, reporter_id)
                span = open_spans.get(key)
                if span is None or span["last_month"] != months[position - 1][1]:
                    names = dict(zip(("programme_id", "task_id", "reporter_id"), key, strict=True))
                    span = open_spans[key] = {**names, "first_month": month_date, "last_month": month_date}
                    spans.append(span)
                span["last_month"] = month_date
    return spans


def _months_with_tasks(registry: Registry) -> dict[str, list[tuple[str, date]]]:
    """The months of each programme whose document has tasks, in order, with their first day."""
    with_tasks = {row["document_id"] for row in registry.rows("tasks")}
    documents = {row["programme_id"]: row["document_id"] for row in registry.rows("programmes")}
    months: dict[str, list[tuple[str, date]]] = {}
    for row in programme_periods(registry):
        programme_id, first_month = str(row["programme_id"]), row["first_month"]
        assert isinstance(first_month, date)
        if row["cadence"] == MONTHLY and documents[programme_id] in with_tasks:
            months.setdefault(programme_id, []).append((str(row["period"]), first_month))
    return {programme_id: sorted(found) for programme_id, found in months.items()}


class Owing:
    """Look-ups over one registry for one programme and month, also for a month outside the programme's dates."""

    def __init__(self, registry: Registry, programme_id: str, month: str) -> None:
        """RegistryError where the programme is unknown."""
        self.registry = registry
        self.programme = registry.row("programmes", "programme_id", programme_id)
        self.month = month

    @cached_property
    def reporters(self) -> list[Row]:
        """The reporters that fill in anything this month, in the registry's order.

        Indicators are owed. Tasks alone are welcome, not owed: no document asks for them by month.
        """
        rows = sorted(self.registry.rows("reporters"), key=lambda row: int(row["display_order"]))
        return [row for row in rows if self.belongs(row) and (self.indicators(row) or self.tasks(row))]

    def indicators(self, reporter: Row) -> list[OwedIndicator]:
        """The indicators of a reporter's table, in the programme's order: at home there, due, and not calculated."""
        return [owed for owed in self.allowed(reporter) if self._is_due(owed.indicator)]

    def allowed(self, reporter: Row) -> list[OwedIndicator]:
        """What a reporter may fill in: the indicators of its table, and those that are due in another month."""
        reporter_id = reporter["reporter_id"]
        if reporter_id not in self._allowed:
            self._allowed[reporter_id] = [owed for owed in self._listed if self.supplies(reporter, owed.indicator)]
        return self._allowed[reporter_id]

    @cached_property
    def _allowed(self) -> dict[str, list[OwedIndicator]]:
        return {}

    def tasks(self, reporter: Row) -> list[Row]:
        """The tasks of the programme's document that a reporter leads or is responsible for.

        Where a programme compares one reporter only, all of its tasks are that reporter's.
        """
        return [row for row in self._tasks if reporter["reporter_id"] in self._reporters_of(row)]

    def asked_of_tasks(self) -> list[tuple[str, str]]:
        """Each task of the month with each reporter of the programme that is asked to report on it, by id."""
        belonging = {row["reporter_id"] for row in self.registry.rows("reporters") if self.belongs(row)}
        return [
            (row["task_id"], reporter_id)
            for row in self._tasks
            for reporter_id in sorted(self._reporters_of(row) & belonging)
        ]

    @cached_property
    def unassigned_tasks(self) -> list[Row]:
        """The tasks that name nobody who fills in a template this month."""
        assigned = {row["task_id"] for reporter in self.reporters for row in self.tasks(reporter)}
        return [row for row in self._tasks if row["task_id"] not in assigned]

    @cached_property
    def _listed(self) -> list[OwedIndicator]:
        """The indicators at home in the programme, in its order."""
        programme_id = self.programme["programme_id"]
        indicators = {row["indicator_id"]: row for row in self.registry.rows("indicators")}
        listed = [row for row in self.registry.rows("programme_indicators") if row["programme_id"] == programme_id]
        return [
            OwedIndicator(indicators[row["indicator_id"]], row["is_required"] == "true")
            for row in sorted(listed, key=lambda row: int(row["display_order"]))
            if indicators[row["indicator_id"]]["home_programme_id"] == programme_id
        ]

    def _is_due(self, indicator: Row) -> bool:
        """A quarterly indicator is due with the last month of its quarter."""
        return period_containing(self.month, _CADENCES[indicator["frequency"]]).months[-1] == self.month

    @cached_property
    def groups(self) -> dict[str, set[str]]:
        """The groups that each reporter is in at the month's end, by reporter_id; who is not there then is in none."""
        exists = {row["reporter_id"] for row in self.registry.rows("reporters") if self.holds(row)}
        groups: dict[str, set[str]] = {}
        for row in self.registry.rows("reporter_group_members"):
            is_own = row["programme_id"] == self.programme["programme_id"]
            if is_own and row["reporter_id"] in exists and self.holds(row):
                groups.setdefault(row["reporter_id"], set()).add(row["group_id"])
        return groups

    @cached_property
    def last_day(self) -> str:
        """The day that decides who and what belongs to the month, here as in the marts."""
        return parse_period(self.month).last_date.isoformat()

    def holds(self, row: Row) -> bool:
        """Whether a dated row holds on the month's last day."""
        starts, ends = row["valid_from"], row["valid_to"]
        return (not starts or starts <= self.last_day) and (not ends or ends >= self.last_day)

    def belongs(self, reporter: Row) -> bool:
        """Whether a reporter belongs to the programme this month: in a group of its, or as the city itself."""
        reporter_id = reporter["reporter_id"]
        return reporter_id in self.groups or reporter_id == self.programme["city_reporter_id"]

    def supplies(self, reporter: Row, indicator: Row) -> bool:
        """Whether a reporter fills in an indicator at home here; nobody fills in what is calculated."""
        if is_calculated(indicator):
            return False
        if reporter["reporter_id"] == self.programme["city_reporter_id"] and _is_the_citys_too(indicator):
            return True
        if reporter["reporter_kind"] != indicator["supplier_kind"]:
            return False
        own = self.groups.get(reporter["reporter_id"], set()) | {reporter["reporter_id"]}
        scope = set(filter(None, indicator["supplier_scope"].split("|")))
        return self.belongs(reporter) and (not scope or bool(scope & own))

    @cached_property
    def _tasks(self) -> list[Row]:
        return [
            row
            for row in self.registry.rows("tasks")
            if row["document_id"] == self.programme["document_id"] and self.holds(row)
        ]

    def _reporters_of(self, task: Row) -> set[str]:
        """The reporters that a task names, and the only one that the programme compares."""
        if task["task_id"] not in self._task_reporters:
            self._task_reporters[task["task_id"]] = self._named_by(task) | self._sole
        return self._task_reporters[task["task_id"]]

    @cached_property
    def _task_reporters(self) -> dict[str, set[str]]:
        return {}

    @cached_property
    def _sole(self) -> set[str]:
        """The only reporter that the programme compares; nobody where it compares several."""
        kind = self.programme["reporter_kind"]
        compared = {row["reporter_id"] for row in self._members if row["reporter_kind"] == kind}
        return compared if len(compared) == 1 else set()

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
        """The reporters that a task names, one by one or as a collective; of what became part of another, that one."""
        names = _LIST_MARK.join((task["lead_units"], task["responsible_units"])).split(_LIST_MARK)
        return {self._heir_of(reporter_id) for name in names if name for reporter_id in self._meant_by(name)}

    def _heir_of(self, reporter_id: str) -> str:
        seen = set()
        while reporter_id in self._successors and reporter_id not in seen:
            seen.add(reporter_id)
            reporter_id = self._successors[reporter_id]
        return reporter_id

    @cached_property
    def _successors(self) -> dict[str, str]:
        """Who reports in whose place: from the month on at the end of which it is the successor."""
        rows = self.registry.rows("reporter_successions")
        return {row["predecessor_id"]: row["successor_id"] for row in rows if row["effective_on"] <= self.last_day}

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
