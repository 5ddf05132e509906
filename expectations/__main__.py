"""`python -m expectations`: judge what was received."""

import typer

from expectations.run import judge
from ingestion.errors import YibiaoError
from ingestion.runs import refresh_run
from ingestion.settings import get_settings

app = typer.Typer(add_completion=False, help="审核已接收的报表，退回有问题的。", invoke_without_command=True)


@app.callback()
def main() -> None:
    """审核已接收的报表，退回有问题的。"""
    try:
        report = judge()
        refresh_run()
    except YibiaoError as error:
        typer.secho(str(error), err=True, fg="red")
        raise typer.Exit(1) from None
    judged = report.accepted + report.returned + report.repeated
    if not judged:
        typer.echo("没有待审核的报表。")
        return
    counts = f"接受 {report.accepted} 个，退回 {report.returned} 个，与现行版本相同 {report.repeated} 个"
    typer.echo(f"审核 {judged} 个文件：{counts}。")
    if report.months:
        typer.echo(f"数据有变化的月份：{'、'.join(report.months)}。")
    if report.accepted:
        typer.echo(f"接受的文件的回执在 {get_settings().receipts}。")
    if report.returned:
        typer.echo(f"退回的文件已标出问题，在 {get_settings().returned}。")


if __name__ == "__main__":
    app()
