"""The nine DAG files: which they are, what they may import, what each of them must say."""

import ast
import sys
from datetime import UTC
from pathlib import Path

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.serialization.serialized_objects import DagSerialization

from ingestion.periods import CADENCES
from ingestion.settings import ROOT
from operations.airflow_processes import WAREHOUSE_POOL

DAGS = ROOT / "dags"
DAG_FILES = sorted(DAGS.glob("*.py"))
PLUGIN_FILES = sorted((DAGS / "plugins").glob("*.py"))
ROLL_UPS = {
    "bimonthly_exchange": ("2021-03", "2021-B2", {"2021-03", "2021-04"}),
    "quarterly_summary": ("2021-06", "2021-Q2", {"2021-04", "2021-05", "2021-06"}),
    "half_year_review": ("2021-07", "2021-H2", {f"2021-{month:02d}" for month in range(7, 13)}),
    "annual_assessment": ("2021-12", "2021", {f"2021-{month:02d}" for month in range(1, 13)}),
}
DAG_IDS = {"housekeeping", "intake", "provisional_standings", "submission_reminders", *CADENCES}
# They wait, or touch nothing of the warehouse.
WITHOUT_POOL = {"wait_for_publication", "announce_month", "clean_database", "clean_files"}
ALLOWED_AT_TOP = {"airflow", *(path.stem for path in PLUGIN_FILES)}


@pytest.fixture(scope="module")
def dag_bag() -> DagBag:
    return DagBag(str(DAGS))


@pytest.fixture(params=sorted(DAG_IDS))
def dag(request, dag_bag):
    return dag_bag.dags[request.param]


def imports_that_run_at_parse(path: Path) -> set[str]:
    """Names of the packages imported when the file is read: anywhere but in functions and under TYPE_CHECKING."""
    found: set[str] = set()

    def visit(node: ast.AST) -> None:
        if isinstance(node, ast.Import):
            found.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            found.add("." * node.level + (node.module or "").split(".")[0])
        is_for_types = isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) and not is_for_types:
            for child in ast.iter_child_nodes(node):
                visit(child)

    visit(ast.parse(path.read_text(encoding="utf-8")))
    return found


def test_exactly_the_nine_dags_are_read_without_errors(dag_bag):
    assert dag_bag.import_errors == {}
    assert set(dag_bag.dags) == DAG_IDS
    assert len(DAG_FILES) == 9


def test_file_name_is_dag_id(dag):
    assert Path(dag.fileloc).stem == dag.dag_id


@pytest.mark.parametrize("path", DAG_FILES + PLUGIN_FILES, ids=lambda path: path.stem)
def test_nothing_heavy_and_nothing_of_ours_is_imported_at_the_top(path):
    assert imports_that_run_at_parse(path) <= ALLOWED_AT_TOP | sys.stdlib_module_names


def test_import_check_sees_imports_in_any_block_but_not_in_functions(tmp_path):
    file = tmp_path / "dag.py"
    file.write_text(
        "import polars as pl\nfrom reports.publish import publish\n"
        "try:\n    import duckdb\nexcept ImportError:\n    pass\n"
        "with x:\n    import samples\n\n    @task\n    def body():\n        import great_expectations\n"
    )
    assert imports_that_run_at_parse(file) == {"polars", "reports", "duckdb", "samples"}


@pytest.mark.parametrize("path", DAG_FILES, ids=lambda path: path.stem)
def test_a_dag_file_is_short(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 120


def test_every_dag_says_what_it_does_and_what_to_do_when_red(dag):
    assert all(heading in dag.doc_md for heading in ("**做什么**", "**何时运行**", "**变红怎么办**"))
    assert dag.dag_display_name != dag.dag_id
    assert dag.tags
    assert dag.owner == "yibiao"


def test_every_dag_has_a_schedule_and_no_catchup(dag):
    assert type(dag.timetable).__name__ != "NullTimetable"
    assert dag.catchup is False
    assert dag.max_active_runs <= 2


def test_every_task_retries_and_names_the_writers_pool_unless_it_does_not_write(dag):
    for task in dag.tasks:
        assert task.retries >= 1
        assert task.task_display_name != task.task_id
        assert (task.pool == WAREHOUSE_POOL) != (task.task_id in WITHOUT_POOL)


def test_order_of_tasks(dag_bag):
    edges = {
        (dag.dag_id, task.task_id): set(task.downstream_task_ids) for dag in dag_bag.dags.values() for task in dag.tasks
    }
    assert edges.pop(("intake", "sweep_inbox")) == {"judge_submissions"}
    assert edges.pop(("monthly_dispatch", "wait_for_publication")) == {"publish_notice"}
    assert edges.pop(("monthly_dispatch", "publish_notice")) == {"announce_month"}
    assert edges.pop(("monthly_dispatch", "announce_month")) == set()
    assert edges.pop(("provisional_standings", "draft_standings")) == set()
    assert edges.pop(("submission_reminders", "write_reminders")) == set()
    for name in ("clean_database", "clean_files"):
        assert edges.pop(("housekeeping", name)) == set()
    assert edges == {("intake", "judge_submissions"): set()} | {(name, "publish_notice"): set() for name in ROLL_UPS}


def test_assets_join_the_dags(dag_bag):
    outlets = {
        (task.dag_id, task.task_id): [asset.name for asset in task.outlets]
        for dag in dag_bag.dags.values()
        for task in dag.tasks
        if task.outlets
    }
    assert outlets == {
        ("intake", "judge_submissions"): ["submissions"],
        ("monthly_dispatch", "announce_month"): ["monthly_progress"],
    }
    by_clock = {"housekeeping", "monthly_dispatch", "submission_reminders"}
    conditions = {name: dag.timetable.asset_condition for name, dag in dag_bag.dags.items() if name not in by_clock}
    assert {name: condition.name for name, condition in conditions.items() if name in ROLL_UPS} == dict.fromkeys(
        ROLL_UPS, "monthly_progress"
    )
    assert conditions["provisional_standings"].name == "submissions"


@pytest.mark.parametrize(("dag_id", "case"), ROLL_UPS.items())
def test_a_roll_up_read_back_from_storage_waits_for_exactly_its_months(dag_bag, dag_id, case):
    month, period, months = case
    stored = DagSerialization.from_dict(DagSerialization.to_dict(dag_bag.dags[dag_id]))
    mapper = stored.timetable.default_partition_mapper
    assert mapper.to_downstream(month) == period
    assert mapper.to_upstream(period) == months
    # Local midnight: Asia/Shanghai is eight hours ahead of UTC.
    assert mapper.to_partition_date(period).astimezone(UTC).hour == 16


def test_the_month_is_read_back_from_storage_as_our_timetable(dag_bag):
    stored = DagSerialization.from_dict(DagSerialization.to_dict(dag_bag.dags["monthly_dispatch"]))
    assert type(stored.timetable).__name__ == "MonthTimetable"
    assert stored.timetable.serialize() == {
        "expression": "0 0 1 * *",
        "timezone": "Asia/Shanghai",
        "run_immediately": False,
        "run_offset": -1,
        "key_format": "%Y-%m",
    }
