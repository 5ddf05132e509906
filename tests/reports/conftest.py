"""A data folder of its own for every test, with the small warehouse in it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingestion.settings import Settings, get_settings
from tests.reports.factories import create_warehouse


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """Settings of an empty data folder."""
    monkeypatch.setenv("YIBIAO_HOME", str(tmp_path / "home"))
    get_settings.cache_clear()
    yield get_settings()
    get_settings.cache_clear()


@pytest.fixture(scope="session")
def pristine_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small case, built once; tests work on copies."""
    return create_warehouse(tmp_path_factory.mktemp("warehouse") / "pipeline.duckdb")


@pytest.fixture
def warehouse(settings: Settings, pristine_warehouse: Path) -> Path:
    """The pipeline's warehouse with the small case built into it."""
    settings.pipeline_file.parent.mkdir(parents=True)
    shutil.copy(pristine_warehouse, settings.pipeline_file)
    return settings.pipeline_file
