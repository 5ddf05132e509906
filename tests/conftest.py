"""What several test folders need: a data folder of their own, and one demonstration year built once."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingestion.settings import Settings, get_settings

SHARED = get_settings().shared
_skipped_for_shared: list[str] = []


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """Settings of an empty data folder with its inbox."""
    monkeypatch.setenv("YIBIAO_HOME", str(tmp_path / "home"))
    get_settings.cache_clear()
    get_settings().inbox.mkdir(parents=True)
    yield get_settings()
    get_settings.cache_clear()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The reading folder (YIBIAO_SHARED); tests that need it are skipped, by name, where it is missing."""
    if not SHARED.is_dir():
        pytest.skip(f"{SHARED} is missing")
    return SHARED


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Remember what was skipped for want of the reading folder."""
    if report.skipped and f"{SHARED} is missing" in str(report.longrepr):
        _skipped_for_shared.append(report.nodeid)


def pytest_unconfigure() -> None:
    """The last line: what was not tested because the reading folder is missing."""
    if _skipped_for_shared and "PYTEST_XDIST_WORKER" not in os.environ:
        names = ", ".join(sorted(set(_skipped_for_shared)))
        print(f"\nskipped, because YIBIAO_SHARED ({SHARED}) is missing: {names}")
