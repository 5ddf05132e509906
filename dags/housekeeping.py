"""
### 清理

**做什么** 删去 Airflow 自己的旧记录（运行、任务、日志条目、资产事件）和 `airflow/logs/` 下的旧日志文件：早于
`YIBIAO_KEEP_DAYS` 天（默认 400 天）的。Airflow 各进程的日志（如 `scheduler.log`）超过 100 MiB 的，只留最后一半，
移到 `scheduler.log.1`。另删被中断的 `reproduce` 在临时目录留下、已过 7 天的文件夹。
收到的报表、存档、台账、退回件、回执、已发布的通报、数据快照一概不动。每个流程最近一次运行的记录总是保留。

**何时运行** 每周一 4:00（北京时间）。也可手工触发。

**变红怎么办** 看失败步骤的日志，修好后重新运行即可；晚几周清理没有妨碍。“database is locked”：Airflow 正忙，
稍后重新运行。“没有 Airflow 的数据库”：设 `YIBIAO_AIRFLOW_DATABASE` 后重启 Airflow。
"""

from datetime import timedelta

from airflow.sdk import DAG, CronTriggerTimetable, get_current_context, task
from assets import DEFAULT_ARGS
from cadence import TIMEZONE
from cleaning import CleanDatabase
from run_form import documentation

with DAG(
    dag_id="housekeeping",
    dag_display_name="清理",
    doc_md=documentation(__doc__),
    # Not at once where Airflow is first started on the day: there is nothing to clean.
    schedule=CronTriggerTimetable("0 4 * * 1", timezone=TIMEZONE, run_immediately=timedelta()),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    tags=["一区一表", "运维"],
):

    @task(task_display_name="清理日志文件和残留")
    def clean_files() -> dict[str, int]:
        """Removes old files; returns how many."""
        from operations import housekeeping

        removed = housekeeping.clean_files(get_current_context()["dag_run"].run_after)
        return {"log_files": removed.log_files, "cut_logs": removed.cut_logs, "leftovers": removed.leftovers}

    CleanDatabase(task_id="clean_database", task_display_name="清理 Airflow 数据库")
    clean_files()
