"""The handbooks name what there is: every DAG, step, error and command of the code, and no message it does not have."""

import ast
import re
import shlex
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest
from typer.main import get_command

from ingestion.settings import ROOT
from tests.reports.handbook_causes import CAUSES

HANDBOOK = (ROOT / "docs" / "运维手册.md").read_text(encoding="utf-8")
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
PACKAGES = ("ingestion", "expectations", "reports", "operations", "dags", "dbt_project")
# Of the messages shown, `text` marks those that test_handbook_messages.py causes, `log` those that take longer.
CAUSED, RECORDED = (re.findall(rf"(?s)```{mark}\n(.*?)\n```", HANDBOOK) for mark in ("text", "log"))
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
# A template with less text of its own would fit too much.
LEAST_OWN_TEXT = 8
DISPLAYED = {"dag_id", "dag_display_name", "task_display_name"}
# What only runs make.
GENERATED = ("data/", "dbt_project/registry", "dbt_project/.build.lock", "result/", "journal/", "registry/", "inbox/")


@cache
def trees() -> tuple[ast.Module, ...]:
    paths = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    return tuple(ast.parse(path.read_text(encoding="utf-8")) for path in paths)


def nodes() -> Iterator[ast.AST]:
    return (node for tree in trees() for node in ast.walk(tree))


def errors() -> set[str]:
    """The classes that stand below YibiaoError, or directly below Exception and are called an error."""
    bases = {n.name: {b.id for b in n.bases if isinstance(b, ast.Name)} for n in nodes() if isinstance(n, ast.ClassDef)}
    found = {"YibiaoError"} | {name for name, above in bases.items() if "Exception" in above and name.endswith("Error")}
    while more := {name for name, above in bases.items() if above & found} - found:
        found |= more
    return found


def displayed() -> set[str]:
    """What people read of DAGs and their steps in Airflow."""
    keywords = (keyword for node in nodes() if isinstance(node, ast.Call) for keyword in node.keywords)
    return {
        keyword.value.value
        for keyword in keywords
        if keyword.arg in DISPLAYED and isinstance(keyword.value, ast.Constant) and isinstance(keyword.value.value, str)
    }


def codes_of_unreadable_files() -> set[str]:
    calls = (n for n in nodes() if isinstance(n, ast.Call) and isinstance(n.func, ast.Name))
    return {
        call.args[0].value
        for call in calls
        if call.func.id == "UnreadableFile" and isinstance(call.args[0], ast.Constant)
    } | {"internal"}


