"""`python -m ingestion.documents FILE --out DIR`: drafts of registry rows from a policy text, for a person to confirm.

The drafts have the registry's columns and one more, `context`: the words they were read from. They never go into a
registry by themselves. Numbers that were seen and are no goals go into not_targets.csv with the reason; dates, document
numbers and names like 5G, which `registry_check` knows by itself, don't.
"""

import csv
import re
import unicodedata
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer

from ingestion.clause_numbers import rejected
from ingestion.clauses import FRONT_MATTER, Clause, path_parts, split_clauses
from ingestion.document_dates import DocumentDates, read_dates
from ingestion.document_tasks import Task, find_tasks
from ingestion.document_text import read_document
from ingestion.errors import RegistryError, YibiaoError
from ingestion.figures import chinese_number
from ingestion.goals import Goal, find_goals, read_figures
from ingestion.registry import REQUIRED_TABLES, Row, column_types
from ingestion.settings import get_settings

CONTEXT = "context"
_COUNTED = (("clauses", "条款", "个"), ("targets", "目标草稿", "行"), ("tasks", "任务草稿", "行"),
            ("not_targets", "非目标的数", "个"))  # fmt: skip
app = typer.Typer(add_completion=False, help="从政策文本起草目标和任务，供人核对后录入。")


def draft(text: str, document_id: str, year: int | None = None) -> dict[str, list[Row]]:
    """Drafts by table, `clauses`, `targets`, `tasks` and `not_targets`, of a clean text.

    `year` is the one that goals without a year of their own mean; by default it is read from the text.
    """
    clauses = split_clauses(text)
    dates = read_dates(clauses)
    if year:
        dates = replace(dates, year=year)
    goals = find_goals(clauses, dates)
    tasks = find_tasks(clauses, goals, dates)
    return {
        "clauses": _clause_rows(clauses, document_id),
        "targets": _target_rows(goals, document_id, dates),
        "tasks": _task_rows(tasks, document_id, dates),
        "not_targets": _not_target_rows(clauses, read_figures(clauses, dates), document_id),
    }


def write_drafts(drafts: dict[str, list[Row]], folder: Path) -> None:
    """One CSV a table in `folder`, which must be no registry."""
    _refuse_registry(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for table, rows in drafts.items():
        with (folder / f"{table}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, [*column_types()[table], CONTEXT], lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


def _refuse_registry(folder: Path) -> None:
    target = folder.resolve()
    settings = get_settings()
    registries = (settings.registry.resolve(), settings.registry_copy.resolve())
    is_inside = any(target == registry or registry in target.parents for registry in registries)
    if is_inside or all((target / f"{table}.csv").exists() for table in REQUIRED_TABLES):
        raise RegistryError(f"{folder}: this is a registry; drafts go into a folder of their own")


def _clause_rows(clauses: list[Clause], document_id: str) -> list[Row]:
    return [
        _row("clauses", document_id=document_id, clause=clause.path, context=clause.title)
        for clause in clauses
        if clause.path != FRONT_MATTER
    ]


def _not_target_rows(clauses: list[Clause], read: list[Goal], document_id: str) -> list[Row]:
    return [
        _row("not_targets", document_id=document_id, clause=clause.path, text=text, reason=reason, context=clause.title)
        for clause in {clause.path: clause for clause in clauses}.values()
        for text, reason in rejected(clause, [goal for goal in read if goal.clause == clause.path])
    ]


def _target_rows(goals: list[Goal], document_id: str, dates: DocumentDates) -> list[Row]:
    rows: list[Row] = []
    counts: Counter[str] = Counter()
    for goal in goals:
        slug = _slug(document_id, goal.clause)
        counts[slug] += not goal.is_stretch
        number = f"{slug}-t{counts[slug]}"
        figure = goal.figure
        rows.append(
            _row(
                "targets",
                target_id=f"{number}-stretch" if goal.is_stretch else number,
                document_id=document_id,
                clause=goal.clause,
                comparator=goal.comparator,
                value_low=_plain(figure.low),
                value_high="" if figure.high is None else _plain(figure.high),
                unit=figure.unit,
                period=goal.period,
                scope="each" if goal.is_each else "city",
                strength=goal.strength,
                is_approximate=str(goal.is_approximate).lower(),
                lead_units=goal.units.lead_units,
                responsible_units=goal.units.responsible_units,
                stretches_target_id=number if goal.is_stretch else "",
                note=goal.note,
                valid_from=dates.valid_from,
                context=goal.context,
            )
        )
    return rows


def _task_rows(tasks: list[Task], document_id: str, dates: DocumentDates) -> list[Row]:
    slugs = [_slug(document_id, task.clause) for task in tasks]
    totals, counts = Counter(slugs), Counter[str]()
    rows: list[Row] = []
    for slug, task in zip(slugs, tasks, strict=True):
        letter = f"-{_letter(counts[slug])}" if totals[slug] > 1 else ""
        counts[slug] += 1
        rows.append(
            _row(
                "tasks",
                task_id=slug + letter,
                document_id=document_id,
                clause=task.clause,
                task=task.task,
                lead_units=task.lead_units,
                responsible_units=task.responsible_units,
                due=task.due,
                is_dated=str(task.is_dated).lower(),
                valid_from=dates.valid_from,
                context=task.context,
            )
        )
    return rows


def _row(table: str, **cells: str) -> Row:
    """The registry's columns with what the text tells; the rest is for the person."""
    return dict.fromkeys([*column_types()[table], CONTEXT], "") | cells


def _slug(document_id: str, path: str) -> str:
    """二(三)2① of wzb_2021_26 → wzb_2021_26-2-3-2-1, in characters that an id may have."""
    return "-".join([_plain_id(document_id), *map(_number, path_parts(path))])


def _number(part: str) -> str:
    numeral = re.sub(r"[第编章条()]", "", part)
    if re.fullmatch("[一二三四五六七八九十百]+", numeral):
        return str(chinese_number(numeral))
    if numeral == "附件":
        return "annex"
    return str(int(unicodedata.numeric(numeral))) if len(numeral) == 1 else numeral


def _plain_id(document_id: str) -> str:
    plain = re.sub(r"[^a-z0-9_-]+", "_", unicodedata.normalize("NFKC", document_id).lower()).strip("_-")
    return plain or "document"


def _letter(index: int) -> str:
    return chr(ord("a") + index) if index < 26 else f"z{index - 24}"


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


@app.command()
def main(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="政策文本，UTF-8 或 GB18030 的 .txt")],
    out: Annotated[Path | None, typer.Option(help="草稿文件夹；缺省为文本旁的 <文件名>-drafts")] = None,
    document_id: Annotated[str | None, typer.Option(help="文件编号，如 wzb_2021_26；缺省为文件名")] = None,
    year: Annotated[int | None, typer.Option(help="目标未写年份时按此年；缺省从标题或成文日期读出")] = None,
) -> None:
    """起草一份政策文本的目标和任务，写入草稿文件夹，不改动登记册。"""
    folder = out or file.parent / f"{file.stem}-drafts"
    try:
        text = read_document(file)
        drafts = draft(text, document_id or file.stem, year)
        write_drafts(drafts, folder)
    except YibiaoError as error:
        typer.secho(str(error), err=True, fg="red")
        raise typer.Exit(1) from None
    counts = "，".join(f"{label} {len(drafts[table])} {unit}" for table, label, unit in _COUNTED)
    typer.echo(f"{counts}：{folder}")


if __name__ == "__main__":
    app()
