"""
### 季小结

**做什么** 发布一个季度的通报。

**何时运行** 三个月都已发布时。分区为期次（如 `2021-Q1`）。已发布的月份修订后会再次运行：数字没有变化，不出新版次。

**变红怎么办** 看日志，修好后重新运行该分区，重复运行不会多出版次。手工触发时请填写“期次”。
"""

from airflow.sdk import (
    DAG,
    PartitionedAssetTimetable,
    QuarterWindow,
    RollupMapper,
    StartOfQuarterMapper,
    chain,
    get_current_context,
    task,
)
from assets import DEFAULT_ARGS, MONTHLY_PROGRESS, WAREHOUSE_POOL
from cadence import MONTH_KEY_FORMAT, QUARTER_KEY_FORMAT, TIMEZONE
from publication import publish_roll_up
from run_form import FORM_DOC, documentation, run_params
from sign_off import sign_off_tasks, with_sign_off

with DAG(
    dag_id="quarterly_summary",
    dag_display_name="季小结",
    doc_md=documentation(with_sign_off(__doc__ + FORM_DOC)),
    schedule=PartitionedAssetTimetable(
        assets=MONTHLY_PROGRESS,
        default_partition_mapper=RollupMapper(
            upstream_mapper=StartOfQuarterMapper(
                timezone=TIMEZONE, input_format=MONTH_KEY_FORMAT, output_format=QUARTER_KEY_FORMAT
            ),
            window=QuarterWindow(),
        ),
    ),
    catchup=False,
    max_active_runs=2,
    default_args=DEFAULT_ARGS,
    params=run_params("quarterly_summary", "2021-Q1"),
    tags=["一区一表", "通报", "汇总"],
):

    @task(task_display_name="发布季小结", pool=WAREHOUSE_POOL)
    def publish_notice() -> list[str]:
        """Publishes the notice as its months are known."""
        return publish_roll_up(get_current_context(), "quarterly_summary")

    chain(*sign_off_tasks("quarterly_summary"), publish_notice())
