"""The reporting calendar: when a month's tables are due, when the month closes, when its notice goes out.

The dates are counted in working days here and nowhere else; dbt reads them from raw.periods.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property, lru_cache

from ingestion.errors import RegistryError
from ingestion.periods import TIMEZONE, end_of_day, parse_period, periods_of_year
from ingestion.registry import Registry, Row, load_registry
from ingestion.settings import get_settings
from ingestion.workdays import Workdays

MONTHLY = "monthly_dispatch"


@dataclass(frozen=True)
class Deadlines:
    """The last days on which a period's tables are on time, are taken for the first time, and are replaced.

    None: never closes. `is_known`: every year that was counted through has an announced calendar.
    """

    due_on: date
    no_new_on: date | None
    no_edits_on: date | None
    is_known: bool

    @property
    def due_at(self) -> datetime:
        """The moment (UTC) after which a first accepted table is late."""
        return end_of_day(self.due_on)

    @property
    def no_new_at(self) -> datetime | None:
        """The moment (UTC) after which no first table is taken."""
        return end_of_day(self.no_new_on) if self.no_new_on else None

    @property
    def no_edits_at(self) -> datetime | None:
        """The moment (UTC) after which no newer version is taken."""
        return end_of_day(self.no_edits_on) if self.no_edits_on else None


class Calendar:
    """All dates of one registry. Tables are monthly, so a longer period has the dates of its last month."""

    def __init__(self, registry: Registry) -> None:
        """Reads reporting_calendar.csv, calendar_changes.csv, reopenings.csv and holidays.csv."""
        self.registry = registry
        self.workdays = Workdays(registry.rows("holidays"))
        self._deadlines: dict[tuple[str, str], Deadlines] = {}

    @cached_property
    def _changes(self) -> dict[tuple[str, str], Row]:
        return {(row["programme_id"], row["period"]): row for row in self.registry.rows("calendar_changes")}

    def has(self, programme_id: str) -> bool:
        """Whether a programme has dates; one that is only listed has none."""
        return any(row["programme_id"] == programme_id for row in self.registry.rows("reporting_calendar"))

    def deadlines(self, programme_id: str, period_id: str) -> Deadlines:
        """The three dates of a period; RegistryError where the programme has none.

        A row of calendar_changes.csv moves a date. No month closes before its tables are due, however dates were moved.
        """
        month = parse_period(period_id).months[-1]
        if (programme_id, month) not in self._deadlines:
            self._deadlines[programme_id, month] = self._counted(programme_id, month)
        return self._deadlines[programme_id, month]

    def _counted(self, programme_id: str, month: str) -> Deadlines:
        row = self.registry.row("reporting_calendar", "programme_id", programme_id)
        moved = self._changes.get((programme_id, month), {})
        ended = parse_period(month).last_date
        days: dict[str, date | None] = {}
        is_known = True
        for name in ("due", "no_new", "no_edits"):
            count, moved_to = row[f"{name}_workdays"], moved.get(f"{name}_on")
            counted = self.workdays.after(ended, int(count)) if count and not moved_to else None
            is_known = is_known and (counted is None or self._is_known(ended, counted))
            days[name] = date.fromisoformat(moved_to) if moved_to else counted
        due = days["due"]
        assert due
        no_new = max(days["no_new"], due) if days["no_new"] else None
        no_edits = max(days["no_edits"], no_new or due) if days["no_edits"] else None
        return Deadlines(due, no_new, no_edits, is_known)

    def _is_known(self, first: date, last: date) -> bool:
        return all(self.workdays.is_known(year) for year in range(first.year, last.year + 1))

    def is_reopened(self, programme_id: str, reporter_id: str, month: str, day: date) -> bool:
        """Whether a row of reopenings.csv lets a reporter send a closed month's table on a day."""
        return any(
            row["programme_id"] == programme_id
            and row["period"] == month
            and row["reporter_id"] in ("", reporter_id)
            and row["opened_on"] <= day.isoformat() <= row["until"]
            for row in self.registry.rows("reopenings")
        )

    def publication_day(self, programme_id: str, period_id: str) -> date:
        """The day at whose end a period's notice goes out: never before its tables are due."""
        row = self.registry.row("reporting_calendar", "programme_id", programme_id)
        counted = self.workdays.after(parse_period(period_id).last_date, int(row["publish_workdays"]))
        return max(counted, self.deadlines(programme_id, period_id).due_on)

    def objections_until(self, programme_id: str, drafted_on: date) -> date | None:
        """The last day on which reporters may object to a draft of a day; None where the registry sets no window."""
        count = self.registry.row("reporting_calendar", "programme_id", programme_id)["objection_workdays"]
        return self.workdays.after(drafted_on, int(count)) if count else None


