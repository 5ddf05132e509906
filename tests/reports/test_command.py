"""The command line as a person meets it."""

import tomllib
from pathlib import Path

from typer.testing import CliRunner

import reports
from ingestion.settings import ROOT, Settings
from reports.__main__ import application
from reports.manifest import code_version
from tests.reports.factories import MONTH, MONTHLY

runner = CliRunner()


def test_publish_prints_where_the_notice_lies(warehouse: Path, settings: Settings) -> None:
    answer = runner.invoke(application, ["publish", "--cadence", MONTHLY, "--period", MONTH])
    assert answer.exit_code == 0, answer.output
    assert str(settings.published / MONTH / "pilot-monthly_dispatch" / "v1") in answer.output


def test_refusal_ends_non_zero_with_the_reason(warehouse: Path) -> None:
    answer = runner.invoke(application, ["publish", "--cadence", MONTHLY, "--period", "2021-13"])
    assert answer.exit_code == 1
    assert "2021-13" in answer.output


def test_missing_warehouse_is_a_readable_reason(settings: Settings) -> None:
    answer = runner.invoke(application, ["publish", "--cadence", MONTHLY, "--period", MONTH])
    assert answer.exit_code == 1
    assert "还没有数据仓库" in answer.output


def test_list_names_what_was_published(warehouse: Path, settings: Settings) -> None:
    runner.invoke(application, ["publish", "--cadence", MONTHLY, "--period", MONTH])
    answer = runner.invoke(application, ["list"])
    assert (answer.exit_code, MONTH in answer.output) == (0, True)


def test_front_door_is_sorted_and_complete() -> None:
    assert reports.__all__ == sorted(reports.__all__)
    assert all(hasattr(reports, name) for name in reports.__all__)


def test_code_version_is_a_commit_or_the_package_version() -> None:
    packaged = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    version = code_version()
    assert version == packaged or (len(version) == 40 and int(version, 16) >= 0)
