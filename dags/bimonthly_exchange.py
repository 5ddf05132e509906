"""
### 双月交流

**做什么** 发布两个月一期的通报（只发给方案中有双月交流的）。

**何时运行** 两个月都已发布时。分区为期次（如 `2021-B2`）。已发布的月份修订后会再次运行：数字没有变化，不出新版次。

**变红怎么办** 看日志，修好后重新运行该分区，重复运行不会多出版次。手工触发时请填写“期次”。
"""

from airflow.sdk import DAG, PartitionedAssetTimetable, RollupMapper, chain, get_current_context, task
from assets import DEFAULT_ARGS, MONTHLY_PROGRESS, WAREHOUSE_POOL
from cadence import MONTH_KEY_FORMAT, TIMEZONE, BimonthMapper, BimonthWindow
from publication import publish_roll_up
from run_form import FORM_DOC, documentation, run_params
from sign_off import sign_off_tasks, with_sign_off

with DAG(
    dag_id="bimonthly_exchange",
    dag_display_name="双月交流",
    doc_md=documentation(with_sign_off(__doc__ + FORM_DOC)),
    schedule=PartitionedAssetTimetable(
        assets=MONTHLY_PROGRESS,
        default_partition_mapper=RollupMapper(
            upstream_mapper=BimonthMapper(timezone=TIMEZONE, input_format=MONTH_KEY_FORMAT),
            window=BimonthWindow(),
        ),
    ),
    catchup=False,
    max_active_runs=2,
    default_args=DEFAULT_ARGS,
    params=run_params("bimonthly_exchange", "2021-B2"),
    tags=["一区一表", "通报", "汇总"],
):

    @task(task_display_name="发布双月交流", pool=WAREHOUSE_POOL)
    def publish_notice() -> list[str]:
        """Publishes the notice as its months are known."""
        return publish_roll_up(get_current_context(), "bimonthly_exchange")

    chain(*sign_off_tasks("bimonthly_exchange"), publish_notice())
