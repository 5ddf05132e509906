"""`python -m reports`: publish the notices of a period, list what was published."""

from typing import Annotated

import typer

from ingestion.errors import YibiaoError
from ingestion.periods import CADENCES
from ingestion.settings import get_settings
from reports.publish import Publication
from reports.publish import publish as publish_notices
from reports.vintage import list_vintages

OUTCOMES = {
    "published": "已发布新版",
    "unchanged": "数字未变，沿用原版",
    "draft": "初步稿",
    "nothing": "与已发布版相同，不出初步稿",
}
CADENCE_HELP = f"周期：{'、'.join(CADENCES)}"

application = typer.Typer(
    help="通报：由最近一次计算的结果排版、冻结版次并发布。", no_args_is_help=True, add_completion=False
)


@application.command()
def publish(
    cadence: Annotated[str, typer.Option(help=CADENCE_HELP)],
    period: Annotated[str, typer.Option(help="期：2021-03、2021-B2、2021-Q1、2021-H1、2021")],
    programme: Annotated[list[str] | None, typer.Option(help="方案编号，可重复；不给则为有这一周期的全部方案")] = None,
    draft: Annotated[bool, typer.Option("--draft", help="只出初步稿，不发布")] = False,
) -> None:
    """发布一期通报（数字没有变动则不出新版），并更新供查询的数据快照。"""
    try:
        publications = publish_notices(cadence, period, programme, draft)
    except YibiaoError as error:
        typer.echo(f"没有发布：{error}", err=True)
        raise typer.Exit(1) from error
    if not publications:
        typer.echo(f"没有方案设有 {cadence} 这一周期，无可发布。")
    for publication in publications:
        typer.echo(_sentence(publication))


@application.command(name="list")
def list_published() -> None:
    """列出全部已发布的版次。"""
    vintages = list_vintages()
    for vintage in vintages:
        typer.echo(f"{vintage.period}\t{vintage.programme_id}\t{vintage.cadence}\tv{vintage.version}\t{vintage.folder}")
    if not vintages:
        typer.echo(f"{get_settings().published} 中还没有已发布的通报。")


def _sentence(publication: Publication) -> str:
    version = f" v{publication.version}" if publication.version else ""
    where = f"：{publication.folder}" if publication.folder else ""
    return f"{publication.programme_id} {publication.period}{version} {OUTCOMES[publication.outcome]}{where}"


if __name__ == "__main__":
    application()
