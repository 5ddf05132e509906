"""A row is the same row by the grain that its mart promises."""

import yaml

from reports.change_words import label_of
from reports.changes import COMPARED
from reports.grains import GRAINS
from reports.read import QUERIES
from tests.reports.factories import CONTRACTS, contract

MARTS = {"progress": "indicator_progress", "rankings": "indicator_rankings"}
# The same in every row of a notice.
OF_THE_NOTICE = {"programme_id", "cadence", "period"}


def promised_grains() -> dict[str, set[str]]:
    """Columns that are unique together, by mart."""
    models = [model for path in CONTRACTS for model in yaml.safe_load(path.read_text(encoding="utf-8"))["models"]]
    return {
        model["name"].removeprefix("dim_"): set(test["unique_together"]["arguments"]["columns"])
        for model in models
        for test in model.get("data_tests", [])
        if isinstance(test, dict) and "unique_together" in test
    }


def test_every_table_of_a_result_has_a_grain() -> None:
    assert QUERIES.keys() <= GRAINS.keys()


def test_every_compared_table_has_the_grain_of_its_mart() -> None:
    promised = promised_grains()
    for table in COMPARED:
        assert promised[MARTS.get(table, table)] - OF_THE_NOTICE <= set(GRAINS[table]), table


def test_every_compared_column_has_a_word_that_people_read() -> None:
    wordless = [
        f"{table}.{column}"
        for table in COMPARED
        for column in contract()[MARTS.get(table, table)]
        if column not in {*GRAINS[table], *OF_THE_NOTICE} and label_of(column) == column
    ]
    assert wordless == []


def test_what_makes_no_vintage_is_a_column_that_exists() -> None:
    for table, comparison in COMPARED.items():
        assert comparison.beside <= contract()[MARTS.get(table, table)].keys(), table
