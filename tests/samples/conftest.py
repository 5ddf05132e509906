"""The demonstration year, written once for all tests of samples/, and what the registry asks for in it."""

from pathlib import Path

import pytest

from ingestion.periods import parse_period
from ingestion.registry import Registry, load_registry
from ingestion.settings import get_settings
from samples import SampleReport, write_demonstration_year

Owed = dict[tuple[str, str], dict[str, list[str]]]
DUE_MONTHS = {"month": range(1, 13), "quarter": (3, 6, 9, 12), "year": (12,)}


@pytest.fixture(scope="session")
def written_year(tmp_path_factory: pytest.TempPathFactory) -> SampleReport:
    """The whole year in an inbox of its own; tests read it and leave it as it is."""
    return write_demonstration_year(tmp_path_factory.mktemp("year") / "inbox")


@pytest.fixture(scope="session")
def registry() -> Registry:
    """The shipped registry, which the generator reads too."""
    return load_registry(get_settings().registry)


@pytest.fixture(scope="session")
def owed(registry: Registry) -> Owed:
    """What the registry asks for in 2021: by reporter and month, by programme's name, the indicators' names in order.

    Counted from the registry's rows here too, so that a table that the generator forgets is missed.
    """
    programmes = {row["programme_id"]: row for row in registry.rows("programmes") if row["starts_on"][:4] == "2021"}
    members = registry.rows("reporter_group_members")
    asked: Owed = {}
    for listed in sorted(registry.rows("programme_indicators"), key=lambda row: int(row["display_order"])):
        programme_id = listed["programme_id"]
        indicator = registry.row("indicators", "indicator_id", listed["indicator_id"])
        if programme_id not in programmes or indicator["home_programme_id"] != programme_id:
            continue
        if indicator["kind"] == "ratio" or listed["is_required"] != "true":
            continue
        scope = indicator["supplier_scope"].split("|")
        for reporter in registry.rows("reporters"):
            own = [
                m["group_id"]
                for m in members
                if (m["programme_id"], m["reporter_id"]) == (programme_id, reporter["reporter_id"])
            ]
            is_named = scope == [""] or {*own, reporter["reporter_id"]} & {*scope}
            if not (own and is_named and reporter["reporter_kind"] == indicator["supplier_kind"]):
                continue
            for month in DUE_MONTHS[indicator["frequency"]]:
                tables = asked.setdefault((reporter["reporter_id"], f"2021-{month:02d}"), {})
                tables.setdefault(programmes[programme_id]["programme_name"], []).append(indicator["indicator_name"])
    order = [row["programme_name"] for row in programmes.values()]
    assert {month for _, month in asked} == set(parse_period("2021").months)
    return {key: {name: tables[name] for name in order if name in tables} for key, tables in asked.items()}


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """An empty inbox."""
    return tmp_path / "inbox"
