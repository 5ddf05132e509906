"""Random programmes with every kind of rule, penalties, years made of quarters and vetoes, built into one warehouse.

They are those of the second opinion; here their results go into workbooks.
"""

from pathlib import Path

from ingestion.registry import load_registry
from ingestion.runs import record_run
from ingestion.settings import get_settings
from ingestion.store import insert_rows, open_warehouse
from reports.read import ResultSet, read_result
from tests.oracle.task_cases import STATUSES
from tests.oracle.warehouse import raw_rows, settings_of, write_registry
from tests.oracle.world import World
from tests.stages import DBT, WITHOUT_TESTS, run
from tests.test_second_opinion import AS_OF, PACE_RULES, drawn_case

SEEDS = range(8)
# Of the months two are enough: half a year, and all of it.
NOTICES = """
    select distinct programme_id, cadence, period
    from marts.composite_rankings
    inner join marts.periods using (programme_id, cadence, period)
    where cadence_label is not null and (cadence != 'monthly_dispatch' or right(period, 2) in ('06', '12'))
    order by all
"""


def build_scored_world(home: Path) -> list[ResultSet]:
    """The results of notices that have scores."""
    found = [drawn_case(f"s{number:02d}", number) for number in SEEDS]
    registry = {"pace_rules": PACE_RULES, "ledger_statuses": STATUSES}
    for case in found:
        for table, rows in case.registry.items():
            registry.setdefault(table, []).extend(rows)
    world = World(registry, [table for case in found for table in case.submissions], AS_OF[2])
    write_registry(world, home / "registry")
    environment = {"YIBIAO_HOME": str(home), "YIBIAO_REGISTRY": str(home / "registry")}
    with settings_of(environment), open_warehouse() as connection:
        loaded = load_registry(get_settings().registry)
        loaded.copy_for_dbt()
        for table, rows in raw_rows(world).items():
            insert_rows(connection, table, rows)
        record_run(connection, loaded, world.as_of)
    places = ["--target-path", home / "dbt_target", "--log-path", home / "dbt_target"]
    run(DBT, "build", *WITHOUT_TESTS, *places, home=home, folder=get_settings().dbt_project, **environment)
    with settings_of(environment), open_warehouse(read_only=True) as connection:
        notices = connection.execute(NOTICES).fetchall()
        return [read_result(connection, *notice) for notice in notices]
