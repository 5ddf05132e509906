"""What holds for the whole house: which way imports run, that names are defined once, that style is clean."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from ingestion.contract import NUMBER_COLUMNS
from ingestion.settings import ROOT, Settings
from ingestion.store import RAW_TABLES
from tests.conftest import LONGEST, TESTS, WHOLE_FOLDERS

PACKAGES = ("dags", "operations", "reports", "expectations", "ingestion")
MAY_IMPORT = {
    "ingestion": {"ingestion"},
    "expectations": {"expectations", "ingestion"},
    "reports": {"reports", "ingestion"},
    "operations": {"operations", "reports", "expectations", "ingestion", "samples"},
    "samples": {"samples", "ingestion"},
}


def python_files(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def imported_packages(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names & {*MAY_IMPORT, *PACKAGES}


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_imports_run_one_way(package: str) -> None:
    files = python_files(package)
    assert files
    wrong = {path.name: extra for path in files if (extra := imported_packages(path) - MAY_IMPORT[package])}
    assert wrong == {}


def test_sources_name_the_raw_tables_that_exist() -> None:
    sources = yaml.safe_load((ROOT / "dbt_project/models/staging/_submissions__sources.yml").read_text())["sources"]
    assert {table["name"] for table in sources[0]["tables"]} == set(RAW_TABLES)


def test_staging_reads_every_number_column_of_the_contract() -> None:
    sql = (ROOT / "dbt_project/models/staging/stg_submissions__values.sql").read_text()
    assert {column.name for column in NUMBER_COLUMNS} <= set(re.findall(r"source\.(\w+)", sql))


def test_every_mart_has_an_enforced_contract_and_names_its_grain() -> None:
    """In Chinese first, which the analysts read as the table's comment; every column is explained in Chinese too."""
    project = yaml.safe_load((ROOT / "dbt_project" / "dbt_project.yml").read_text())
    for layer in ("marts", "views"):
        folder = ROOT / "dbt_project" / "models" / layer
        paths = sorted(folder.glob("_*__models.yml"))
        models = [model for path in paths for model in yaml.safe_load(path.read_text(encoding="utf-8"))["models"]]
        assert sorted(model["name"] for model in models) == sorted(path.stem for path in folder.glob("*.sql"))
        grains = {model["name"]: model["description"] for model in models}
        assert [name for name, text in grains.items() if "One row" not in text or "一行" not in text] == []
        columns = [(model["name"], column) for model in models for column in model["columns"]]
        assert [
            (name, column["name"])
            for name, column in columns
            if not re.search("[\u4e00-\u9fff]", column.get("description", ""))
        ] == []
        assert project["models"]["yibiao"][layer]["+contract"]["enforced"] is True


def test_no_policy_figure_and_no_district_stands_in_code() -> None:
    names = [line.split(",")[1] for line in (ROOT / "dbt_project/seeds/reporters.csv").read_text().splitlines()[2:]]
    code = [path for package in PACKAGES for path in python_files(package)]
    code += [*(ROOT / "dbt_project" / "models").rglob("*.sql"), *(ROOT / "reports" / "templates").iterdir()]
    assert len(code) > 60
    found = {path.name: name for path in code for name in names if name in path.read_text(encoding="utf-8")}
    assert found == {}


def test_every_setting_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    missing = [name for name in Settings.model_fields if f"`YIBIAO_{name.upper()}`" not in readme]
    assert missing == []


def test_no_path_of_a_machine_stands_in_a_tracked_file() -> None:
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if tracked.returncode:
        pytest.skip("not a git checkout")
    files = [ROOT / name for name in tracked.stdout.split("\0") if name and not name.endswith(".lock")]
    machine_path = re.compile(r"(?<![\w.])/(?:root|home/\w+|Users)/")
    texts = {path: path.read_bytes().decode("utf-8", "ignore") for path in files if path.is_file()}
    assert [str(path) for path, text in texts.items() if machine_path.search(text)] == []


def test_python_style_is_clean() -> None:
    for command in (["check", "."], ["format", "--check", "."]):
        result = subprocess.run([sys.executable, "-m", "ruff", *command], cwd=ROOT, capture_output=True, text=True)
        assert result.returncode == 0, result.stdout


def test_sql_style_is_clean() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "sqlfluff", "lint", "dbt_project/models", "dbt_project/tests", "--disable-progress-bar"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stdout[-4000:]


def test_what_the_workers_share_out_is_there() -> None:
    assert [name for name in (*LONGEST, *WHOLE_FOLDERS) if not (TESTS / name).exists()] == []
