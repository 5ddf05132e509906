"""What is published can be read by a group and written by nobody, and the next edition is not hindered by it."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingestion.settings import Settings
from reports.publish import publish
from tests.reports.factories import MONTH, MONTHLY, correct_one_reporter


@pytest.fixture(params=[0o000, 0o077], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[bool, set[int]]:
    """The modes that occur below a folder, by whether it is a folder that has them."""
    found: dict[bool, set[int]] = {True: {stat.S_IMODE(folder.stat().st_mode)}, False: set()}
    for path in folder.rglob("*"):
        found[path.is_dir()].add(stat.S_IMODE(path.stat().st_mode))
    return found


@pytest.mark.usefixtures("umask")
def test_editions_are_frozen_and_drafts_can_be_replaced(warehouse: Path, settings: Settings) -> None:
    for _ in range(2):
        (draft,) = publish(MONTHLY, MONTH, is_draft=True)
        assert draft.folder is not None
        assert modes(draft.folder) == {True: {0o750}, False: {0o640}}
    for version in (1, 2):
        (edition,) = publish(MONTHLY, MONTH)
        assert edition.folder is not None
        assert (edition.version, modes(edition.folder)) == (version, {True: {0o750}, False: {0o444}})
        correct_one_reporter(warehouse)
    assert modes(settings.published) == {True: {0o750}, False: {0o444, 0o640}}
    assert stat.S_IMODE((settings.published / "index.html").stat().st_mode) == 0o640
    assert stat.S_IMODE(settings.analyst_file.stat().st_mode) == 0o640
