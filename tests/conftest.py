"""What several test folders need: a data folder of their own, and one demonstration year built once."""

import os
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from ingestion.settings import Settings, get_settings

SHARED = get_settings().shared
_skipped_for_shared: list[str] = []
TESTS = Path(__file__).parent
# Folders and files whose tests neither copy a registry into the dbt project nor run dbt.
BESIDE_BUILDS = {
    "expectations",
    "samples",
    "ingestion/test_conform.py",
    "ingestion/test_documents.py",
    "ingestion/test_goal_reading.py",
    "ingestion/test_invented_documents.py",
    "ingestion/test_reading.py",
    "ingestion/test_registry.py",
    "ingestion/test_registry_check.py",
    "ingestion/test_registry_lint.py",
    "ingestion/test_sweep.py",
    "ingestion/test_templates.py",
    "test_bad_kinds.py",
    "test_mutated_workbooks.py",
    "test_repository.py",
}


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


class OneBuilder(LoadScopeScheduling):
    """With two workers, all that may build stays on one: dbt has one project, with one copy of a registry at a time.

    The others stay whole by file, so that what they share is made once.
    """

    def _split_scope(self, nodeid: str) -> str:
        path = PurePath(nodeid.partition("::")[0]).relative_to(TESTS.name)
        is_beside = path.parts[0] in BESIDE_BUILDS or str(path) in BESIDE_BUILDS
        return str(path) if is_beside else "builds"


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneBuilder:
    """Who runs what, where there are several workers."""
    return OneBuilder(config, log)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Remember what was skipped for want of the reading folder."""
    if report.skipped and f"{SHARED} is missing" in str(report.longrepr):
        _skipped_for_shared.append(report.nodeid)


def pytest_unconfigure() -> None:
    """The last line: what was not tested because the reading folder is missing."""
    if _skipped_for_shared and "PYTEST_XDIST_WORKER" not in os.environ:
        names = ", ".join(sorted(set(_skipped_for_shared)))
        print(f"\nskipped, because YIBIAO_SHARED ({SHARED}) is missing: {names}")
