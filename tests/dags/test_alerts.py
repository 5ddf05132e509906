"""The message about a task that failed for good, made from a task of ours and sent to a receiver on this machine."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk.execution_time.task_runner import _run_task_state_change_callbacks
from alerts import alert_of_failure, failure_of, tell_of_recovery

from ingestion.settings import ROOT, get_settings
from operations.alerts import MOST_LINES, REPEAT_AFTER, advice_of, send_alert
from operations.notifier import NotificationError

AT = datetime(2021, 9, 6, 1, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def dags() -> DagBag:
    return DagBag(str(ROOT / "dags"))


def context(dags, dag_id="monthly_dispatch", task_id="publish_notice", partition_key="2021-03", **more):
    dag = dags.dags[dag_id]
    address = f"http://127.0.0.1:8080/dags/{dag_id}/runs/r1/tasks/{task_id}?try_number=2"
    return {
        "dag": dag,
        "task": dag.get_task(task_id),
        "ti": SimpleNamespace(run_id="r1", task_id=task_id, try_number=2, log_url=address),
        "dag_run": SimpleNamespace(partition_key=partition_key),
        "params": {"period": None},
        "outlet_events": {},
    } | more


def test_every_task_of_every_dag_tells_when_it_has_failed_and_every_dag_says_what_to_do(dags):
    tasks = [task for dag in dags.dags.values() for task in dag.tasks]
    assert len(tasks) > len(dags.dags) > 5
    assert [task.task_id for task in tasks if list(task.on_failure_callback) != [alert_of_failure]] == []
    assert [task.task_id for task in tasks if list(task.on_success_callback) != [tell_of_recovery]] == []
    assert [dag.dag_id for dag in dags.dags.values() if not advice_of(dag.doc_md)] == []


def test_the_message_says_what_where_which_error_and_what_to_do(dags, receivers):
    (receiver,) = receivers(200)
    alert_of_failure(context(dags, exception=RuntimeError("第一行\n第二行")))
    (message,) = receiver.messages
    assert message["title"] == "一区一表出错： 月调度 2021年3月 计算并发布"
    logs = get_settings().airflow_logs / "dag_id=monthly_dispatch" / "run_id=r1" / "task_id=publish_notice"
    for part in (
        "流程：月调度（monthly_dispatch）",
        "期次：2021年3月",
        "步骤：计算并发布（publish_notice），已试 2 次",
        "错误：RuntimeError: 第一行\n第二行",
        "日志：http://127.0.0.1:8080/dags/monthly_dispatch/runs/r1/tasks/publish_notice?try_number=2",
        f"日志文件：{logs / 'attempt=2.log'}",
        "变红怎么办：看失败步骤的日志。“没有期次”",
    ):
        assert part in message["message"]


def test_a_long_error_is_cut_and_a_killed_process_is_named_as_such(dags, home):
    long = failure_of(context(dags, exception=ValueError("\n".join(f"行{n}" for n in range(99))))).body
    assert f"行{MOST_LINES - 1}……" in long and f"行{MOST_LINES}\n" not in long
    assert "进程被终止" in failure_of(context(dags)).body


def test_a_run_without_period_is_named_all_the_same(dags, home):
    failure = failure_of(context(dags, "intake", "sweep_inbox", partition_key=None))
    assert failure.title == "一区一表出错： 收表 扫描收件夹"
    assert "期次：无" in failure.body
    by_hand = context(dags, "submission_reminders", "write_reminders", None, params={"day": "2021-09-06"})
    assert "期次：2021-09-06" in failure_of(by_hand).body


def test_the_same_failure_is_told_once_then_with_a_count_and_when_it_is_over(dags, receivers, caplog):
    caplog.set_level("INFO")
    (receiver,) = receivers(200)
    stuck = context(dags, "intake", "sweep_inbox", partition_key=None, exception=RuntimeError("02:00 收件箱不可写"))
    for minutes in (0, 15, 30):
        error = RuntimeError(f"01:{minutes:02d} 收件箱不可写")
        send_alert(failure_of(stuck | {"exception": error}), AT + timedelta(minutes=minutes))
    assert len(receiver.messages) == 1 and "这次不再通知" in caplog.text
    send_alert(failure_of(stuck), AT + REPEAT_AFTER)
    assert "上次通知以后，同样的失败另有 2 次。" in receiver.messages[1]["message"]
    send_alert(failure_of(stuck), AT + REPEAT_AFTER + timedelta(minutes=15))
    tell_of_recovery(stuck | {"exception": None})
    assert receiver.messages[2]["title"] == "一区一表恢复： 收表 扫描收件夹"
    assert "同样的失败另有 1 次" in receiver.messages[2]["message"]
    tell_of_recovery(stuck | {"exception": None})
    assert len(receiver.messages) == 3
    send_alert(failure_of(stuck), AT + REPEAT_AFTER + timedelta(minutes=30))
    assert "另有" not in receiver.messages[3]["message"]


def test_another_error_or_period_or_one_that_did_not_go_out_is_told_at_once(dags, receivers):
    (receiver,) = receivers(200)
    failures = [
        failure_of(context(dags, partition_key=period, exception=RuntimeError(error)))
        for period, error in (("2021-03", "x"), ("2021-04", "x"), ("2021-03", "y"))
    ]
    assert [send_alert(failure, AT) for failure in failures] == [1, 1, 1]
    assert len(receiver.messages) == 3
    refusing = receivers(500)[1:]
    lost = failure_of(context(dags, partition_key="2021-05", exception=RuntimeError("x")))
    for _ in range(2):
        with pytest.raises(NotificationError):
            send_alert(lost, AT)
    assert len(refusing[0].messages) >= 2


def test_while_no_address_is_set_nothing_is_sent_and_nothing_goes_wrong(dags, home):
    alert_of_failure(context(dags, exception=RuntimeError("x")))


def test_a_receiver_that_refuses_is_reported_and_the_task_stays_as_it_is(dags, receivers, caplog):
    good, bad = receivers(200, 500)
    failed = context(dags, exception=RuntimeError("x"))
    with pytest.raises(NotificationError, match="没有接收") as error:
        alert_of_failure(failed)
    assert "secret" not in str(error.value)
    assert "没有通知到人" in caplog.text
    assert len(good.messages) == 1 and bad.messages
    logged = []
    # As Airflow calls it at the end of a task: what goes wrong is logged, and ends there.
    logger = SimpleNamespace(exception=lambda *_, **about: logged.append(about["kind"]))
    _run_task_state_change_callbacks(failed["task"], "on_failure_callback", failed, logger)
    assert logged == ["on_failure_callback"]
