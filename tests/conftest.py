"""What several test folders need: a data folder of their own, and one demonstration year built once."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path, PurePath
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from ingestion.settings import Settings, get_settings
from tests.receiver import Server
from tests.stages import copy_dbt_project

SHARED = get_settings().shared
_skipped_for_shared: list[str] = []
TESTS = Path(__file__).parent
# Folders whose tests share what is made once for all of them: they stay together.
WHOLE_FOLDERS = {"expectations", "reports", "samples"}
# What takes longest, longest first: what starts late is short, so that no worker waits long for the other.
LONGEST = (
    "test_airflow_quarter.py",
    "test_airflow_sign_off.py",
    "expectations",
    "reports",
    "test_demonstration_year.py",
    "test_reproduction.py",
    "test_mutated_workbooks.py",
    "test_other_registries.py",
    "test_any_order.py",
    "test_signed_corrections.py",
    "test_built_by_period.py",
    "test_second_opinion.py",
    "ingestion/test_target_arithmetic.py",
    "test_bad_kinds.py",
    "test_published_tables.py",
    "test_readme.py",
    "test_ledgers.py",
    "test_registry_page.py",
    "ingestion/test_templates.py",
    "test_scoring_sheet.py",
    "test_repository.py",
)


@pytest.fixture(scope="session", autouse=True)
def dbt_project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Every worker but the first builds in a copy of the dbt project; the first one in that which people run."""
    if os.environ.get("PYTEST_XDIST_WORKER", "gw0") == "gw0":
        yield
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YIBIAO_DBT_PROJECT", str(copy_dbt_project(tmp_path_factory.mktemp("dbt") / "project")))
        get_settings.cache_clear()
        yield
    get_settings.cache_clear()


@pytest.fixture(scope="module", autouse=True)
def settings_of_one_module() -> Iterator[None]:
    """What the tests of a module set is not left to those of the next one that its worker runs."""
    yield
    get_settings.cache_clear()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """Settings of an empty data folder with its inbox."""
    monkeypatch.setenv("YIBIAO_HOME", str(tmp_path / "home"))
    get_settings.cache_clear()
    get_settings().inbox.mkdir(parents=True)
    yield get_settings()
    get_settings.cache_clear()


@pytest.fixture
def receivers(monkeypatch: pytest.MonkeyPatch, home: Settings) -> Iterator[Callable[..., list[Server]]]:
    """Starts receivers of notifications that answer with the given statuses, and sets their addresses."""
    started: list[Server] = []

    def start(*answers: int) -> list[Server]:
        started.extend(Server(answer) for answer in answers)
        monkeypatch.setenv("YIBIAO_NOTIFY_URLS", " ".join(server.url for server in started))
        get_settings.cache_clear()
        return started

    yield start
    for server in started:
        server.close()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The reading folder (YIBIAO_SHARED); tests that need it are skipped, by name, where it is missing."""
    if not SHARED.is_dir():
        pytest.skip(f"{SHARED} is missing")
    return SHARED


def scope_of(nodeid: str) -> str:
    """What stays on one worker: a file, or a folder that shares what it makes."""
    path = PurePath(nodeid.partition("::")[0]).relative_to(TESTS.name)
    return path.parts[0] if path.parts[0] in WHOLE_FOLDERS else path.as_posix()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first."""
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(scope_of(item.nodeid), len(places)))


class Scopes(LoadScopeScheduling):
    """Gives each worker a whole scope at a time."""

    def _split_scope(self, nodeid: str) -> str:
        return scope_of(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scopes:
    """Who runs what, where there are several workers: in our order, not by the number of tests."""
    config.option.loadscopereorder = False
    return Scopes(config, log)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Remember what was skipped for want of the reading folder."""
    if report.skipped and f"{SHARED} is missing" in str(report.longrepr):
        _skipped_for_shared.append(report.nodeid)


def pytest_unconfigure() -> None:
    """The last line: what was not tested because the reading folder is missing."""
    if _skipped_for_shared and "PYTEST_XDIST_WORKER" not in os.environ:
        names = ", ".join(sorted(set(_skipped_for_shared)))
        print(f"\nskipped, because YIBIAO_SHARED ({SHARED}) is missing: {names}")
