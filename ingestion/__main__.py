"""`python -m ingestion`: sweep the inbox and write down what the next build is made from; `… template`: blank forms."""

import logging
from datetime import UTC, datetime
from typing import Annotated

import typer

from ingestion.calendar import calendar_warnings
from ingestion.clock import confirm_clock
from ingestion.errors import YibiaoError
from ingestion.full_disk import naming_a_full_disk
from ingestion.periods import parse_moment
from ingestion.registry import load_registry
from ingestion.runs import record_run
from ingestion.settings import get_settings
from ingestion.store import open_warehouse
from ingestion.sweep import sweep
from ingestion.target_arithmetic import target_warnings
from ingestion.templates import write_templates

app = typer.Typer(add_completion=False, help="接收收件箱里的报表，归档、登记、入库。", invoke_without_command=True)


@app.callback()
def main(
    context: typer.Context,
    as_of: Annotated[str | None, typer.Option(help="截至时间，如 2022-01-20T00:00+08:00;缺省为本次开始时间")] = None,
) -> None:
    """接收收件箱里的报表，归档、登记、入库。"""
    if context.invoked_subcommand:
        return
    started = datetime.now(UTC).replace(microsecond=0)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        with naming_a_full_disk(get_settings().home):
            report = sweep()
            registry = load_registry(get_settings().registry)
            registry.copy_for_dbt()
        with open_warehouse() as connection:
            # Receipts of this sweep were seen after the start; they belong to this run.
            default = max([started, *(receipt.received_at for receipt in report.receipts)])
            moment = parse_moment(as_of) if as_of else default
            record_run(connection, registry, moment)
        warnings = [*target_warnings(registry, moment), *calendar_warnings(registry, moment)]
    except (YibiaoError, ValueError) as error:
        typer.secho(str(error), err=True, fg="red")
        raise typer.Exit(1) from None
    for warning in warnings:
        typer.secho(warning, err=True, fg="yellow")
    typer.echo(f"接收 {len(report.receipts)} 个文件。")


@app.command(name="clock-is-right")
def clock_is_right() -> None:
    """确认本机时间无误：此前因时钟有误而登记了未来时间的文件，放回收件箱重新收件。"""
    try:
        with open_warehouse() as connection:
            names = confirm_clock(connection, get_settings(), datetime.now(UTC).replace(microsecond=0))
    except YibiaoError as error:
        typer.secho(str(error), err=True, fg="red")
        raise typer.Exit(1) from None
    for name in names:
        typer.echo(f"放回收件箱：{name}")
    typer.echo(f"共 {len(names)} 个文件；请运行 python -m ingestion 重新收件。")


@app.command()
def template(
    programme: Annotated[str, typer.Option(help="方案的编号或名称")],
    period: Annotated[str, typer.Option(help="月份，如 2021-04")],
    reporter: Annotated[str | None, typer.Option(help="只写一个填报单位的模板：编号、名称或别名")] = None,
) -> None:
    """写出一个方案一个月的空白填报模板，一个填报单位一个工作簿。"""
    try:
        report = write_templates(programme, period, reporter)
    except YibiaoError as error:
        typer.secho(str(error), err=True, fg="red")
        raise typer.Exit(1) from None
    for task in report.unassigned_tasks:
        typer.secho(f"没有填报单位：{task['clause']} {task['task']}（{task['task_id']}）", err=True, fg="yellow")
    typer.echo(f"写出 {len(report.paths)} 个模板：{report.paths[0].parent}")


if __name__ == "__main__":
    app()
