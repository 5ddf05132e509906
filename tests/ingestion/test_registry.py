import re
import shutil
from pathlib import Path

import pytest

from ingestion.errors import RegistryError
from ingestion.registry import column_types, load_registry
from ingestion.settings import ROOT, Settings, get_settings

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


def test_a_dated_alias_means_a_reporter_in_its_own_months_only() -> None:
    registry = load_registry(SEEDS)
    assert registry.reporter_id_of("汉南区", "2021-03") == "wuhan_economic_zone"
    assert registry.reporter_id_of("汉南区", "2013-12") is None
    assert registry.reporter_id_of("汉南区") == "wuhan_economic_zone"


def test_an_alias_of_two_reporters_in_turn_needs_a_month(folder: Path) -> None:
    path = folder / "reporter_aliases.csv"
    path.write_text(
        path.read_text(encoding="utf-8") + "老城,jiangan,,2021-06-30\n老城,jianghan,2021-07-01,\n", encoding="utf-8"
    )
    registry = load_registry(folder)
    assert [registry.reporter_id_of("老城", month) for month in ("2021-06", "2021-07")] == ["jiangan", "jianghan"]
    assert registry.reporter_id_of("老城") is None


@pytest.mark.parametrize(
    ("file", "before", "after", "message"),
    [
        ("targets.csv", "value_low", "value", r"targets\.csv row 1: the header lacks value_low and has value;"),
        ("targets.csv", ",2000,", ",两千,", r"targets\.csv row \d+ column value_low: “两千”"),
        ("targets.csv", "2021-03-28", "28/03/2021", r"targets\.csv row 2 column valid_from"),
        ("reporters.csv", ",1,,,", ",first,,,", r"reporters\.csv row \d+ column display_order"),
        ("indicators.csv", ",true,", ",ja,", r"indicators\.csv row \d+ column is_non_negative"),
        ("programmes.csv", "innovation_2021,", "innovation_2021,,", r"programmes\.csv row 2: \d+ cells; expected \d+"),
    ],
)
def test_a_wrong_cell_stops_the_load_and_is_named(
    folder: Path, file: str, before: str, after: str, message: str
) -> None:
    change(folder / file, before, after)
    with pytest.raises(RegistryError, match=message):
        load_registry(folder)


def test_a_file_that_is_no_table_is_named(folder: Path) -> None:
    (folder / "target_splits.csv").rename(folder / "target_split.csv")
    with pytest.raises(RegistryError, match=r"target_split\.csv: no table of a registry has this name"):
        load_registry(folder)


def test_a_missing_required_file_is_named_and_an_optional_one_is_empty(folder: Path) -> None:
    (folder / "light_bands.csv").unlink()
    assert load_registry(folder).rows("light_bands") == []
    (folder / "indicators.csv").unlink()
    with pytest.raises(RegistryError, match=r"indicators\.csv: the file is missing"):
        load_registry(folder)


def problems(folder: Path) -> list[str]:
    """The lines of the error that a folder ends in, without the folder."""
    with pytest.raises(RegistryError) as error:
        load_registry(folder)
    return str(error.value).replace(f"{folder}/", "").split("\n")


def test_everything_wrong_is_named_at_once_in_the_order_of_files_and_rows(folder: Path) -> None:
    change(folder / "targets.csv", ",2000,", ",两千,")
    change(folder / "targets.csv", "wzb_2021_26,", "wzb_2021_62,")
    change(folder / "indicators.csv", ",true,", ",ja,")
    assert problems(folder) == [
        "indicators.csv row 2 column is_non_negative: “ja”; expected true or false",
        "targets.csv row 2 column document_id: “wzb_2021_62”; expected a document_id of documents.csv",
        "targets.csv row 4 column value_low: “两千”; expected a number like 1000 or 1.5, without separators",
    ]


def test_very_many_problems_are_counted(folder: Path) -> None:
    path = folder / "targets.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",city,", ",town,"), encoding="utf-8")
    lines = problems(folder)
    assert len(lines) == 51
    assert re.fullmatch(r"and \d+ more", lines[-1])


def test_rows_that_cannot_be_read_are_named_without_those_that_refer_to_them(folder: Path) -> None:
    (folder / "measures.csv").unlink()
    (folder / "indicators.csv").unlink()
    change(folder / "reporters.csv", "wuhan,", "wuhan,,")
    assert problems(folder) == [
        "indicators.csv: the file is missing; expected in every registry",
        "reporters.csv row 2: 9 cells; expected 8",
    ]


