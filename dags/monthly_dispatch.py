"""
### 月调度

**做什么** 计算并发布一个月的通报，然后通知双月、季、半年、年的汇总。以前发布过的月份再次运行时：数字没有变化，
不出新版次；有变化，出下一版次，并通知当年所有已发布的月份，使各级汇总重新核对。
一个月的通报要到所有方案都发布了才通知汇总；只发布了一个方案的，“通知汇总”显示为跳过（skipped）。

**何时运行** 每月 1 日零时（北京时间）产生上一个月的运行，等到日历规定的发布时刻才发布。
补跑（界面上叫“回填”，backfill）不等待，可指定数据截止时刻；尚未结束的月份不会列出，也不能补跑。
第一次补跑后，Airflow 会按日程补上最近一个月的定时运行，同样等到发布时刻才发布。
补跑按月份的第一天取：2021-01-01 至 2021-03-01 就是一至三月。已运行过的月份要再跑，“重新处理行为”选“所有执行”。

**变红怎么办** 看失败步骤的日志。“没有期次”：手工触发时请填写“期次”。“尚未结束”：等该月结束。
其他原因修好后重新运行该分区，重复运行不会多出版次。

**运行名** `backfill__2021-03__…`、`scheduled__2021-03__…`。手工触发的运行和上游触发的汇总由 Airflow 按时间命名，
期次看运行页面上的“分区键”；手工触发时可自己填“执行 ID”，并在“高级选项”里填“分区键”（不必再填“期次”）。
"""

from typing import Any

from airflow.sdk import DAG, chain, get_current_context, task
from assets import DEFAULT_ARGS, MONTHLY_PROGRESS, WAREHOUSE_POOL
from cadence import MONTH_KEY_FORMAT, TIMEZONE, MonthTimetable
from publication import MONTHLY, WaitForPublication, announce, publish_month
from run_form import FORM_DOC, documentation, run_params
from sign_off import sign_off_tasks, with_sign_off

with DAG(
    dag_id="monthly_dispatch",
    dag_display_name="月调度",
    doc_md=documentation(with_sign_off(__doc__ + FORM_DOC)),
    schedule=MonthTimetable("0 0 1 * *", timezone=TIMEZONE, run_offset=-1, key_format=MONTH_KEY_FORMAT),
    catchup=False,
    max_active_runs=2,
    default_args=DEFAULT_ARGS,
    params=run_params(MONTHLY, "2021-03"),
    tags=["一区一表", "通报"],
):
    wait_for_publication = WaitForPublication(task_id="wait_for_publication", task_display_name="等待发布时刻")

    @task(task_display_name="计算并发布", pool=WAREHOUSE_POOL)
    def publish_notice() -> dict[str, Any]:
        """Publishes the month; returns what was published and what to tell the roll-ups."""
        return publish_month(get_current_context())

    @task(task_display_name="通知汇总", outlets=[MONTHLY_PROGRESS])
    def announce_month(published: dict[str, Any]) -> None:
        """Announces the month, or every published month of its year, to the roll-ups."""
        announce(get_current_context(), MONTHLY_PROGRESS, published)

    published = publish_notice()
    chain(wait_for_publication, *sign_off_tasks(MONTHLY), published)
    announce_month(published)
