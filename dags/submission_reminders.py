"""
### 报送提醒

**做什么** 列出逾期未报和即将到期的填报单位，写入 `reminders/<日期>.csv`；设置了 `YIBIAO_NOTIFY_URLS` 时同时发出通知
（邮件、企业微信、钉钉等），没有人逾期或即将到期时不发。

**何时运行** 每天 9:00（北京时间）。也可手工触发并填写“日期”，名单一律以该日 9:00 的报送情况为准。

**变红怎么办** 看日志。通知没有发出时名单已经写好，检查通知地址后重新运行即可，名单不会重复；重新运行会再发一次通知。
"""

from airflow.sdk import DAG, CronTriggerTimetable, Param, get_current_context, task
from assets import DEFAULT_ARGS, WAREHOUSE_POOL
from cadence import TIMEZONE
from reminders import remind_of_run
from run_form import documentation

with DAG(
    dag_id="submission_reminders",
    dag_display_name="报送提醒",
    doc_md=documentation(__doc__),
    schedule=CronTriggerTimetable("0 9 * * *", timezone=TIMEZONE),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    params={
        "day": Param(
            None,
            type=["null", "string"],
            title="日期",
            description="例如 2021-09-06。定时运行时留空；手工触发时留空则为触发时填写的逻辑日期。",
        )
    },
    tags=["一区一表", "收表"],
):

    @task(task_display_name="写出名单并通知", pool=WAREHOUSE_POOL)
    def write_reminders() -> dict[str, int]:
        """Lists who is late and who is due soon; returns how many."""
        return remind_of_run(get_current_context())

    write_reminders()
