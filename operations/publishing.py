"""What the DAGs do once they know the period: build if an input changed, then publish. Plain functions, no Airflow.

Building and publishing hold the writer lock together: nobody else's build comes between a notice and its marts.

An announcement tells the roll-ups which month was published, and as of when.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ingestion.periods import parse_moment, parse_period
from ingestion.registry import load_registry
from ingestion.settings import get_settings
from ingestion.store import open_warehouse, writer_lock
from operations.build import ensure_build
from operations.sign_off import Request, Signed, publish_as_signed, request_signature, standing_request
from reports.errors import NoticeNotFound, PublicationError
from reports.publish import Publication, publish
from reports.read import programmes_with
from reports.sign_off import pending
from reports.vintage import latest_manifest, published_months

MONTHLY = "monthly_dispatch"


@dataclass(frozen=True)
class Announcement:
    """A month was published, or found unchanged, as of a moment (aware)."""

    month: str
    as_of: datetime

    def to_extra(self) -> dict[str, str]:
        """As it travels with an asset event."""
        return {"month": self.month, "as_of": self.as_of.isoformat()}

    @classmethod
    def from_extra(cls, extra: dict[str, str]) -> "Announcement":
        """As it came with an asset event; KeyError where it is no announcement."""
        return cls(extra["month"], parse_moment(extra["as_of"]))


@dataclass(frozen=True)
class MonthOutcome:
    """What became of a month's notices, and which months to announce to the roll-ups."""

    publications: list[Publication]
    announcement: Announcement
    announced_months: list[str]


def publish_month(
    month: str, as_of: datetime | None, signed: Signed | None = None, programme_ids: Sequence[str] | None = None
) -> MonthOutcome:
    """Publish a month as of a moment (None: now, written down by the build), or what was signed as of its drafts.

    A roll-up waits for all its months, so a corrected month alone would never start it again: a month that had been
    published before announces every published month of its year.

    A roll-up holds all programmes: a month limited to some of them (None: no limit) announces nothing as long as
    another programme's notice of that month has still to be published.
    """
    published_before = published_months(parse_period(month).year)
    with writer_lock():
        build = ensure_build(signed.as_of if signed else as_of)
        publications = publish_as_signed(MONTHLY, month, signed, programme_ids)
        announced = published_before if month in published_before else [month]
        if programme_ids and not _is_all_published(month):
            announced = []
        announced = months_published_by_all(announced)
    return MonthOutcome(publications, Announcement(month, build.as_of), announced)


def _is_all_published(month: str) -> bool:
    """Whether the newest vintages of all programmes say what the marts say now."""
    try:
        return not pending(MONTHLY, month)
    except (NoticeNotFound, PublicationError):
        return False


def months_published_by_all(months: Sequence[str]) -> list[str]:
    """Those of some months that every programme with a monthly notice of them has published."""
    with open_warehouse(read_only=True) as connection:
        programmes = {month: programmes_with(connection, MONTHLY, month) for month in months}
    return [m for m in months if all(latest_manifest(programme, m, MONTHLY) for programme in programmes[m])]


def publish_roll_up(
    cadence: str,
    period: str,
    as_of: datetime | None,
    announcements: Sequence[Announcement] = (),
    signed: Signed | None = None,
    programme_ids: Sequence[str] | None = None,
) -> list[Publication]:
    """Publish the notice of a longer period as of the given moment, else as of its announced months.

    Announcements of other months of the year only came along with a revision: where there is nothing else, the notice
    stays as it is and nothing is built. Without announcements the newest vintages of the months say as of when. What
    was signed is published as of its drafts. `programme_ids` limits it to some programmes.
    """
    if _is_untouched(period, as_of, announcements):
        return _standing(cadence, period)
    with writer_lock():
        ensure_build(signed.as_of if signed else _roll_up_as_of(period, as_of, announcements, programme_ids))
        return publish_as_signed(cadence, period, signed, programme_ids)


def request_month(month: str, as_of: datetime | None, programme_ids: Sequence[str] | None = None) -> Request:
    """Lay the drafts of a month before a person; as of when, see `publish_month`."""
    return request_signature(MONTHLY, month, as_of, programme_ids)


def request_roll_up(
    cadence: str,
    period: str,
    as_of: datetime | None,
    announcements: Sequence[Announcement] = (),
    programme_ids: Sequence[str] | None = None,
) -> Request:
    """Lay the drafts of a longer period before a person; when nobody is asked and as of when, see `publish_roll_up`."""
    if _is_untouched(period, as_of, announcements):
        return standing_request(_standing(cadence, period))
    moment = _roll_up_as_of(period, as_of, announcements, programme_ids)
    return request_signature(cadence, period, moment, programme_ids)


def _is_untouched(period: str, as_of: datetime | None, announcements: Sequence[Announcement]) -> bool:
    return bool(announcements) and as_of is None and not _own(period, announcements)


def _roll_up_as_of(
    period: str,
    as_of: datetime | None,
    announcements: Sequence[Announcement] = (),
    programme_ids: Sequence[str] | None = None,
) -> datetime | None:
    announced = max((announcement.as_of for announcement in _own(period, announcements)), default=None)
    return as_of or announced or as_of_of_months(parse_period(period).months, programme_ids)


def _own(period: str, announcements: Sequence[Announcement]) -> list[Announcement]:
    months = parse_period(period).months
    return [announcement for announcement in announcements if announcement.month in months]


def draft(
    cadence: str, period: str, as_of: datetime | None, programme_ids: Sequence[str] | None = None
) -> list[Publication]:
    """Calculate a period as publishing it would and lay out its notices as drafts; nothing is published or announced.

    `programme_ids` limits it to some programmes.
    """
    with writer_lock():
        ensure_build(as_of if cadence == MONTHLY else _roll_up_as_of(period, as_of, (), programme_ids))
        return publish(cadence, period, programme_ids, is_draft=True)


def as_of_of_months(months: Sequence[str], programme_ids: Sequence[str] | None = None) -> datetime | None:
    """The latest as-of (UTC) among the newest vintages of some months, over some or all programmes; None: no such."""
    programmes = programme_ids or _programmes()
    manifests = [latest_manifest(programme, month, MONTHLY) for month in months for programme in programmes]
    return max((parse_moment(manifest["as_of"]) for manifest in manifests if manifest), default=None)


def _standing(cadence: str, period: str) -> list[Publication]:
    """The newest vintages of a period's notices, as they are."""
    manifests = {programme: latest_manifest(programme, period, cadence) for programme in _programmes()}
    return [
        Publication(programme, period, cadence, manifest["version"], None, "unchanged")
        for programme, manifest in manifests.items()
        if manifest
    ]


def _programmes() -> list[str]:
    return [row["programme_id"] for row in load_registry(get_settings().registry).rows("programmes")]
