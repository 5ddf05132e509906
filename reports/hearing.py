"""The commands around a draft: tell the reporters, take objections, answer them, print what became of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Annotated

import typer

from ingestion.errors import YibiaoError
from ingestion.periods import CADENCES, parse_moment
from reports import objections
from reports.objections import EFFECTS
from reports.pre_notice import write_pre_notices

application = typer.Typer()
_Cadence = Annotated[str, typer.Option(help=f"周期：{'、'.join(CADENCES)}")]
_Time = Annotated[str | None, typer.Option(help="时刻，如 2021-04-21T10:00（北京时间）；不给则为现在")]


@application.command(name="pre-notice")
def pre_notice(
    cadence: _Cadence,
    period: Annotated[str, typer.Option(help="期：2021-03、2021-B2、2021-Q1、2021-H1、2021")],
    until: Annotated[str, typer.Option(help="异议截止日（当日 24:00 止），如 2021-04-23")],
    programme: Annotated[list[str] | None, typer.Option(help="方案编号，可重复；不给则为有稿的全部方案")] = None,
) -> None:
    """复核告知：为征求意见稿的每个填报单位各出一页，只列该单位自己的数字，写明异议的期限和办法。"""
    with _refusals("没有写出复核告知"):
        for told in write_pre_notices(cadence, period, _day(until), programme):
            typer.echo(f"{told.programme_id} {period} {told.page_count} 个单位，{told.until} 24:00 截止：{told.folder}")


@application.command(name="object")
def object_to(
    programme: Annotated[str, typer.Argument(help="方案编号")],
    period: Annotated[str, typer.Argument(help="期：2021-03、2021-B2、2021-Q1、2021-H1、2021")],
    reporter: Annotated[str, typer.Argument(help="提出异议的填报单位，编号或名称")],
    cadence: _Cadence,
    reason: Annotated[str, typer.Option(help="理由和依据")],
    by: Annotated[str, typer.Option(help="提出人")],
    indicator: Annotated[str | None, typer.Option(help="指标，编号或名称；不给则为该单位的全部数字")] = None,
    at: _Time = None,
) -> None:
    """登记一件异议，打印它的编号。有征求意见稿的，对征求意见稿；没有的，对最新一版。逾期的照记，标明逾期。"""
    with _refusals("没有登记异议"):
        arguments = (programme, period, cadence, reporter, indicator, reason, by, _moment(at))
        _print([objections.record_objection(*arguments)])


@application.command()
def answer(
    objection_id: Annotated[str, typer.Argument(help="异议编号，见 python -m reports objections")],
    answer: Annotated[str, typer.Option(help="答复内容")],
    effect: Annotated[str, typer.Option(help=f"处理结果：{'或'.join(EFFECTS)}")],
    by: Annotated[str, typer.Option(help="答复人")],
    at: _Time = None,
) -> None:
    """答复一件异议。答复不改数字：要更正的，由填报单位重报，或由市里在 submission_corrections.csv 签批。"""
    with _refusals("没有登记答复"):
        _print([objections.record_answer(objection_id, answer, effect, by, _moment(at))])


@application.command(name="objections")
def list_objections(
    programme: Annotated[str | None, typer.Argument(help="方案编号；不给则全部")] = None,
    period: Annotated[str | None, typer.Argument(help="期；不给则全部")] = None,
    cadence: Annotated[str | None, typer.Option(help="周期；不给则全部")] = None,
) -> None:
    """打印异议、答复，以及发布的通报与当时所见相比改了哪些数字。"""
    with _refusals("没有打印异议"):
        found = objections.all_objections(programme, period, cadence)
        _print(found)
        if not found:
            typer.echo("没有登记过异议。")


def _print(found: list[objections.Objection]) -> None:
    for line in objections.printed(found):
        typer.echo(line)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise YibiaoError(f"截止日“{text}”无法识别；应如 2021-04-23（--until）") from error


def _moment(text: str | None) -> datetime:
    if text is None:
        return datetime.now(UTC)
    try:
        return parse_moment(text)
    except ValueError as error:
        raise YibiaoError(f"时刻“{text}”无法识别；应如 2021-04-21T10:00（--at）") from error


@contextmanager
def _refusals(what: str) -> Iterator[None]:
    """Ends the command with a sentence where something is refused."""
    try:
        yield
    except YibiaoError as error:
        typer.echo(f"{what}：{error}", err=True)
        raise typer.Exit(1) from error
