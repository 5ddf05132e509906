"""The form of a run: what it offers, in whose words, and that a broken registry takes no DAG away."""

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.exceptions import ParamValidationError
from airflow.serialization.serialized_objects import DagSerialization
from run_form import programmes_with_notice

from ingestion.calendar import notice_cadences
from ingestion.periods import CADENCES
from ingestion.registry import load_registry
from ingestion.settings import ROOT, get_settings

DAGS = ROOT / "dags"


@pytest.fixture(scope="module")
def dags():
    return DagBag(str(DAGS)).dags


@pytest.mark.parametrize("dag_id", CADENCES)
def test_every_notice_asks_for_the_same_four_things_in_chinese(dags, dag_id):
    stored = DagSerialization.from_dict(DagSerialization.to_dict(dags[dag_id]))
    params = {name: stored.params.get_param(name) for name in stored.params}
    assert list(params) == ["period", "programme", "as_of", "mode"]
    assert all(param.schema["title"] and param.description for param in params.values())
    assert {name: param.value for name, param in params.items()} == {
        "period": None,
        "programme": None,
        "as_of": None,
        "mode": "publish",
    }
    assert params["mode"].schema["values_display"] == {"publish": "发布", "draft": "只排草稿"}
    assert "**参数**" in dags[dag_id].doc_md


@pytest.mark.parametrize("dag_id", CADENCES)
def test_the_programmes_offered_are_those_of_the_registry_that_have_the_notice(dags, dag_id):
    registry = load_registry(get_settings().registry)
    names = {row["programme_id"]: row["programme_name"] for row in registry.rows("programmes")}
    offered = programmes_with_notice(dag_id)
    assert set(offered) == {programme for programme, cadence in notice_cadences(registry) if cadence == dag_id}
    assert offered == {programme: names[programme] for programme in offered}
    schema = dags[dag_id].params.get_param("programme").schema
    assert schema["enum"] == [None, *offered]
    assert schema["values_display"] == {"None": "全部方案", **offered}


@pytest.mark.parametrize("conf", [{"programme": "nobody"}, {"mode": "maybe"}, {"mode": None}])
def test_what_is_not_on_the_form_is_refused(dags, conf):
    stored = DagSerialization.from_dict(DagSerialization.to_dict(dags["monthly_dispatch"]))
    stored.params.deep_merge({"mode": "draft"}).validate()
    with pytest.raises(ParamValidationError, match=next(iter(conf))):
        stored.params.deep_merge(conf).validate()


def test_drafting_dags_have_nothing_to_choose_between(dags):
    assert list(dags["provisional_standings"].params) == ["period", "programme", "as_of"]


@pytest.fixture(params=[None, "方案\n四个加快\n", "a\nb\n"], ids=["missing", "not UTF-8", "other columns"])
def broken_registry(request, tmp_path, monkeypatch):
    registry = tmp_path / "registry"
    if request.param is not None:
        registry.mkdir()
        for name in ("programmes", "programme_cadences"):
            (registry / f"{name}.csv").write_text(request.param, encoding="gb18030")
    monkeypatch.setenv("YIBIAO_REGISTRY", str(registry))
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


def test_a_registry_that_cannot_be_read_takes_no_dag_away(broken_registry):
    assert programmes_with_notice("monthly_dispatch") == {}
