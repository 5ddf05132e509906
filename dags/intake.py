"""
### 收表

**做什么** 扫描收件夹，归档并读入已放稳的报表，随后一次判定全部未判定的报表：合格的计入，不合格的退回。
有变化的月份逐月通知下游。

**何时运行** 收件夹有新文件时；另外每 15 分钟扫描一次，以防漏掉通知。

**变红怎么办** 看失败步骤的日志。原件不会丢：未取走的仍在收件夹，已取走的在 `archive/`。修好原因后重新运行即可，
已收过的文件不会重复计入。单个文件读不了不会使本流程变红，它会带着原因出现在 `returned/`。
"""

from airflow.sdk import DAG, AssetOrTimeSchedule, CronTriggerTimetable, get_current_context, task
from assets import DEFAULT_ARGS, INBOX, SUBMISSIONS, WAREHOUSE_POOL
from cadence import TIMEZONE
from publication import skip
from run_form import documentation

with DAG(
    dag_id="intake",
    dag_display_name="收表",
    doc_md=documentation(__doc__),
    schedule=AssetOrTimeSchedule(timetable=CronTriggerTimetable("*/15 * * * *", timezone=TIMEZONE), assets=[INBOX]),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    tags=["一区一表", "收表"],
):

    @task(task_display_name="扫描收件夹", pool=WAREHOUSE_POOL)
    def sweep_inbox() -> int:
        """Takes in what has rested; returns how many files were received."""
        from ingestion.sweep import sweep

        return len(sweep().receipts)

    @task(task_display_name="判定报表", pool=WAREHOUSE_POOL, outlets=[SUBMISSIONS])
    def judge_submissions() -> dict[str, int]:
        """Judges what was not judged yet and announces the months whose counting figures changed."""

        from expectations.run import judge

        report = judge()
        if not report.months:
            skip(f"合格 {report.accepted},退回 {report.returned};没有月份的数据发生变化。")
        get_current_context()["outlet_events"][SUBMISSIONS].add_partitions(list(report.months))
        return {"accepted": report.accepted, "returned": report.returned}

    sweep_inbox() >> judge_submissions()
