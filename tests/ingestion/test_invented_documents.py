"""Whole texts of our own, each with the goals that a person finds in it: <name>.txt and <name>.csv."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from ingestion.document_text import read_document
from ingestion.documents import draft
from ingestion.registry import Registry, load_registry
from ingestion.registry_check import check_document
from ingestion.settings import ROOT, get_settings

FOLDER = ROOT / "tests" / "documents"
COLUMNS = ("clause", "comparator", "value_low", "value_high", "unit", "period", "scope")
LABELLED = sorted(path.stem for path in FOLDER.glob("*.csv"))


@pytest.mark.parametrize("name", LABELLED)
def test_the_goals_of_a_text_are_drafted(name: str) -> None:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        expected = Counter(tuple(row[column] for column in COLUMNS) for row in csv.DictReader(file))
    rows = draft(read_document(FOLDER / f"{name}.txt"), name)["targets"]
    drafted = Counter(tuple(row[column] for column in COLUMNS) for row in rows)
    assert expected - drafted == Counter()
    assert drafted - expected == Counter()
    assert sum(expected.values()) > 40


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.txt")), ids=lambda path: path.stem)
def test_confirmed_drafts_leave_no_number_unclassified(path: Path) -> None:
    check(path, path.stem)


def test_confirmed_drafts_of_the_real_texts_leave_no_number_unclassified(shared: Path) -> None:
    for document in load_registry(get_settings().registry).rows("documents"):
        path = shared / "documents" / document["file_name"]
        if document["file_name"] and path.exists():
            check(path, document["document_id"])


def check(path: Path, document_id: str) -> None:
    text = read_document(path)
    assert [
        str(problem) for problem in check_document(Registry(path, draft(text, document_id), ""), document_id, text)
    ] == []
