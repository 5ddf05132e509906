"""The message about a task that failed for good, made from a task of ours and sent to a receiver on this machine."""

from types import SimpleNamespace

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk.execution_time.task_runner import _run_task_state_change_callbacks
from alerts import alert_of_failure, failure_of

from ingestion.settings import ROOT, get_settings
from operations.alerts import MOST_LINES, advice_of
from operations.notifier import NotificationError
from tests.receiver import Server


@pytest.fixture(scope="module")
def dags() -> DagBag:
    return DagBag(str(ROOT / "dags"))


@pytest.fixture
def receivers(monkeypatch, home):
    """Starts receivers that answer with the given statuses, and sets their addresses."""
    started = []

    def start(*answers: int) -> list[Server]:
        started.extend(Server(answer) for answer in answers)
        monkeypatch.setenv("YIBIAO_NOTIFY_URLS", " ".join(server.url for server in started))
        get_settings.cache_clear()
        return started

    yield start
    for server in started:
        server.close()


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
