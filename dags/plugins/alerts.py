"""What happens when a task of any DAG has failed for good, or succeeds after that: a message goes out.

Airflow calls these after it has written down the state, in the process of the task, or in the DAG processor where that
process was killed. What goes wrong here Airflow writes into the log of the task; the task stays as it is.
"""

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow.sdk import Context

    from operations.alerts import Failure


def alert_of_failure(context: "Context") -> None:
    """Sends the message; an error of its own says that nobody was told, and why."""
    from operations import alerts

    logger = logging.getLogger(__name__)
    try:
        count = alerts.send_alert(failure_of(context), datetime.now(UTC))
    except Exception:
        logger.error("这次失败没有通知到人，原因如下；请检查 YIBIAO_NOTIFY_URLS。")
        raise
    if count:
        logger.info("已将这次失败通知 %s 个地址。", count)


def tell_of_recovery(context: "Context") -> None:
    """Sends word where the failure of this step for this period was told of; else does nothing."""
    from operations import alerts

    if count := alerts.send_recovery(failure_of(context)):
        logging.getLogger(__name__).info("已将恢复通知 %s 个地址。", count)


def failure_of(context: "Context") -> "Failure":
    """What the message needs of a run."""
    from operations.alerts import Failure

    dag, task, ti = context["dag"], context["task"], context["ti"]
    error, params = context.get("exception"), context["params"]
    period = context["dag_run"].partition_key or params.get("period") or params.get("day") or ""
    return Failure(
        name=dag.dag_display_name,
        dag_id=dag.dag_id,
        run_id=ti.run_id,
        task_id=ti.task_id,
        period=str(period).strip(),
        step=task.task_display_name,
        error=f"{type(error).__name__}: {error}" if isinstance(error, BaseException) else str(error or ""),
        try_number=ti.try_number,
        log_address=ti.log_url,
        documentation=dag.doc_md or "",
    )
