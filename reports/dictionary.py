"""The data dictionary: one page on every table, view and macro of the analysts' file, from what dbt knows of them."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ingestion.registry import load_registry, project_lock
from ingestion.settings import get_settings
from reports import audit_table
from reports.errors import ReportsError
from reports.snapshot import MACROS

_TEMPLATES = Path(__file__).parent / "templates"
LAYERS = {"views": "常用视图", "marts": "数据表", audit_table.SCHEMA: "办理记录"}


class DictionaryError(ReportsError):
    """dbt could not read its own project; the text holds the end of what it printed."""


@dataclass(frozen=True)
class Entry:
    """One table or view.

    Attributes:
        grain: what one row is, in Chinese.
        columns: name, type, meaning and whether it is never empty, in order.
        sources: the other tables of the file that it is made from.
    """

    schema: str
    name: str
    grain: str
    columns: list[tuple[str, str, str, bool]]
    sources: list[str]


def render_dictionary() -> str:
    """The page as text, complete in itself; the same project gives the same page."""
    with TemporaryDirectory() as folder:
        manifest = _manifest(Path(folder))
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    entries = [*entries_of(manifest), _audit_entry()]
    return environment.get_template("dictionary.html.j2").render(
        layers=[(schema, title, [e for e in entries if e.schema == schema]) for schema, title in LAYERS.items()],
        macros=_macros(entries),
        style=(_TEMPLATES / "notice.css").read_text(encoding="utf-8"),
    )


def entries_of(manifest: dict[str, Any]) -> list[Entry]:
    """Tables and views of the analysts' file, by schema and name, from dbt's manifest."""
    models = {
        key: node
        for key, node in manifest["nodes"].items()
        if node["resource_type"] == "model" and node["schema"] in LAYERS
    }
    return sorted(
        (
            _entry(node, [models[key] for key in node["depends_on"]["nodes"] if key in models])
            for node in models.values()
        ),
        key=lambda entry: (entry.schema, entry.name),
    )


def _entry(node: dict[str, Any], sources: list[dict[str, Any]]) -> Entry:
    columns = [
        (
            column["name"],
            column["data_type"] or "",
            column["description"],
            any(constraint["type"] == "not_null" for constraint in column["constraints"]),
        )
        for column in node["columns"].values()
    ]
    # Chinese stands first, English after it.
    grain = node["description"].partition("One row")[0].strip()
    names = sorted(f"{source['schema']}.{source['alias']}" for source in sources)
    return Entry(node["schema"], node["alias"], grain, columns, names)


def _audit_entry() -> Entry:
    """What no model makes: the acts stand in journal and registry."""
    columns = [(name, data_type, meaning, False) for name, (data_type, meaning) in audit_table.COLUMNS.items()]
    return Entry(audit_table.SCHEMA, audit_table.TABLE, audit_table.GRAIN, columns, [])


def _macros(entries: list[Entry]) -> list[tuple[str, str]]:
    """Every macro with its parameters, and what it gives; DuckDB takes one in only where its tables are."""
    with duckdb.connect() as memory:
        for schema in LAYERS:
            memory.execute(f"create schema {schema}")
        for entry in entries:
            columns = ", ".join(f'"{name}" {data_type}' for name, data_type, _, _ in entry.columns)
            memory.execute(f'create table {entry.schema}."{entry.name}" ({columns})')
        for path in sorted(MACROS.glob("*.sql")):
            memory.execute(path.read_text(encoding="utf-8"))
        rows = memory.execute(
            "select function_name, parameters, comment from duckdb_functions() "
            "where not internal and function_type = 'table_macro' order by function_name"
        ).fetchall()
    return [(f"{name}({', '.join(parameters)})", comment) for name, parameters, comment in rows]


def _manifest(folder: Path) -> dict[str, Any]:
    """What dbt knows of the project; it asks neither the network nor the warehouse."""
    settings = get_settings()
    command = [str(Path(sys.executable).with_name("dbt")), "--quiet", "parse", "--no-partial-parse"]
    with project_lock():
        load_registry(settings.registry).copy_for_dbt()
        result = subprocess.run(
            [*command, "--target-path", str(folder), "--log-path", str(folder)],
            cwd=settings.dbt_project,
            env=os.environ | {"YIBIAO_HOME": str(settings.home), "DO_NOT_TRACK": "1"},
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
    if result.returncode:
        raise DictionaryError(f"dbt 读不出自己的项目（{settings.dbt_project}），请先修正：\n{result.stdout[-4000:]}")
    manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return manifest
