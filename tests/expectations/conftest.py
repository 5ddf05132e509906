"""A data folder and a small registry of its own for every test, and one Great Expectations run for all rule cases."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from expectations import JudgementReport, judge
from ingestion.registry import Registry, load_registry
from ingestion.settings import Settings, get_settings
from ingestion.store import open_warehouse
from tests.expectations.factories import Submission, write_registry


class Judged:
    """What raw holds after judging."""

    def __init__(self) -> None:
        with open_warehouse() as connection:
            self.judgements = {row["receipt_id"]: row for row in _rows(connection, "judgements")}
            self.findings = _rows(connection, "findings")

    def verdict(self, submission: Submission) -> str:
        return self.judgements[submission.id]["verdict"]

    def accepted_at(self, submission: Submission) -> Any:
        return self.judgements[submission.id]["accepted_at"]

    def of(self, submission: Submission) -> list[dict[str, Any]]:
        return [finding for finding in self.findings if finding["receipt_id"] == submission.id]

    def rules(self, submission: Submission) -> list[str]:
        return sorted({finding["rule_id"] for finding in self.of(submission)})


def _rows(connection: Any, table: str) -> list[dict[str, Any]]:
    cursor = connection.execute(f"select * from raw.{table} order by all")
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]


class Desk:
    """Receives submissions and has them judged, as the real commands do."""

    def __init__(self, settings: Settings, registry: Registry) -> None:
        self.settings = settings
        self.registry = registry

    def receive(self, *submissions: Submission) -> None:
        with open_warehouse() as connection:
            for submission in submissions:
                submission.land(connection, self.registry, self.settings)

    def judge(self, *submissions: Submission) -> JudgementReport:
        self.receive(*submissions)
        return judge()


@pytest.fixture(scope="session")
def registry_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_registry(tmp_path_factory.mktemp("registry") / "seeds")


@pytest.fixture(scope="session")
def registry(registry_folder: Path) -> Registry:
    return load_registry(registry_folder)


@pytest.fixture
def new_desk(
    registry_folder: Path, registry: Registry, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Desk]]:
    """Makes desks, each with an empty data folder; the last one made is the one in use."""

    def make(**environment: str) -> Desk:
        monkeypatch.setenv("YIBIAO_HOME", str(tmp_path_factory.mktemp("home")))
        monkeypatch.setenv("YIBIAO_REGISTRY", str(registry_folder))
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        get_settings.cache_clear()
        return Desk(get_settings(), registry)

    yield make
    get_settings.cache_clear()


@pytest.fixture
def desk(new_desk: Callable[..., Desk]) -> Desk:
    return new_desk()
