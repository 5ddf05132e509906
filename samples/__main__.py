"""`python -m samples`: write the demonstration year into the inbox."""

from pathlib import Path
from typing import Annotated

import typer

from ingestion.settings import get_settings
from samples import SampleError, write_demonstration_year


def main(
    months: Annotated[str, typer.Option(help="只写这些月份，以逗号分隔，如 2021-01,2021-02；不填则写全年")] = "",
    inbox: Annotated[Path | None, typer.Option(help="收件文件夹；不填则为设置中的收件箱")] = None,
) -> None:
    """写入示例年度的报送文件和收件时间表。"""
    chosen = [month.strip() for month in months.split(",") if month.strip()] or None
    try:
        report = write_demonstration_year(inbox or get_settings().inbox, chosen)
    except SampleError as error:
        typer.echo(f"未写入：{error}", err=True)
        raise typer.Exit(1) from error
    typer.echo("\n".join(report.lines))


if __name__ == "__main__":
    typer.run(main)
