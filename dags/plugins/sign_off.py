"""The sign-off: with YIBIAO_SIGN_OFF=1 a notice is drafted, and a person approves the draft before it is published.

Without it there are no such tasks. The setting is read when a DAG file is parsed: after a change Airflow is restarted.
"""

import logging
from typing import TYPE_CHECKING, Any

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import Param, get_current_context, task
from assets import WAREHOUSE_POOL
from publication import (
    APPROVAL_TASK,
    COMMENT,
    DRAFT_TASK,
    drafted_of_run,
    end_with_drafts_if_asked,
    period_of_run,
    request_of_run,
    signature_of,
    skip,
)

if TYPE_CHECKING:
    from airflow.sdk import Context

    from reports.signature import Signature

SIGN_OFF_DOC = """
**签发** 已设 `YIBIAO_SIGN_OFF=1`：先在 `provisional/` 排出征求意见稿，再由“签发”一步等人答复，可附意见。
数字没有变化的，不问任何人。Approve：按稿发布，签发人、时间、意见存入 `manifest.json`。
Reject：稿件保留，“发布”一步跳过，运行以成功结束，不通知汇总。
送签以后数字有变动的，“发布”变红并重新排稿：清除（Clear）“排出征求意见稿”及其后各步，重新送签。
"""


class SignOff(ApprovalOperator):
    """Asks for approval of what the run drafted; nobody where no figure moved. No answer is ever taken for granted."""

    def __init__(self, *, cadence: str, **kwargs: Any) -> None:
        """`cadence` names the notice."""
        super().__init__(**kwargs)
        self.cadence = cadence

    def execute(self, context: "Context") -> Any:
        """Ends at once where there is nothing to sign, else waits without holding a worker."""
        request = drafted_of_run(context)
        if request is None or not request.keys:
            logging.getLogger(__name__).info("数字没有变化，不需要签发。")
            return None
        self.subject = f"签发 {context['dag'].dag_display_name} {period_of_run(context, self.cadence)}"
        self.body = request.body
        return super().execute(context)

    def execute_complete(self, context: "Context", event: dict[str, Any]) -> Any:
        """Lets the publication run, or has it skipped and writes down who sent the draft back."""
        # The operator leaves by an exception where it has the publication skipped.
        if event.get("chosen_options") == [self.REJECT]:
            self._record_rejection(context, signature_of(event))
        return super().execute_complete(context, event)

    def _record_rejection(self, context: "Context", signature: "Signature") -> None:
        from operations import sign_off

        request = drafted_of_run(context)
        assert request is not None
        sign_off.record_rejection(self.cadence, period_of_run(context, self.cadence), request, signature)
        logging.getLogger(__name__).info("%s 没有批准：征求意见稿保留在 provisional，不发布。", signature.by)


def sign_off_tasks(cadence: str) -> list[Any]:
    """The tasks between what a notice waits for and its publication: drafting and approval, or none."""
    if not _is_required():
        return []

    @task(task_id=DRAFT_TASK, task_display_name="排出征求意见稿", pool=WAREHOUSE_POOL)
    def draft_notice() -> dict[str, Any]:
        end_with_drafts_if_asked(get_current_context(), cadence)
        request = request_of_run(get_current_context(), cadence)
        if not request.publications:
            skip("没有方案有这一期通报。")
        return request.to_json()

    comment = Param("", type="string", title="意见", description="可不填；随签发人和时间存入 manifest.json。")
    approve_notice = SignOff(
        task_id=APPROVAL_TASK, task_display_name="签发", cadence=cadence, subject="签发", params={COMMENT: comment}
    )
    return [draft_notice(), approve_notice]


def with_sign_off(documentation: str | None) -> str:
    """What a DAG says of itself, with what the sign-off adds to it."""
    return f"{documentation or ''}{SIGN_OFF_DOC if _is_required() else ''}"


def _is_required() -> bool:
    from ingestion.settings import get_settings

    return get_settings().sign_off
