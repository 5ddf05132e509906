"""The reporting calendar: when a month's tables are due and when its notice goes out."""

from datetime import datetime

from ingestion.errors import RegistryError
from ingestion.periods import end_of_day, parse_period, periods_of_year
from ingestion.registry import Registry, Row, load_registry
from ingestion.settings import get_settings


def due_time(registry: Registry, programme_id: str, period_id: str) -> datetime:
    """The end (UTC) of the day on which a period's table is due."""
    return end_of_day(parse_period(period_id).last_date, _days(registry, programme_id, "due_days"))


def publication_time(period_id: str) -> datetime:
    """The end (UTC) of the latest publication day over the programmes that have this period."""
    registry = load_registry(get_settings().registry)
    last_date = parse_period(period_id).last_date
    times = [
        end_of_day(last_date, _days(registry, row["programme_id"], "publish_days"))
        for row in registry.rows("programmes")
        if row["starts_on"] <= last_date.isoformat() <= row["ends_on"]
    ]
    if not times:
        raise RegistryError(f"{registry.folder / 'programmes.csv'}: no programme covers {period_id}")
    return max(times)


def _days(registry: Registry, programme_id: str, column: str) -> int:
    return int(registry.row("reporting_calendar", "programme_id", programme_id)[column])


def programme_periods(registry: Registry) -> list[dict[str, object]]:
    """The rows of raw.periods: every period of every cadence that each programme has, inside its dates."""
    cadences = {(row["programme_id"], row["cadence"]) for row in registry.rows("programme_cadences")}
    return [
        row
        for programme in registry.rows("programmes")
        for row in _periods_of(programme)
        if (row["programme_id"], row["cadence"]) in cadences
    ]


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
