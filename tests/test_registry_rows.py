"""The rows entered by hand from the five documents: units, tasks, mechanisms, numbers that are no targets."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from ingestion.registry import fold
from ingestion.settings import ROOT

SEEDS = ROOT / "dbt_project" / "seeds"
NUMERAL = "[一二三四五六七八九十]+"
CLAUSE = re.compile(rf"{NUMERAL}(\({NUMERAL}\)(\d+)?)?")
DIGITS = re.compile(r"\d+(?:\.\d+)?")
LONGEST_TASK = 40
FIVE_CADENCES = {
    "monthly_dispatch": "每月",
    "bimonthly_exchange": "双月",
    "quarterly_summary": "每季",
    "half_year_review": "每半年",
    "annual_assessment": "每年",
}


def read(table: str) -> list[dict[str, str]]:
    with (SEEDS / f"{table}.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert rows, f"{table}.csv is empty"
    return rows


def twice(values: list[object]) -> list[object]:
    return [value for value, count in Counter(values).items() if count > 1]


@pytest.fixture(scope="module")
def unit_ids() -> dict[str, str]:
    """Folded name or alias → unit_id."""
    names = [(row["unit_name"], row["unit_id"]) for row in read("units")]
    names += [(row["alias"], row["unit_id"]) for row in read("unit_aliases")]
    assert twice([fold(name) for name, _ in names]) == []
    return {fold(name): unit_id for name, unit_id in names}


def unknown_units(text: str, unit_ids: dict[str, str]) -> list[str]:
    return [name for name in text.split("、") if name and fold(name) not in unit_ids]


def test_the_five_documents_are_there() -> None:
    documents = read("documents")
    assert {row["file_name"][:3] for row in documents} == {"000", "001", "002", "003", "004"}
    assert [row["document_id"] for row in documents if row["status"] != "有效" and row["is_scored"] != "false"] == []


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("documents", ("document_id",)),
        ("units", ("unit_id",)),
        ("tasks", ("task_id",)),
        ("mechanisms", ("mechanism_id",)),
        ("not_targets", ("document_id", "clause", "text")),
    ],
)
def test_keys_are_unique(table: str, key: tuple[str, ...]) -> None:
    assert twice([tuple(row[column] for column in key) for row in read(table)]) == []


@pytest.mark.parametrize("table", ["tasks", "targets"])
def test_every_unit_named_is_a_unit(table: str, unit_ids: dict[str, str]) -> None:
    named = [f"{row['lead_units']}、{row['responsible_units']}" for row in read(table)]
    assert {name for text in named for name in unknown_units(text, unit_ids)} == set()


def test_every_actor_of_a_mechanism_is_a_unit(unit_ids: dict[str, str]) -> None:
    assert {name for row in read("mechanisms") for name in unknown_units(row["actors"], unit_ids)} == set()


def test_every_reporter_is_a_unit_under_its_own_id(unit_ids: dict[str, str]) -> None:
    names = [(row["reporter_name"], row["reporter_id"]) for row in read("reporters")]
    names += [(row["alias"], row["reporter_id"]) for row in read("reporter_aliases")]
    assert {name: reporter_id for name, reporter_id in names if unit_ids.get(fold(name)) != reporter_id} == {}


def test_units_name_documents_that_exist() -> None:
    documents = {row["document_id"] for row in read("documents")}
    named = {document for row in read("units") for document in row["document_ids"].split("|") if document}
    assert named == documents


@pytest.mark.parametrize("table", ["tasks", "mechanisms", "not_targets"])
def test_clauses_are_clause_paths_and_all_five_documents_have_rows(table: str) -> None:
    rows = read(table)
    assert [row for row in rows if not CLAUSE.fullmatch(row["clause"])] == []
    assert {row["document_id"] for row in rows} == {row["document_id"] for row in read("documents")}


def test_tasks_are_short_and_dated_where_they_are_due() -> None:
    rows = read("tasks")
    assert [row["task"] for row in rows if len(row["task"]) > LONGEST_TASK] == []
    assert [row["task_id"] for row in rows if (row["is_dated"] == "true") != bool(row["due"])] == []


@pytest.mark.parametrize("document_id", ["wzb_2021_100", "donghu_2022"])
def test_documents_without_lead_units_have_none(document_id: str) -> None:
    rows = [row for row in read("tasks") if row["document_id"] == document_id]
    assert rows
    assert [row["task_id"] for row in rows if row["lead_units"]] == []


def test_mechanisms_are_served_by_what_exists() -> None:
    served = {row["served_by"] for row in read("mechanisms")} - {"planned", "none"}
    assert served
    assert {path for path in served if not (ROOT / path).exists()} == set()


def test_the_five_cadences_are_mechanisms_of_the_document_that_names_five() -> None:
    prefix = "wzb_2021_100-"
    cadences = {row["mechanism_id"].removeprefix(prefix): row["cadence"] for row in read("mechanisms")}
    assert {name: cadences.get(name) for name in FIVE_CADENCES} == FIVE_CADENCES


def test_numbers_that_are_no_targets_stand_in_their_document(shared: Path) -> None:
    texts = {
        row["document_id"]: "".join((shared / "documents" / row["file_name"]).read_text(encoding="utf-8").split())
        for row in read("documents")
    }
    rows = [(row, number) for row in read("not_targets") for number in DIGITS.findall(row["text"])]
    assert rows
    numbers = {document_id: set(DIGITS.findall(text)) for document_id, text in texts.items()}
    assert [row for row, number in rows if number not in numbers[row["document_id"]]] == []
