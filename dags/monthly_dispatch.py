"""
### 月调度

**做什么** 计算并发布一个月的通报，然后通知双月、季、半年、年的汇总。以前发布过的月份再次运行时：数字没有变化，
不出新版次；有变化，出下一版次，并通知当年所有已发布的月份，使各级汇总重新核对。

**何时运行** 每月 1 日零时（北京时间）产生上一个月的运行，等到日历规定的发布时刻才发布。
补跑（backfill）不等待，可指定数据截止时刻；尚未结束的月份不能补跑。

**变红怎么办** 看失败步骤的日志。“没有期次”：手工触发时请填写“期次”。“尚未结束”：等该月结束。
其他原因修好后重新运行该分区，重复运行不会多出版次。
"""

from airflow.sdk import DAG, chain, get_current_context, task
from assets import DEFAULT_ARGS, MONTHLY_PROGRESS, WAREHOUSE_POOL, run_params
from cadence import MONTH_KEY_FORMAT, TIMEZONE, MonthTimetable
from publication import MONTHLY, WaitForPublication, describe, publish_month
from sign_off import sign_off_tasks, with_sign_off

with DAG(
    dag_id="monthly_dispatch",
    dag_display_name="月调度",
    doc_md=with_sign_off(__doc__),
    schedule=MonthTimetable("0 0 1 * *", timezone=TIMEZONE, run_offset=-1, key_format=MONTH_KEY_FORMAT),
    catchup=False,
    max_active_runs=2,
    default_args=DEFAULT_ARGS,
    params=run_params("2021-03"),
    tags=["一区一表", "通报"],
):
    wait_for_publication = WaitForPublication(task_id="wait_for_publication", task_display_name="等待发布时刻")

    @task(task_display_name="计算并发布", pool=WAREHOUSE_POOL, outlets=[MONTHLY_PROGRESS])
    def publish_notice() -> list[str]:
        """Publishes the month and announces it, or every published month of its year, to the roll-ups."""
        context = get_current_context()
        outcome = publish_month(context)
        event = context["outlet_events"][MONTHLY_PROGRESS]
        event.extra = outcome.announcement.to_extra()
        event.add_partitions(outcome.announced_months)
        return describe(outcome.publications)

    chain(wait_for_publication, *sign_off_tasks(MONTHLY), publish_notice())
