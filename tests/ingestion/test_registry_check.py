"""The check of a registry against its texts: every figure in its clause, every number classified."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from ingestion.document_text import clean_text, read_document
from ingestion.documents import draft
from ingestion.registry import Registry, Row, load_registry
from ingestion.registry_check import Problem, app, check_document, check_registry
from ingestion.settings import ROOT, get_settings

OWN = ROOT / "tests" / "documents" / "invented_policy.txt"
NOT_TARGETS = {
    "二(一)1": ["高新技术企业3000家", "100万元"],
    "二(一)2": ["15分钟"],
    "二(二)": ["三大园区"],
    "三(一)": ["第3年", "7大行动", "500强"],
}


def not_target(clause: str, text: str) -> Row:
    return {"document_id": "own", "clause": clause, "text": text, "reason": "…"}


@pytest.fixture
def registry() -> Registry:
    """A registry whose targets are the drafts of our own text, confirmed."""
    tables = draft(read_document(OWN), "own")
    tables["documents"] = [{"document_id": "own", "file_name": OWN.name}]
    tables["not_targets"] = [not_target(clause, text) for clause, texts in NOT_TARGETS.items() for text in texts]
    return Registry(OWN.parent, tables, "")


def problems_of(registry: Registry) -> list[tuple[str, str]]:
    return [(problem.clause, problem.number) for problem in check_registry(registry, OWN.parent)]


def test_a_registry_that_agrees_with_its_text_has_no_problem(registry: Registry) -> None:
    assert check_registry(registry, OWN.parent) == []


def test_a_number_that_nobody_classified_is_a_problem(registry: Registry) -> None:
    registry.tables["not_targets"] = [row for row in registry.rows("not_targets") if row["text"] != "500强"]
    registry.tables["targets"] = [row for row in registry.rows("targets") if row["unit"] != "倍"]
    problems = check_registry(registry, OWN.parent)
    message = "is neither a target nor a not_target"
    assert problems == [
        Problem("own", "一", "翻一番", "产值达到1.2万亿元,发明专利拥有量翻一番; 工业投资增长12%,力争增长13", message),
        Problem("own", "三(一)", "500", "“百家企业上云”等7大行动,对标国内500强企业。", message),
    ]
    assert str(problems[1]).startswith("own 三(一): “500” is neither")


def test_one_row_speaks_for_one_number_only() -> None:
    text = clean_text("一、目标\n新建学校10所,新建医院10所。")
    tables = draft(text, "own")
    assert check_document(Registry(Path(), tables, ""), "own", text) == []
    tables["targets"].pop()
    assert [problem.number for problem in check_document(Registry(Path(), tables, ""), "own", text)] == ["10所"]


def test_a_figure_that_the_clause_does_not_have_is_a_problem(registry: Registry) -> None:
    registry.rows("targets")[2]["value_low"] = "21"
    registry.rows("targets")[5]["value_high"] = ""
    assert problems_of(registry) == [("一", "21%"), ("二(一)1", "1家"), ("一", "12%"), ("二(一)1", "1-2家")]


def test_the_unit_may_be_written_with_another_multiplier(registry: Registry) -> None:
    registry.rows("targets")[0].update(value_low="12000", unit="亿元")
    assert problems_of(registry) == []


def test_a_clause_that_the_document_does_not_have_is_a_problem(registry: Registry) -> None:
    registry.rows("tasks")[0]["clause"] = "二(七)1"
    registry.rows("not_targets")[0]["clause"] = "二(八)"
    assert problems_of(registry) == [("二(七)1", "二(七)1"), ("二(八)", "二(八)"), ("二(一)1", "3000家")]


def test_words_that_the_clause_does_not_have_are_a_problem(registry: Registry) -> None:
    registry.tables["not_targets"].append(not_target("一", "９大工程"))
    assert problems_of(registry) == [("一", "９大工程")]


def test_a_missing_text_is_named(registry: Registry, tmp_path: Path) -> None:
    (problem,) = check_registry(registry, tmp_path)
    assert problem.number == OWN.name and problem.message == "is no file in the folder of texts"


def test_the_command_fails_with_the_problems(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["--texts", str(tmp_path)])
    assert result.exit_code == 1 and "is no file in the folder of texts" in result.output


def test_the_registry_agrees_with_the_five_texts(shared: Path) -> None:
    problems = check_registry(load_registry(get_settings().registry), shared / "documents")
    assert [str(problem) for problem in problems] == []


def test_a_row_that_reads_differently_is_a_problem_unless_its_note_explains_it() -> None:
    text = clean_text("一、目标\n力争新增企业约500家,能耗下降3%,力争下降4%。")
    tables = draft(text, "own", 2023)
    for row in tables["targets"]:
        row["note"] = ""
    registry = Registry(Path(), tables, "")
    assert check_document(registry, "own", text) == []
    changes = {"comparator": "<=", "strength": "确保", "is_approximate": "false", "stretches_target_id": "own-1-t2"}
    for column, value in changes.items():
        row = tables["targets"][0]
        kept, row[column] = row[column], value
        (problem,) = check_document(registry, "own", text)
        assert "reads differently and has no note" in problem.message and problem.number == "500家"
        row["note"] = "文件前文另有说明"
        assert check_document(registry, "own", text) == []
        row[column], row["note"] = kept, ""
