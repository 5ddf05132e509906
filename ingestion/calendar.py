"""The reporting calendar: when a month's tables are due and when its notice goes out."""

from datetime import datetime

from ingestion.errors import RegistryError
from ingestion.periods import end_of_day, parse_period, periods_of_year
from ingestion.registry import Registry, Row, load_registry
from ingestion.settings import get_settings

MONTHLY = "monthly_dispatch"


def due_time(registry: Registry, programme_id: str, period_id: str) -> datetime:
    """The end (UTC) of the day on which a period's table is due."""
    return end_of_day(parse_period(period_id).last_date, _days(registry, programme_id, "due_days"))


def publication_time(period_id: str) -> datetime:
    """The end (UTC) of the latest publication day over the programmes that have a notice of this period."""
    registry = load_registry(get_settings().registry)
    period = parse_period(period_id)
    with_notice = notice_cadences(registry)
    times = [
        end_of_day(period.last_date, _days(registry, row["programme_id"], "publish_days"))
        for row in registry.rows("programmes")
        if (row["programme_id"], period.cadence) in with_notice
        and row["starts_on"] <= period.last_date.isoformat() <= row["ends_on"]
    ]
    if not times:
        raise RegistryError(f"{registry.folder / 'programmes.csv'}: no programme covers {period_id}")
    return max(times)


def _days(registry: Registry, programme_id: str, column: str) -> int:
    return int(registry.row("reporting_calendar", "programme_id", programme_id)[column])


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
    return [
        row
        for programme in registry.rows("programmes")
        if programme["starts_on"]
        for row in _periods_of(programme)
        if row["cadence"] == MONTHLY or (row["programme_id"], row["cadence"]) in with_notice
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
