"""The registry of a publication is kept byte for byte, once."""

import shutil
from pathlib import Path

import pytest

from ingestion.registry import load_registry
from ingestion.registry_archive import keep_registry, kept_registry
from ingestion.settings import ROOT


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "tests" / "registries" / "air_quality", tmp_path / "seeds"))


def test_a_registry_is_kept_under_its_hash_and_reads_the_same(registry: Path, tmp_path: Path) -> None:
    sha256 = load_registry(registry).sha256
    assert kept_registry(tmp_path, sha256) is None
    assert keep_registry(registry, sha256, tmp_path)
    kept = kept_registry(tmp_path, sha256)
    assert kept is not None
    assert load_registry(kept).sha256 == sha256
    assert {p.name: p.read_bytes() for p in kept.iterdir()} == {p.name: p.read_bytes() for p in registry.iterdir()}
    assert [path.name for path in kept.parent.iterdir()] == [sha256]


def test_a_changed_registry_is_not_kept_under_the_old_hash_but_the_kept_one_stays(
    registry: Path, tmp_path: Path
) -> None:
    sha256 = load_registry(registry).sha256
    path = registry / "reporters.csv"
    original = path.read_text(encoding="utf-8")
    path.write_text(original.replace("恩施", "恩施州"), encoding="utf-8")
    assert not keep_registry(registry, sha256, tmp_path)
    assert kept_registry(tmp_path, sha256) is None
    path.write_text(original, encoding="utf-8")
    assert keep_registry(registry, sha256, tmp_path)
    path.write_text(original.replace("恩施", "恩施州"), encoding="utf-8")
    assert keep_registry(registry, sha256, tmp_path)


def test_a_damaged_copy_is_none_and_is_made_anew(registry: Path, tmp_path: Path) -> None:
    sha256 = load_registry(registry).sha256
    keep_registry(registry, sha256, tmp_path)
    copy = tmp_path / "registry" / sha256
    (copy / "reporters.csv").chmod(0o600)
    (copy / "reporters.csv").write_text("reporter_id\n", encoding="utf-8")
    assert kept_registry(tmp_path, sha256) is None
    assert keep_registry(registry, sha256, tmp_path)
    assert kept_registry(tmp_path, sha256) == copy