@lru_cache(maxsize=8)
def calendar_of(registry: Registry) -> Calendar:
    """The calendar of a registry in memory, made once."""
    return Calendar(registry)


def due_time(registry: Registry, programme_id: str, period_id: str) -> datetime:
    """The end (UTC) of the day on which a period's table is due."""
    return calendar_of(registry).deadlines(programme_id, period_id).due_at


def publication_time(period_id: str) -> datetime:
    """The end (UTC) of the latest publication day over the programmes that have a notice of this period."""
    registry = load_registry(get_settings().registry)
    calendar = calendar_of(registry)
    period = parse_period(period_id)
    with_notice = notice_cadences(registry)
    times = [
        end_of_day(calendar.publication_day(row["programme_id"], period_id))
        for row in registry.rows("programmes")
        if (row["programme_id"], period.cadence) in with_notice
        and row["starts_on"] <= period.last_date.isoformat() <= row["ends_on"]
    ]
    if not times:
        raise RegistryError(f"{registry.folder / 'programmes.csv'}: no programme covers {period_id}")
    return max(times)


def calendar_warnings(registry: Registry, as_of: datetime) -> list[str]:
    """A sentence a programme that has ended months whose dates were counted without an announced calendar."""
    today = as_of.astimezone(TIMEZONE).date()
    months: dict[str, list[str]] = {}
    for row in programme_periods(registry):
        last_date = row["last_date"]
        assert isinstance(last_date, date)
        if row["cadence"] == MONTHLY and not row["is_calendar_known"] and last_date < today:
            months.setdefault(str(row["programme_id"]), []).append(str(row["period"]))
    return [
        f"{programme_id} {found[0]} 至 {found[-1]} 的截止或停收日期所在年份没有放假安排，暂按周末推算；"
        "请更新 chinesecalendar，或在 holidays.csv 登记该年的放假和调休。"
        for programme_id, found in months.items()
    ]


def notice_cadences(registry: Registry) -> set[tuple[str, str]]:
    """Programme and cadence of every kind of notice: those held with the reporters that the programme compares."""
    kinds = {row["programme_id"]: row["reporter_kind"] for row in registry.rows("programmes")}
    return {
        (row["programme_id"], row["cadence"])
        for row in registry.rows("programme_cadences")
        if row["reporter_kind"] == kinds[row["programme_id"]]
    }


def programme_periods(registry: Registry) -> list[dict[str, object]]:
    """The rows of raw.periods: every month and every period of a cadence that each programme has, inside its dates.

    Tables are monthly, so a programme has months even where its document asks for no monthly notice.
    """
    with_notice = notice_cadences(registry)
    calendar = calendar_of(registry)
    return [
        row | _dates_of(calendar.deadlines(str(row["programme_id"]), str(row["period"])))
        for programme in registry.rows("programmes")
        if programme["starts_on"]
        for row in _periods_of(programme)
        if row["cadence"] == MONTHLY or (row["programme_id"], row["cadence"]) in with_notice
    ]


def _dates_of(deadlines: Deadlines) -> dict[str, object]:
    moments = {"due_at": deadlines.due_at, "no_new_at": deadlines.no_new_at, "no_edits_at": deadlines.no_edits_at}
    naive = {name: moment and moment.astimezone(UTC).replace(tzinfo=None) for name, moment in moments.items()}
    return naive | {"is_calendar_known": deadlines.is_known}


def _periods_of(programme: Row) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    previous: dict[str, str] = {}
    for year in range(int(programme["starts_on"][:4]), int(programme["ends_on"][:4]) + 1):
        for period in periods_of_year(year):
            inside = programme["starts_on"] <= period.first_month.isoformat()
            if inside and period.last_date.isoformat() <= programme["ends_on"]:
                rows.append(
                    {
                        "programme_id": programme["programme_id"],
                        "cadence": period.cadence,
                        "period": period.id,
                        "period_label": period.label,
                        "first_month": period.first_month,
                        "last_month": period.last_month,
                        "last_date": period.last_date,
                        "month_count": len(period.months),
                        "previous_period": previous.get(period.cadence),
                    }
                )
                previous[period.cadence] = period.id
    return rows
