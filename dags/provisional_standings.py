"""
### 当月进度（草稿）

**做什么** 某月有新的合格报表时，按目前收到的全部报表重算，把该月通报排成草稿放入 `provisional/`。
该月已经发布过的，草稿就是修订稿；要正式发布，请补跑“月调度”的该月。

**何时运行** “收表”通知某月有变化时，分区为该月。

**变红怎么办** 看日志。草稿不影响已发布的通报；修好后重新运行该分区即可。
"""

from airflow.sdk import DAG, PartitionedAssetTimetable, get_current_context, task
from assets import DEFAULT_ARGS, SUBMISSIONS, WAREHOUSE_POOL
from publication import MONTHLY, draft
from run_form import documentation, run_params

with DAG(
    dag_id="provisional_standings",
    dag_display_name="当月进度（草稿）",
    doc_md=documentation(__doc__),
    schedule=PartitionedAssetTimetable(assets=SUBMISSIONS),
    catchup=False,
    max_active_runs=2,
    default_args=DEFAULT_ARGS,
    params=run_params(MONTHLY, "2021-03", is_publishing=False),
    tags=["一区一表", "草稿"],
):

    @task(task_display_name="排出草稿", pool=WAREHOUSE_POOL)
    def draft_standings() -> list[str]:
        """Calculates the month as everything stands now and lays out its draft."""
        return draft(get_current_context(), MONTHLY)

    draft_standings()
