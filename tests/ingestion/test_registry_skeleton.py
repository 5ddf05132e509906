"""The empty registry that a new city begins with."""

from pathlib import Path

from typer.testing import CliRunner

from ingestion.registry_skeleton import app
from ingestion.seed_files import column_types, read_seed_file


def test_every_table_is_there_with_its_header_and_no_row(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, [str(tmp_path / "registry")])
    assert result.exit_code == 0, result.output
    assert {path.stem for path in (tmp_path / "registry").iterdir()} == set(column_types())
    for table, types in column_types().items():
        path = tmp_path / "registry" / f"{table}.csv"
        assert read_seed_file(path, path.read_bytes(), types) == ([], [])


def test_a_folder_with_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "targets.csv").write_text("mine", encoding="utf-8")
    result = CliRunner().invoke(app, [str(tmp_path)])
    assert result.exit_code == 1 and "not empty" in result.output
    assert [path.read_text(encoding="utf-8") for path in tmp_path.iterdir()] == ["mine"]
