"""docs/运维手册.md shows messages as they print: those that can be caused in a moment are caused here."""

import pytest

from ingestion.settings import ROOT
from tests.reports.handbook_causes import CAUSES, Scene, as_shown

HANDBOOK = (ROOT / "docs" / "运维手册.md").read_text(encoding="utf-8")


@pytest.fixture
def scene(settings, warehouse, monkeypatch, caplog, capsys) -> Scene:
    monkeypatch.delenv("YIBIAO_NOTIFY_URLS", raising=False)
    return Scene(settings, warehouse, monkeypatch, caplog, capsys)


@pytest.mark.parametrize("name", CAUSES)
def test_the_handbook_shows_what_really_prints(scene: Scene, name: str) -> None:
    message = as_shown(CAUSES[name](scene), scene.settings)
    assert message
    assert f"```text\n{message}\n```" in HANDBOOK