def test_a_file_in_another_encoding_is_named(folder: Path) -> None:
    path = folder / "reporters.csv"
    path.write_bytes(path.read_text(encoding="utf-8").encode("gb18030"))
    assert [re.sub(r"\d+", "N", line) for line in problems(folder)] == [
        "reporters.csv: byte N is not UTF-N; expected a file in UTF-N (in Excel: 另存为 CSV UTF-N)"
    ]


def test_a_row_is_counted_by_its_first_line_in_the_file(folder: Path) -> None:
    change(folder / "units.csv", "市委组织部,市级部门,", '"市委\n组织部",市级部门,')
    change(folder / "units.csv", "foreign_affairs_office,市委外办,市级部门", "\n\nforeign_affairs_office,市委外办,部门")
    assert [line for line in problems(folder) if line.startswith("units.csv")] == [
        "units.csv row 7 column unit_kind: “部门”; expected one of 市级部门, 区, 开发区, 其他"
    ]


@pytest.mark.parametrize(
    ("after", "message"),
    [
        ('"促进"武汉', "units.csv row 3: ',' expected after '\"'; expected cells as CSV writes them"),
        ('"市委宣传部', "units.csv row 3: unexpected end of data; expected cells as CSV writes them"),
    ],
)
def test_a_broken_quotation_is_named(folder: Path, after: str, message: str) -> None:
    change(folder / "units.csv", "市委宣传部", after)
    assert problems(folder) == [message]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (",2000,", ",NaN,"),
        (",2000,", ",1e3,"),
        (",2000,", ",２０００,"),
        (",2000,", ",2 000,"),
        (",2000,", ",0.0000001,"),
        (",2000,", f",1{'0' * 18},"),
        (",2021-03-28,", ",20210328,"),
        (",2021-03-28,", ",2021-W12-7,"),
        (",2021-03-28,", ",2021-02-29,"),
    ],
)
def test_what_python_reads_and_the_warehouse_does_not_is_a_wrong_cell(folder: Path, before: str, after: str) -> None:
    change(folder / "targets.csv", before, after)
    assert [line for line in problems(folder) if "expected a number like" in line or "expected a day like" in line]


def test_the_hash_changes_with_any_cell(folder: Path) -> None:
    before = load_registry(folder).sha256
    change(folder / "targets.csv", ",2000,", ",2001,")
    assert load_registry(folder).sha256 != before


def test_the_dbt_project_reads_its_copy_and_never_a_folder_outside() -> None:
    assert 'seed-paths: ["registry"]' in (ROOT / "dbt_project" / "dbt_project.yml").read_text(encoding="utf-8")


def test_each_dbt_project_has_a_copy_of_its_own(
    folder: Path, tmp_path: Path, home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies = []
    for name, value in (("one", "2001"), ("two", "2002")):
        (tmp_path / name).mkdir()
        monkeypatch.setenv("YIBIAO_DBT_PROJECT", str(tmp_path / name))
        get_settings.cache_clear()
        changed = Path(shutil.copytree(folder, tmp_path / f"{name}_registry"))
        change(changed / "targets.csv", ",2000,", f",{value},")
        load_registry(changed).copy_for_dbt()
        copies.append(get_settings().registry_copy)
    assert copies == [tmp_path / "one" / "registry", tmp_path / "two" / "registry"]
    assert [f",{value}," in (copies[0] / "targets.csv").read_text(encoding="utf-8") for value in (2001, 2002)] == [
        True,
        False,
    ]


def test_a_copy_that_is_the_same_stays_where_a_dbt_may_be_reading_it(
    folder: Path, tmp_path: Path, home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "project").mkdir()
    monkeypatch.setenv("YIBIAO_DBT_PROJECT", str(tmp_path / "project"))
    get_settings.cache_clear()
    load_registry(folder).copy_for_dbt()
    copy = get_settings().registry_copy
    before = copy.stat().st_ino
    load_registry(folder).copy_for_dbt()
    assert copy.stat().st_ino == before
    damaged = copy / "targets.csv"
    whole = damaged.read_bytes()
    damaged.write_bytes(whole[:-1])
    load_registry(folder).copy_for_dbt()
    assert damaged.read_bytes() == whole
