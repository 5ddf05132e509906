"""Gives a world to the real thing: its registry as a folder, its submissions as raw rows; and reads the marts back."""

import csv
import os
from contextlib import contextmanager
from datetime import UTC

from ingestion.registry import load_registry
from ingestion.runs import record_run
from ingestion.seed_files import column_types
from ingestion.settings import get_settings
from ingestion.store import insert_rows, open_warehouse
from tests.stages import DBT, WITHOUT_TESTS, run

MARTS = ("indicator_progress", "indicator_rankings", "city_progress", "submission_status") + (
    "score_parts",
    "composite_rankings",
    "movers",
    "task_progress",
    "clause_ledger",
    "unit_progress",
)


def build(world, home, dbt_target):
    """The marts of a world by name; their rows by column."""
    write_registry(world, home / "registry")
    environment = {"YIBIAO_HOME": str(home), "YIBIAO_REGISTRY": str(home / "registry")}
    with settings_of(environment), open_warehouse() as connection:
        registry = load_registry(get_settings().registry)
        registry.copy_for_dbt()
        for table, rows in raw_rows(world).items():
            insert_rows(connection, table, rows)
        record_run(connection, registry, world.as_of)
    places = ["--target-path", dbt_target, "--log-path", dbt_target]
    # Data tests hold for registries that people keep; a programme made at random may have odd parts of a target.
    selected = ["--select", *(f"+{mart}" for mart in MARTS)]
    run(DBT, "build", *WITHOUT_TESTS, *selected, *places, home=home, folder=get_settings().dbt_project, **environment)
    with settings_of(environment), open_warehouse(read_only=True) as connection:
        return {mart: read_mart(connection, mart) for mart in MARTS}


@contextmanager
def settings_of(environment):
    """The project's settings as they are in another environment."""
    before = {name: os.environ.get(name) for name in environment}
    os.environ.update(environment)
    get_settings.cache_clear()
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
        get_settings.cache_clear()


def read_mart(connection, mart):
    result = connection.execute(f"select * from marts.{mart}")
    names = [name for name, *_ in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def write_registry(world, folder):
    folder.mkdir(parents=True)
    for table, types in column_types().items():
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(types), restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(world.rows(table))


def raw_rows(world):
    """Receipts, tables, values and judgements, as intake and judging would leave them."""
    found = {"receipts": [], "tables": [], "reported_values": [], "reported_tasks": [], "judgements": []}
    for table in world.submissions:
        id_, table_id = table.receipt_id, f"{table.receipt_id}#1"
        received_at = naive(table.received_at)
        found["receipts"].append(
            {
                "receipt_id": id_,
                "sha256": id_,
                "file_name": id_,
                "folder_reporter_id": table.folder_reporter_id,
                "received_at": received_at,
                "modified_at": received_at,
                "source": "示例",
                "drop_id": id_,
            }
        )
        place = {"programme_id": table.programme_id, "reporter_id": table.reporter_id, "period": table.month}
        found["tables"].append({"table_id": table_id, "receipt_id": id_, **place, "is_sample": table.is_sample})
        found["judgements"].append(
            {
                "receipt_id": id_,
                "verdict": table.verdict,
                "accepted_at": naive(table.accepted_at),
                "rules_sha256": "",
            }
        )
        for number, (indicator_id, row) in enumerate(table.rows.items(), start=1):
            place = {"table_id": table_id, "receipt_id": id_, "row_number": number, "indicator_id": indicator_id}
            found["reported_values"].append(place | vars(row))
        for number, (task_id, line) in enumerate(table.tasks, start=1):
            place = {"table_id": table_id, "receipt_id": id_, "row_number": number, "task_id": task_id}
            cells = {f"{name}_text": getattr(line, name) for name in ("status", "progress", "problem", "next_step")}
            found["reported_tasks"].append(place | cells)
    return found


def naive(moment):
    return moment and moment.astimezone(UTC).replace(tzinfo=None)
