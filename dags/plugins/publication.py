"""What the publishing DAGs share: the period and as-of of a run, the wait for the calendar, the publishing itself.

Everything heavy is imported inside the functions: Airflow reads this module each time it parses a DAG file.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, NoReturn

from airflow.sdk import Asset, BaseOperator, timezone
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException
from run_form import DRAFT

if TYPE_CHECKING:
    from airflow.sdk import Context

    from operations.publishing import Announcement
    from operations.sign_off import Request, Signed
    from reports.publish import Publication
    from reports.signature import Signature

MONTHLY = "monthly_dispatch"
DRAFT_TASK, APPROVAL_TASK = "draft_notice", "approve_notice"
COMMENT = "comment"


def period_of_run(context: "Context", cadence: str) -> str:
    """The id of the period that a run is for: its partition key, else its `period` parameter.

    AirflowFailException (no retry) where there is neither, or where the period is not one of the cadence.
    """
    from ingestion.errors import PeriodError
    from ingestion.periods import parse_period

    text = context["dag_run"].partition_key or (context["params"].get("period") or "").strip()
    if not text:
        raise AirflowFailException("这次运行没有期次：请在触发时填写“期次”（period），或按分区补跑（backfill）。")
    try:
        period = parse_period(text)
    except PeriodError as error:
        raise AirflowFailException(str(error)) from error
    if period.cadence != cadence:
        raise AirflowFailException(f"期次 {period.id}({period.label})不属于 {cadence}。")
    return period.id


def as_of_of_run(context: "Context") -> datetime | None:
    """The as-of (UTC) that the run was given by its configuration or parameter; None where it was given none."""
    from ingestion.periods import parse_moment

    text = _input_of_run(context, "as_of")
    if not text:
        return None
    try:
        return parse_moment(text)
    except ValueError as error:
        raise AirflowFailException(f"数据截止时刻“{text}”无法识别；应如 2022-01-20T00:00+08:00。") from error


def programmes_of_run(context: "Context") -> list[str] | None:
    """The one programme that the run is limited to; None: all of them."""
    programme_id = _input_of_run(context, "programme")
    return [programme_id] if programme_id else None


def _input_of_run(context: "Context", name: str) -> str:
    """What the run's configuration says, else its parameter; empty where neither says anything."""
    return ((context["dag_run"].conf or {}).get(name) or context["params"].get(name) or "").strip()


def announcements_of_run(context: "Context") -> list["Announcement"]:
    """What the asset events that started the run say; empty for a run by hand."""
    from operations.publishing import Announcement

    events = [event for listed in context["triggering_asset_events"].values() for event in listed]
    return [Announcement.from_extra(event.extra) for event in events if event.extra]


def publish_month(context: "Context") -> dict[str, Any]:
    """Publishes the run's month as of the run's as-of; returns one line a notice, and what `announce` needs.

    Skips the task where no programme has a monthly notice, and where only drafts were asked for.
    """
    from operations import publishing

    end_with_drafts_if_asked(context, MONTHLY)
    period, as_of = period_of_run(context, MONTHLY), as_of_of_run(context)
    with _drafted_again_if_outdated(context, MONTHLY):
        outcome = publishing.publish_month(period, as_of, signed_of_run(context), programmes_of_run(context))
    return {
        "publications": describe(outcome.publications),
        "announcement": outcome.announcement.to_extra(),
        "announced_months": outcome.announced_months,
    }


def announce(context: "Context", asset: Asset, published: Mapping[str, Any]) -> None:
    """Tells the roll-ups the months that `publish_month` names; skips the task where it names none."""
    if not published["announced_months"]:
        skip("这一期还有方案没有发布，或有变动没有发布：暂不通知汇总。其他方案发布后会自动通知。")
    event = context["outlet_events"][asset]
    event.extra = published["announcement"]
    event.add_partitions(published["announced_months"])


def publish_roll_up(context: "Context", cadence: str) -> list[str]:
    """Publishes the notice of the run's longer period; returns one line a notice.

    Skips the task where no programme has this notice, and where only drafts were asked for.
    """
    from operations import publishing

    end_with_drafts_if_asked(context, cadence)
    period, as_of, announcements = period_of_run(context, cadence), as_of_of_run(context), announcements_of_run(context)
    with _drafted_again_if_outdated(context, cadence):
        return describe(
            publishing.publish_roll_up(
                cadence, period, as_of, announcements, signed_of_run(context), programmes_of_run(context)
            )
        )


