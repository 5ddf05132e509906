"""The demonstration year, written once for all tests of samples/."""

from pathlib import Path

import pytest

from ingestion.registry import Registry, load_registry
from ingestion.settings import get_settings
from samples import SampleReport, write_demonstration_year


@pytest.fixture(scope="session")
def written_year(tmp_path_factory: pytest.TempPathFactory) -> SampleReport:
    """The whole year in an inbox of its own; tests read it and leave it as it is."""
    return write_demonstration_year(tmp_path_factory.mktemp("year") / "inbox")


@pytest.fixture(scope="session")
def registry() -> Registry:
    """The shipped registry, which the generator reads too."""
    return load_registry(get_settings().registry)


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """An empty inbox."""
    return tmp_path / "inbox"
