"""A notice says so where its dates were counted without an announced holiday calendar."""

from pathlib import Path

import pytest

from ingestion.settings import Settings
from reports.catalogue import UNKNOWN_CALENDAR_STATEMENT
from reports.publish import publish
from tests.reports.factories import MONTH, MONTHLY, execute


@pytest.mark.parametrize(("is_known", "is_said"), [("false", True), ("true", False), ("null", False)])
def test_dates_counted_by_weekends_are_said_to_be(
    warehouse: Path, settings: Settings, is_known: str, is_said: bool
) -> None:
    execute(warehouse, f"update marts.periods set is_calendar_known = {is_known}")
    (publication,) = publish(MONTHLY, MONTH)
    assert publication.folder is not None
    page = (publication.folder / "notice.html").read_text(encoding="utf-8")
    assert (UNKNOWN_CALENDAR_STATEMENT in page) is is_said
