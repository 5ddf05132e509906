"""
### 半年讲评

**做什么** 发布半年一期的通报。

**何时运行** 六个月都已发布时。分区为期次（如 `2021-H1`）。已发布的月份修订后会再次运行：数字没有变化，不出新版次。

**变红怎么办** 看日志，修好后重新运行该分区，重复运行不会多出版次。手工触发时请填写“期次”。
"""

from airflow.sdk import DAG, PartitionedAssetTimetable, RollupMapper, chain, get_current_context, task
from assets import DEFAULT_ARGS, MONTHLY_PROGRESS, WAREHOUSE_POOL
from cadence import MONTH_KEY_FORMAT, TIMEZONE, HalfYearMapper, HalfYearWindow
from publication import publish_roll_up
from run_form import FORM_DOC, documentation, run_params
from sign_off import sign_off_tasks, with_sign_off

with DAG(
    dag_id="half_year_review",
    dag_display_name="半年讲评",
    doc_md=documentation(with_sign_off(__doc__ + FORM_DOC)),
    schedule=PartitionedAssetTimetable(
        assets=MONTHLY_PROGRESS,
        default_partition_mapper=RollupMapper(
            upstream_mapper=HalfYearMapper(timezone=TIMEZONE, input_format=MONTH_KEY_FORMAT),
            window=HalfYearWindow(),
        ),
    ),
    catchup=False,
    max_active_runs=2,
    default_args=DEFAULT_ARGS,
    params=run_params("half_year_review", "2021-H1"),
    tags=["一区一表", "通报", "汇总"],
):

    @task(task_display_name="发布半年讲评", pool=WAREHOUSE_POOL)
    def publish_notice() -> list[str]:
        """Publishes the notice as its months are known."""
        return publish_roll_up(get_current_context(), "half_year_review")

    chain(*sign_off_tasks("half_year_review"), publish_notice())
