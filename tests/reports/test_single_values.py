"""What one unit alone supplies: one row an indicator, with the city's figures and the supplier's name."""

from pathlib import Path

import duckdb

from reports.catalogue import form_of
from reports.read import read_result
from reports.single_values import single_values
from tests.reports.factories import MONTH, MONTHLY, PROGRAMME, execute

_VALUES = "'pilot', '{}', 'subsidies', '2021-03', 'monthly_dispatch', 'reported', '{}', {}, {}, false, false"


def test_a_departments_figure_stands_once_with_the_citys_target(warehouse: Path) -> None:
    columns = "programme_id, reporter_id, indicator_id, period, cadence, value_state, target_state"
    columns += ", cumulative_value, target_value, is_illustrative, is_sample"
    execute(
        warehouse,
        "insert into marts.reporters (programme_id, reporter_id, reporter_name, reporter_kind, display_order) "
        "values ('pilot', 'bureau', '示例局', 'department', 90)",
        "insert into marts.indicators (programme_id, indicator_id, indicator_name, kind, unit, city_method, decimals, "
        "ratio_decimals, display_order) values ('pilot', 'subsidies', '补助', 'level', '万元', 'sum', 1, 1, 9)",
        f"insert into marts.indicator_progress ({columns}) values "
        f"({_VALUES.format('bureau', 'no_target', 8, 'null')}), ({_VALUES.format('city', 'set', 8, 10)})",
    )
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        result = read_result(connection, PROGRAMME, MONTHLY, MONTH)
    table = single_values(result, form_of(MONTHLY))
    shown = ("indicator", "supplier", "unit", "cumulative_value", "target_value")
    assert [[row.cell(key).text for key in shown] for row in table.rows] == [
        ["研发投入强度", "按分子分母计算", "%", "未到期", "不计进度"],
        ["补助", "示例局", "万元", "8.0", "10.0"],
    ]
