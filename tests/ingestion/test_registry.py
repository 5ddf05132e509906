import shutil
from pathlib import Path

import pytest

from ingestion.errors import RegistryError
from ingestion.registry import column_types, load_registry
from ingestion.settings import ROOT, get_settings

SEEDS = get_settings().registry


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SEEDS, tmp_path / "registry"))


def change(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def test_every_seed_file_is_in_the_one_list_of_columns() -> None:
    assert {path.stem for path in SEEDS.glob("*.csv")} == set(column_types())


def test_names_and_aliases_mean_the_same_reporter() -> None:
    registry = load_registry(SEEDS)
    names = ["lingang_economic_zone", "临空港经开区(东西湖区)", "临空港经开区（东西湖区）", "东西湖区", " 东西湖 区"]
    assert {registry.reporter_id_of(name) for name in names} == {"lingang_economic_zone"}
    assert registry.reporter_id_of("火星区") is None
    assert registry.reporter_id_of(None) is None


@pytest.mark.parametrize(
    ("file", "before", "after", "message"),
    [
        ("targets.csv", "value_low", "value", r"targets\.csv: the header"),
        ("targets.csv", ",2000,", ",两千,", r"targets\.csv row \d+ column value_low: “两千”"),
        ("targets.csv", "2021-03-28", "28/03/2021", r"targets\.csv row 2 column valid_from"),
        ("reporters.csv", ",1,,,", ",first,,,", r"reporters\.csv row \d+ column display_order"),
        ("indicators.csv", ",true,", ",ja,", r"indicators\.csv row \d+ column is_non_negative"),
        ("programmes.csv", "innovation_2021,", "innovation_2021,,", r"programmes\.csv row 2: 7 cells"),
    ],
)
def test_a_wrong_cell_stops_the_load_and_is_named(
    folder: Path, file: str, before: str, after: str, message: str
) -> None:
    change(folder / file, before, after)
    with pytest.raises(RegistryError, match=message):
        load_registry(folder)


def test_a_missing_required_file_is_named_and_an_optional_one_is_empty(folder: Path) -> None:
    (folder / "targets.csv").unlink()
    assert load_registry(folder).rows("targets") == []
    (folder / "indicators.csv").unlink()
    with pytest.raises(RegistryError, match=r"indicators\.csv: the file is missing"):
        load_registry(folder)


def test_the_hash_changes_with_any_cell(folder: Path) -> None:
    before = load_registry(folder).sha256
    change(folder / "targets.csv", ",2000,", ",2001,")
    assert load_registry(folder).sha256 != before


def test_the_dbt_project_reads_its_copy_and_never_a_folder_outside() -> None:
    assert 'seed-paths: ["registry"]' in (ROOT / "dbt_project" / "dbt_project.yml").read_text(encoding="utf-8")
