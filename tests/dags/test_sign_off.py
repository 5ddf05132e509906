"""The DAGs with the sign-off on: what is added, where it stands, whom it asks."""

from types import SimpleNamespace

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk.exceptions import AirflowFailException, TaskAwaitingInput
from airflow.serialization.serialized_objects import DagSerialization
from publication import APPROVAL_TASK, DRAFT_TASK, signature_of, signed_of_run
from sign_off import SignOff

from ingestion.periods import CADENCES, parse_moment
from ingestion.settings import ROOT, get_settings
from operations.airflow_processes import WAREHOUSE_POOL
from operations.sign_off import Request

RESPONSE = {
    "chosen_options": ["Approve"],
    "params_input": {"comment": "同意"},
    "responded_at": parse_moment("2021-04-21T10:00"),
    "responded_by_user": {"id": "7", "name": "王五"},
}
DRAFTED = Request("2021-04-20T04:00:00+00:00", {"pilot": "0:abc"}, ["pilot 2021-03 v- draft"], "请签发")
UNCHANGED = Request("2021-04-20T04:00:00+00:00", {}, ["pilot 2021-03 v1 nothing"], "")


@pytest.fixture(scope="module")
def dags():
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("YIBIAO_SIGN_OFF", "1")
        get_settings.cache_clear()
        yield DagBag(str(ROOT / "dags")).dags
    get_settings.cache_clear()


def context(drafted=None, response=None, upstream=(APPROVAL_TASK,)):
    """A run's context as far as the sign-off reads it."""
    told = {DRAFT_TASK: drafted and drafted.to_json(), APPROVAL_TASK: response}
    return {
        "ti": SimpleNamespace(xcom_pull=lambda task_ids: told[task_ids]),
        "task": SimpleNamespace(upstream_task_ids=set(upstream)),
    }


@pytest.mark.parametrize("dag_id", CADENCES)
def test_every_notice_is_drafted_then_approved_then_published(dags, dag_id):
    edges = {task.task_id: set(task.downstream_task_ids) for task in dags[dag_id].tasks}
    if dag_id == "monthly_dispatch":
        assert edges.pop("wait_for_publication") == {DRAFT_TASK}
        assert edges.pop("publish_notice") == {"announce_month"}
        edges["publish_notice"] = edges.pop("announce_month")
    assert edges == {DRAFT_TASK: {APPROVAL_TASK}, APPROVAL_TASK: {"publish_notice"}, "publish_notice": set()}


@pytest.mark.parametrize("dag_id", CADENCES)
def test_drafting_takes_its_turn_at_the_warehouse_and_who_waits_for_a_person_does_not(dags, dag_id):
    pools = {task.task_id: task.pool for task in dags[dag_id].tasks}
    assert (pools[DRAFT_TASK], pools["publish_notice"]) == (WAREHOUSE_POOL, WAREHOUSE_POOL)
    assert pools[APPROVAL_TASK] != WAREHOUSE_POOL
    assert all(task.retries >= 1 and task.task_display_name != task.task_id for task in dags[dag_id].tasks)
    assert "**签发**" in dags[dag_id].doc_md


def test_dags_that_publish_nothing_are_as_they_were(dags):
    others = {name: {task.task_id for task in dag.tasks} for name, dag in dags.items() if name not in CADENCES}
    assert others == {
        "housekeeping": {"clean_database", "clean_files"},
        "intake": {"sweep_inbox", "judge_submissions"},
        "provisional_standings": {"draft_standings"},
        "submission_reminders": {"write_reminders"},
    }


def test_no_answer_is_ever_taken_for_granted(dags):
    stored = DagSerialization.from_dict(DagSerialization.to_dict(dags["quarterly_summary"]))
    assert APPROVAL_TASK in stored.task_dict
    approval = dags["quarterly_summary"].task_dict[APPROVAL_TASK]
    assert (approval.defaults, approval.response_timeout, approval.fail_on_reject) == (None, None, False)


def test_unchanged_figures_ask_nobody():
    task = SignOff(task_id=APPROVAL_TASK, cadence="monthly_dispatch", subject="签发")
    assert task.execute(context(UNCHANGED)) is None


def test_changed_figures_wait_for_a_person(monkeypatch):
    asked = {}
    monkeypatch.setattr(
        "airflow.providers.standard.operators.hitl.upsert_hitl_detail", lambda **said: asked.update(said)
    )
    task = SignOff(task_id=APPROVAL_TASK, cadence="monthly_dispatch", subject="签发")
    run = {
        "task_instance": SimpleNamespace(id="1"),
        "dag": SimpleNamespace(dag_display_name="月调度"),
        "dag_run": SimpleNamespace(partition_key="2021-03"),
        "params": {},
    }
    with pytest.raises(TaskAwaitingInput):
        task.execute(context(DRAFTED) | run)
    assert (asked["subject"], asked["body"], asked["defaults"]) == ("签发 月调度 2021-03", "请签发", None)


def test_who_answered_when_and_with_which_comment():
    signature = signature_of(RESPONSE)
    assert signature.to_manifest() == {"by": "王五", "at": "2021-04-21T02:00:00Z", "comment": "同意"}
    assert signature_of(RESPONSE | {"params_input": {}}).comment == ""


def test_what_was_signed_is_what_was_drafted_by_whom():
    signed = signed_of_run(context(DRAFTED, RESPONSE))
    assert (signed.request, signed.signature) == (DRAFTED, signature_of(RESPONSE))
    assert signed.as_of == parse_moment("2021-04-20T12:00")
    assert signed_of_run(context(UNCHANGED, None)).signature is None
    assert signed_of_run(context(upstream=())) is None


@pytest.mark.parametrize("drafted", [None, DRAFTED])
def test_without_a_record_of_draft_or_answer_nothing_is_published(drafted):
    with pytest.raises(AirflowFailException, match="重新送签"):
        signed_of_run(context(drafted, None))