@cache
def templates() -> list[list[str]]:
    """Every text of the code, in the parts between which something is filled in; an end may be empty."""
    found = []
    for node in nodes():
        if isinstance(node, ast.JoinedStr):
            joined = "".join(part.value if isinstance(part, ast.Constant) else "\0" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            joined = re.sub(r"%[sd]", "\0", node.value)
        else:
            continue
        if len(joined.replace("\0", "")) >= LEAST_OWN_TEXT:
            found.append(joined.split("\0"))
    return found


def fits(message: str, parts: list[str]) -> bool:
    """Whether a template can have become this message."""
    if not message.startswith(parts[0]) or not message.endswith(parts[-1]):
        return False
    position = 0
    for part in parts:
        position = message.find(part, position)
        if position < 0:
            return False
        position += len(part)
    return True


def commands(text: str) -> list[list[str]]:
    """The commands of the bash blocks, word by word; what is in brackets is one of its own."""
    lines = [line for block in re.findall(r"```bash\n(.*?)```", text, re.DOTALL) for line in block.splitlines()]
    parts = [part.strip("() ") for line in lines for part in line.split("&&")]
    return [shlex.split(part, comments=True) for part in parts if part]


def inline_commands(text: str) -> list[list[str]]:
    return [shlex.split(found) for found in re.findall(r"`((?:make|python -m) [^`]*)`", text) if "…" not in found]


def anchor_of(heading: str) -> str:
    """As GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def test_every_dag_and_every_step_is_in_the_handbook() -> None:
    names = displayed()
    assert {"intake", "收表", "扫描收件夹", "等待发布时刻", "签发"} <= names
    assert [name for name in sorted(names) if name not in HANDBOOK] == []


def test_every_error_of_ours_is_in_the_handbook() -> None:
    names = errors()
    assert {"BuildError", "AirflowError", "ApprovalOutdated", "UnreadableFile"} <= names
    assert [name for name in sorted(names) if f"`{name}`" not in HANDBOOK] == []


def test_every_reason_for_an_unreadable_file_is_in_the_handbook() -> None:
    assert len(codes_of_unreadable_files()) > 5
    assert [code for code in sorted(codes_of_unreadable_files()) if f"`{code}`" not in HANDBOOK] == []


def test_every_check_of_the_build_is_in_the_handbook() -> None:
    names = [path.stem for path in (ROOT / "dbt_project" / "tests").glob("*.sql")]
    assert names
    assert [name for name in names if f"`{name}`" not in HANDBOOK] == []


def test_every_kind_of_rule_is_in_the_handbook() -> None:
    rows = (ROOT / "expectations" / "rules.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert [kind for kind in sorted({row.split("-")[0] for row in rows}) if f"`{kind}`" not in HANDBOOK] == []


@pytest.mark.parametrize("message", RECORDED, ids=range(len(RECORDED)))
def test_a_message_that_is_not_caused_in_a_test_has_its_template_in_the_code(message: str) -> None:
    assert any(fits(message, parts) for parts in templates()), message


def test_every_other_message_is_caused() -> None:
    assert len(CAUSED) == len(set(CAUSED)) == len(CAUSES)


@pytest.mark.parametrize("text", [HANDBOOK, ARCHITECTURE], ids=["handbook", "architecture"])
def test_commands_exist(text: str) -> None:
    found = commands(text) + inline_commands(text)
    makes = {words[1] for words in found if words[0] == "make"}
    modules = [words[2:] for words in found if words[:2] == ["python", "-m"]]
    assert makes
    assert [name for name in sorted(makes) if f"\n{name}:" not in MAKEFILE] == []
    assert [module for module, *_ in modules if find_spec(module) is None] == []
    for module, *arguments in modules:
        if module == "reports" and arguments:
            options = set(known_options()[arguments[0]])
            assert {word for word in arguments if word.startswith("--")} <= options


@cache
def known_options() -> dict[str, list[str]]:
    """The options of each command of `python -m reports`."""
    from reports.__main__ import application

    subcommands = get_command(application).commands.items()  # type: ignore[attr-defined]
    return {name: [option for p in command.params for option in p.opts] for name, command in subcommands}


@pytest.mark.parametrize("text", [HANDBOOK, ARCHITECTURE], ids=["handbook", "architecture"])
def test_links_lead_somewhere(text: str) -> None:
    targets = re.findall(r"\]\(([^)\s]+)\)", text)
    assert targets
    anchors = {anchor_of(re.sub(r"`", "", heading)) for heading in re.findall(r"(?m)^#+ (.*)$", text)}
    local = [target.removeprefix("#") for target in targets if target.startswith("#")]
    assert [target for target in local if target not in anchors] == []
    files = [target.partition("#")[0] for target in targets if not target.startswith(("#", "http"))]
    assert [name for name in files if not (ROOT / "docs" / name).exists()] == []


@pytest.mark.parametrize("text", [HANDBOOK, ARCHITECTURE], ids=["handbook", "architecture"])
def test_files_and_folders_exist(text: str) -> None:
    prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    quoted = re.findall(r"`((?:[\w.-]+/)+[\w.*-]*|[\w-]+\.(?:py|md|toml|yml))`", prose)
    wanted = [name for name in quoted if not name.startswith(GENERATED) and "…" not in name]
    assert wanted
    assert [name for name in wanted if not exists(name)] == []


def exists(name: str) -> bool:
    """From the root of the checkout, or (in a list below its folder) in any of the packages."""
    return any(ROOT.glob(name)) or any(
        any((ROOT / folder).glob(name)) for folder in (*PACKAGES, "dags/plugins", "dbt_project/models", "docs")
    )


def test_every_model_named_in_the_architecture_exists() -> None:
    models = {path.stem for path in (ROOT / "dbt_project" / "models").rglob("*.sql")}
    named = re.findall(r"`((?:stg|int)_\w+|marts\.\w+)`", ARCHITECTURE)
    assert len(named) > 10
    names = {name.removeprefix("marts.") for name in named}
    assert sorted(name for name in names if name not in models and f"dim_{name}" not in models) == []


def test_every_raw_table_and_every_package_is_in_the_architecture() -> None:
    from ingestion.store import RAW_TABLES

    wanted = [*RAW_TABLES, *(f"{package}/" for package in (*PACKAGES, "samples"))]
    assert [name for name in wanted if f"`{name}`" not in ARCHITECTURE] == []


def test_every_data_folder_of_the_architecture_is_a_setting() -> None:
    settings = Path(ROOT / "ingestion" / "settings.py").read_text(encoding="utf-8")
    named = {name for name in re.findall(r"`data/(\w+)/", ARCHITECTURE)}
    assert "archive" in named
    assert [name for name in sorted(named) if f'"{name}"' not in settings] == []
