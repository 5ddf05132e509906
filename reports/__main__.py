"""`python -m reports`: publish the notices of a period, list what was published, compare it, and build it again."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from ingestion.errors import YibiaoError
from ingestion.periods import CADENCES, parse_period
from ingestion.settings import get_settings
from reports import hearing
from reports.as_published import export_as_published
from reports.audit import all_acts
from reports.audit_table import csv_of, lines_of
from reports.dictionary import render_dictionary
from reports.difference import difference_between, vintage_of
from reports.errors import NoticeNotFound
from reports.publish import Publication
from reports.publish import publish as publish_notices
from reports.reproduce import report_of
from reports.reproduce import reproduce as rebuild_and_compare
from reports.snapshot import keep_snapshot
from reports.vintage import list_vintages

OUTCOMES = {
    "published": "已发布新版",
    "unchanged": "数字未变，沿用原版",
    "draft": "征求意见稿",
    "nothing": "与已发布版相同，不出征求意见稿",
}
CADENCE_HELP = f"周期：{'、'.join(CADENCES)}"
Programme = Annotated[str, typer.Argument(help="方案编号", show_default=False)]
PeriodId = Annotated[str, typer.Argument(metavar="PERIOD", help="期：2021-03、2021-B2、2021-Q1、2021-H1、2021")]
Version = Annotated[str, typer.Argument(help="版次：v1、v2……")]
CadenceOption = Annotated[str | None, typer.Option("--cadence", help=f"{CADENCE_HELP}；不给则由期号决定")]

application = typer.Typer(
    help="通报：由最近一次计算的结果排版、冻结版次并发布。", no_args_is_help=True, add_completion=False
)
application.add_typer(hearing.application)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise typer.BadParameter(f"“{text}”不是带时区的时间，应如 2021-04-20T00:00+08:00")
    return moment


@application.command()
def publish(
    cadence: Annotated[str, typer.Option(help=CADENCE_HELP)],
    period: Annotated[str, typer.Option(help="期：2021-03、2021-B2、2021-Q1、2021-H1、2021")],
    programme: Annotated[list[str] | None, typer.Option(help="方案编号，可重复；不给则为有这一周期的全部方案")] = None,
    draft: Annotated[bool, typer.Option("--draft", help="只出征求意见稿，不发布")] = False,
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


@application.command()
def diff(
    programme: Programme, period: PeriodId, first: Version, second: Version, cadence: CadenceOption = None
) -> None:
    """列出两个版次之间变动的数字、得分、位次和状态，以及变动来自哪些报送。"""
    with _refusing("没有比较"):
        key = (programme, period, _cadence(period, cadence))
        before, after = (vintage_of(*key, _version(text)).result() for text in (first, second))
        difference = difference_between(before, after)
    for line in difference.moved:
        typer.echo(line)
    if not difference.moved:
        typer.echo(f"{first} 与 {second} 之间没有数字、得分、位次或状态变动。")
    if difference.beside:
        typer.echo("以下变动不涉及数字，本身不产生新版：")
        for line in difference.beside:
            typer.echo(f"  {line}")
    if difference.submissions:
        typer.echo("新采用的报送：")
        for line in difference.submissions:
            typer.echo(f"  {line}")
    elif difference.moved:
        typer.echo("没有新采用的报送：变动来自登记的目标、名录、历史数据或计算规则。")


@application.command()
def reproduce(programme: Programme, period: PeriodId, version: Version, cadence: CadenceOption = None) -> None:
    """由档案、登记和当时的登记册在临时文件夹里重建一个版次，与公布的逐格比对；全部一致才以 0 结束。"""
    with _refusing("无法重建"):
        vintage = vintage_of(programme, period, _cadence(period, cadence), _version(version))
        typer.echo(f"正在重建 {vintage.folder}，约需一次完整计算的时间……")
        reproduction = rebuild_and_compare(vintage)
    for line in report_of(reproduction):
        typer.echo(line)
    if not reproduction.is_equal:
        raise typer.Exit(1)


@application.command()
def snapshot() -> None:
    """另存一份供查询的数据快照，以截至时间命名，以后不再改动。"""
    with _refusing("没有另存"):
        typer.echo(f"快照：{keep_snapshot()}")


@application.command(name="as-published")
def as_published(
    mart: Annotated[str, typer.Option(help="表名，如 indicator_rankings")],
    moment: Annotated[datetime, typer.Option(parser=_moment, help="时间，须带时区，如 2021-04-20T00:00+08:00")],
    out: Annotated[Path, typer.Option(help="写到哪个文件：.parquet 或 .csv")],
) -> None:
    """导出截至某一时间已发布的通报中的一张表，每期通报取当时最新的版次。"""
    with _refusing("没有导出"):
        typer.echo(f"{out}：{export_as_published(mart, moment, out)} 行")


@application.command()
def audit(
    programme: Annotated[str | None, typer.Option(help="方案编号；不给则全部")] = None,
    period: Annotated[str | None, typer.Option(help="期；不给则全部")] = None,
    out: Annotated[Path | None, typer.Option(help="写到哪个 CSV 文件；不给则打印")] = None,
) -> None:
    """列出谁在何时发布、批准、退回、豁免、更正、重新开放、提出和答复异议，记在哪里。"""
    with _refusing("没有列出"):
        acts = [a for a in all_acts() if programme in (None, a.programme_id) and period in (None, a.period)]
    if out:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(csv_of(acts))
        typer.echo(f"{out}：{len(acts)} 件")
        return
    for line in lines_of(acts):
        typer.echo(line)
    if not acts:
        typer.echo("没有办理记录。")


@application.command()
def dictionary(out: Annotated[Path, typer.Option(help="写到哪个 HTML 文件")]) -> None:
    """由 dbt 的说明生成数据字典：一个网页文件，不需要网络。"""
    with _refusing("没有生成"):
        page = render_dictionary()
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(page, encoding="utf-8")
    typer.echo(f"数据字典：{out}")


@contextmanager
def _refusing(what: str) -> Iterator[None]:
    try:
        yield
    except YibiaoError as error:
        typer.echo(f"{what}：{error}", err=True)
        raise typer.Exit(1) from error


def _cadence(period: str, cadence: str | None) -> str:
    """The cadence asked for, else the one that the period's notation means."""
    if cadence is not None and cadence not in CADENCES:
        raise NoticeNotFound(f"没有“{cadence}”这种周期；可用的有：{'、'.join(CADENCES)}")
    return cadence or parse_period(period).cadence


def _version(text: str) -> int:
    number = text.removeprefix("v")
    if not number.isdecimal():
        raise NoticeNotFound(f"“{text}”不是版次；应为 v1、v2 这样的")
    return int(number)


def _sentence(publication: Publication) -> str:
    version = f" v{publication.version}" if publication.version else ""
    where = f"：{publication.folder}" if publication.folder else ""
    return f"{publication.programme_id} {publication.period}{version} {OUTCOMES[publication.outcome]}{where}"


if __name__ == "__main__":
    application()