def request_of_run(context: "Context", cadence: str) -> "Request":
    """Lays out the drafts of the run's period, and what a person is asked about them."""
    from operations import publishing

    period, as_of, programme_ids = period_of_run(context, cadence), as_of_of_run(context), programmes_of_run(context)
    if cadence == MONTHLY:
        return publishing.request_month(period, as_of, programme_ids)
    return publishing.request_roll_up(cadence, period, as_of, announcements_of_run(context), programme_ids)


def drafted_of_run(context: "Context") -> "Request | None":
    """What the run laid before a person; None in a run without sign-off."""
    from operations.sign_off import Request

    drafted = context["ti"].xcom_pull(task_ids=DRAFT_TASK)
    return Request(**drafted) if drafted else None


def signed_of_run(context: "Context") -> "Signed | None":
    """What was approved in the run and by whom; None in a run without sign-off."""
    from operations.sign_off import Signed

    if APPROVAL_TASK not in context["task"].upstream_task_ids:
        return None
    request, response = drafted_of_run(context), context["ti"].xcom_pull(task_ids=APPROVAL_TASK)
    if request is None or (request.keys and not response):
        raise AirflowFailException(
            f"没有找到征求意见稿或签发的记录：请清除（Clear）{DRAFT_TASK} 及其后各步，重新送签。"
        )
    return Signed(request, signature_of(response) if request.keys else None)


def signature_of(response: Mapping[str, Any]) -> "Signature":
    """Who answered a question of Airflow's, when, and with which comment."""
    from reports.signature import Signature

    user = response["responded_by_user"] or {}
    comment = (response["params_input"] or {}).get(COMMENT) or ""
    return Signature(user.get("name") or user.get("id") or "", response["responded_at"], comment)


@contextmanager
def _drafted_again_if_outdated(context: "Context", cadence: str) -> Iterator[None]:
    """Fails without another try where the signature does not cover the figures, after it has laid out new drafts."""
    from reports.errors import ApprovalOutdated

    try:
        yield
    except ApprovalOutdated as error:
        request_of_run(context, cadence)
        raise AirflowFailException(
            f"没有发布，签字不作数。{error}。已按现在的数字重新排出征求意见稿；"
            f"请清除（Clear）“排出征求意见稿”及其后各步，重新送签。"
        ) from error


def draft(context: "Context", cadence: str) -> list[str]:
    """Calculates the run's period as everything stands (or stood) and lays out its drafts; one line a notice."""
    from operations import publishing

    period, as_of = period_of_run(context, cadence), as_of_of_run(context)
    return describe(publishing.draft(cadence, period, as_of, programmes_of_run(context)))


def end_with_drafts_if_asked(context: "Context", cadence: str) -> None:
    """In a run that was asked for drafts only: lays them out and ends the task as skipped, for nothing is published."""
    if _input_of_run(context, "mode") == DRAFT:
        skip(f"只排草稿，没有发布，也不通知汇总。草稿在 provisional/：{'；'.join(draft(context, cadence))}")


def describe(publications: "Sequence[Publication]") -> list[str]:
    """One line a notice. AirflowSkipException where no programme has this notice."""
    if not publications:
        skip("没有方案有这一期通报。")
    return [
        f"{publication.programme_id} {publication.period} v{publication.version or '-'} {publication.outcome}"
        for publication in publications
    ]


def skip(reason: str) -> NoReturn:
    """Ends the task as skipped and says why in its log, where Airflow itself writes down no reason."""
    logging.getLogger(__name__).info(reason)
    raise AirflowSkipException(reason)


class WaitForPublication(BaseOperator):
    """Waits, without holding a worker, until the calendar says that a scheduled month is to be published.

    A backfill or a run by hand was asked for on purpose and does not wait. A month that has not ended always fails.
    """

    def execute(self, context: "Context") -> None:
        """Returns at once, fails, skips a month that no programme covers, or defers."""
        from ingestion.periods import end_of_day, parse_period

        month = parse_period(period_of_run(context, MONTHLY))
        if end_of_day(month.last_date) > timezone.utcnow():
            raise AirflowFailException(f"{month.label}尚未结束，不能发布；目前的进度请看“当月进度（草稿）”。")
        if context["dag_run"].run_type == "scheduled":
            self._wait_until_due(month.id)

    def _wait_until_due(self, month: str) -> None:
        from airflow.providers.standard.triggers.temporal import DateTimeTrigger

        from ingestion.calendar import publication_time
        from ingestion.errors import RegistryError

        try:
            moment = publication_time(month)
        except RegistryError as error:
            skip(f"没有方案覆盖 {month}:{error}")
        if moment > timezone.utcnow():
            self.defer(trigger=DateTimeTrigger(moment=moment), method_name="finish")

    def finish(self, context: "Context", event: Any = None) -> None:
        """The time has come; nothing is left to do."""
