"""What the page shows as pictures: a heat table, lines over the months, and who changed places.

Each picture stands beside a table with the same figures; nothing is calculated here. More reporters than anyone could
tell apart are not drawn.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from reports import figures
from reports.catalogue import LIGHTS, OVERALL
from reports.drawing import Line, Picture, draw_months, draw_slopes
from reports.figures import EMPTY, Cell
from reports.notice import Notice
from reports.read import ResultSet
from reports.scores import decimals_of
from reports.standings import Block
from reports.tables import Column, Table, TableRow

MOST_REPORTERS = 40  # as many lines or columns as can still be told apart
_REPORTER = Column("reporter", "填报单位", 24, "left")
_MOVES = (
    _REPORTER,
    Column("previous_rank", "原位次", 9, is_sortable=True),
    Column("rank", "现位次", 9, is_sortable=True),
    Column("rank_change", "位次变化", 9, "center", is_sortable=True),
    Column("score_change", "得分变化", 10, is_sortable=True),
)


@dataclass(frozen=True)
class Band:
    """A light as the heat table shows it: one character, the colour of the registry, and the class that has it."""

    word: str
    colour: str
    css_class: str


@dataclass(frozen=True)
class Heat:
    """Indicators down, reporters across; `lights` of cells are by (row number, column key)."""

    table: Table
    lights: dict[tuple[int, str], str]


@dataclass(frozen=True)
class Chart:
    """One picture; its lines carry the row numbers of the table named; `row` where it is about a single reporter."""

    title: str
    remark: str
    svg: str
    table_id: str
    row: TableRow | None = None


@dataclass(frozen=True)
class Gallery:
    """Pictures that belong together, and the tables that say the same."""

    title: str
    remark: str
    charts: list[Chart]
    tables: list[Table]


@dataclass(frozen=True)
class Moves:
    """Places before and now, top down, with a line from one to the other for each reporter."""

    before: list[str]
    now: list[str]
    svg: str
    step: int
    table: Table


@dataclass(frozen=True)
class Charts:
    """All pictures of a page; `remarks` say what was left out and why."""

    bands: dict[str, Band] = field(default_factory=dict)
    heat: Heat | None = None
    moves: Moves | None = None
    galleries: list[Gallery] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def tables(self) -> list[Table]:
        """The tables that stand beside the pictures."""
        beside = [table for gallery in self.galleries for table in gallery.tables]
        return [*([self.heat.table] if self.heat else []), *([self.moves.table] if self.moves else []), *beside]


def charts_of(result: ResultSet, notice: Notice) -> Charts:
    """The pictures of a notice; a picture whose figures an old vintage does not have is left out."""
    reporters = reporters_by_group(result)
    if len(reporters) > MOST_REPORTERS:
        return Charts(
            remarks=[f"填报单位共 {len(reporters)} 个，在一张图上无法分辨，热力表和走势图从略；数字以各表为准。"]
        )
    ranked = [block for block in notice.blocks if block.is_primary]
    return Charts(
        bands={
            row["light"]: Band(LIGHTS.get(row["light"], row["light"])[:1], row["colour"] or "", f"tint-{number}")
            for number, row in enumerate(result.rows("light_bands"), start=1)
        },
        heat=_heat(result, reporters),
        moves=_moves(result),
        galleries=_galleries(result, ranked),
    )


def reporters_by_group(result: ResultSet) -> list[dict[str, Any]]:
    """Everyone but the city, group by group, those without a group last."""
    rows = [row for row in result.reporters.values() if row["reporter_kind"] != "city"]
    return sorted(
        rows, key=lambda row: (row["group_name"] is None, row["group_display_order"] or 0, row["display_order"])
    )


def _heat(result: ResultSet, reporters: list[dict[str, Any]]) -> Heat | None:
    """Every indicator of which at least two reporters have a completion rate."""
    known = {(row["indicator_id"], row["reporter_id"]): row for row in result.rows("progress")}
    shown = [
        indicator
        for indicator in result.indicators.values()
        if sum(_has_completion(known, indicator, reporter) for reporter in reporters) > 1
    ]
    if not shown:
        return None
    # Who owes none of these figures has no column; who owes them and sent none has one that says so.
    across = [
        row for row in reporters if any((indicator["indicator_id"], row["reporter_id"]) in known for indicator in shown)
    ]
    across += [row for row in result.reporters.values() if row["reporter_kind"] == "city"]
    lights, rows = {}, []
    for number, indicator in enumerate(shown):
        cells = {"indicator": figures.text(indicator["indicator_name"])}
        for reporter in across:
            row = known.get((indicator["indicator_id"], reporter["reporter_id"]))
            cells[reporter["reporter_id"]] = figures.completion(row, indicator["ratio_decimals"]) if row else EMPTY
            if row and row["light"] is not None:
                lights[number, reporter["reporter_id"]] = row["light"]
        rows.append(TableRow(cells))
    left = len(result.indicators) - len(shown)
    remark = "颜色为亮灯，格内小字为同一盏灯；没有颜色的不亮灯" + (
        f"；另有 {left} 项指标没有各单位的完成率，不在此表" if left else ""
    )
    columns = [Column("indicator", "指标", 28, "left")]
    columns += [Column(row["reporter_id"], row["reporter_name"], 10, "center") for row in across]
    groups = [(name or "", len(list(those))) for name, those in groupby(across, key=lambda row: row["group_name"])]
    table = Table("heat", "各指标、各单位完成率", tuple(columns), tuple(rows), remark, (("", 1), *groups))
    return Heat(table, lights)


def _has_completion(
    known: dict[tuple[str, str], dict[str, Any]], indicator: dict[str, Any], reporter: dict[str, Any]
) -> bool:
    row = known.get((indicator["indicator_id"], reporter["reporter_id"]))
    return row is not None and row["completion_ratio"] is not None


def _moves(result: ResultSet) -> Moves | None:
    """The overall places before and now, if anybody changed places."""
    movers = {row["reporter_id"]: row for row in result.rows("movers") if row["scope"] == OVERALL}
    rows = [row for row in movers.values() if row["previous_rank"] is not None and row["rank"] is not None]
    if not any(row["rank_change"] for row in rows):
        return None

    def by(key: str) -> list[dict[str, Any]]:
        return sorted(rows, key=lambda row: (row[key], result.reporters[row["reporter_id"]]["display_order"]))

    def name(row: dict[str, Any]) -> str:
        return str(result.reporters[row["reporter_id"]]["reporter_name"])

    before, now = by("previous_rank"), by("rank")
    slopes = [(before.index(row) + 1, place, _look(row["rank_change"])) for place, row in enumerate(now, start=1)]
    svg, step = draw_slopes(slopes)
    cells = [
        {"reporter": figures.text(name(row)), "rank_change": figures.place_change(row["rank_change"])}
        | {key: figures.number(row[key]) for key in ("previous_rank", "rank")}
        | {"score_change": figures.number(row["score_change"], decimals_of(result))}
        for row in now
    ]
    table_rows = tuple(TableRow(of_one, reporter_id=row["reporter_id"]) for of_one, row in zip(cells, now, strict=True))
    return Moves(
        before=[f"{name(row)} {row['previous_rank']}" for row in before],
        now=[f"{row['rank']} {name(row)}" for row in now],
        svg=svg,
        step=step,
        table=Table("moves-table", "位次变动", _MOVES, table_rows),
    )


def _look(change: int | None) -> str:
    return "up" if change and change > 0 else "down" if change and change < 0 else "plain"


@dataclass(frozen=True)
class _Course:
    """Figures over the months: one row a reporter, ready to be drawn and printed."""

    table: Table
    picture: Picture


def _galleries(result: ResultSet, ranked: list[Block]) -> list[Gallery]:
    """The galleries that have something to show; all pictures are drawn together."""
    scores = _scores(result)
    courses = [(block, course) for block in ranked if (course := _course(result, block))]
    pictures = [_highlighting(scores.picture, row) for row in range(len(scores.table.rows))] if scores else []
    drawn = draw_months([*pictures, *(course.picture for _, course in courses)])
    galleries = []
    if scores:
        charts = [
            Chart(row.cell("reporter").text, row.cell("place").text, svg, scores.table.table_id, row)
            for row, svg in zip(scores.table.rows, drawn, strict=False)
        ]
        remark = "每图一家：粗线为该单位，浅线为其他单位；由月调度各月的综合得分画成。"
        table = scores.table
        galleries.append(Gallery("综合得分：每家一图", remark, charts, [table]))
    if courses:
        charts = [
            Chart(course.table.title, course.table.remark, svg, course.table.table_id)
            for (_, course), svg in zip(courses, drawn[len(pictures) :], strict=True)
        ]
        remark = "每图一项参加排名的指标，每家一线；由月调度各月的数画成，数字表中空格为当月没有数。"
        galleries.append(Gallery("分指标：每项一图", remark, charts, [course.table for _, course in courses]))
    return galleries


def _highlighting(picture: Picture, number: int) -> Picture:
    lines = [Line(line.number, "strong" if line.number == number else "plain", line.points) for line in picture.lines]
    return Picture(lines, picture.is_from_zero)


def _scores(result: ResultSet) -> _Course | None:
    """The overall scores of the months, by the last month's place; None for less than two months."""
    history = result.rows("score_history")
    months = sorted({row["period"] for row in history})
    if len(months) < 2:
        return None
    of_reporter = {key: list(rows) for key, rows in groupby(history, key=lambda row: row["reporter_id"])}
    last = {key: rows[-1] for key, rows in of_reporter.items()}

    def position(key: str) -> tuple[bool, int, int]:
        rank = last[key]["rank"] if last[key]["period"] == months[-1] else None
        return rank is None, rank or 0, result.reporters[key]["display_order"]

    rows = []
    for key in sorted((key for key in of_reporter if key in result.reporters), key=position):
        cells = {row["period"]: figures.number(row["score"], decimals_of(result)) for row in of_reporter[key]}
        place = EMPTY if position(key)[0] else figures.text(f"{_month(months[-1])}第 {last[key]['rank']} 位")
        final = cells.get(months[-1], EMPTY).text
        place = figures.text(f"{place.text}，{final} 分") if final and place.text else place
        rows.append(_row(result, key, cells | {"place": place}))
    return _Course(_table("course-scores", "各月综合得分", "", months, rows), _picture(rows, months, {}, True))


def _course(result: ResultSet, block: Block) -> _Course | None:
    """The months of a ranked indicator; None for less than two months or two reporters."""
    indicator = block.indicator
    key = "completion_ratio" if block.basis == "completion" else "cumulative_value"
    history = [
        row
        for row in result.rows("history")
        if row["indicator_id"] == indicator["indicator_id"] and row["reporter_id"] in result.reporters
    ]
    months = sorted({row["period"] for row in history if row[key] is not None})
    # A target that is an illustrative split now was one in every month.
    marks = {
        row["reporter_id"]: figures.mark_of(row)
        for row in result.rows("progress")
        if row["indicator_id"] == indicator["indicator_id"]
    }
    of_reporter: dict[str, dict[str, Cell]] = {}
    for row in history:
        cell = _figure(row, key, indicator, marks.get(row["reporter_id"], ""))
        of_reporter.setdefault(row["reporter_id"], {})[row["period"]] = cell
    order = [row.reporter_id for row in block.table.rows if row.reporter_id in of_reporter]
    if len(months) < 2 or len(order) < 2:
        return None
    rows = [_row(result, reporter_id, of_reporter[reporter_id]) for reporter_id in order]
    looks = dict(_looks(result, block, rows))
    measure = "完成率（%）" if block.basis == "completion" else f"累计(期末)数（{indicator['unit']}）"
    table = _table(
        f"course-{indicator['indicator_id']}",
        f"{indicator['indicator_name']}：各月{measure}",
        _legend(rows, looks),
        months,
        rows,
    )
    return _Course(table, _picture(rows, months, looks, block.basis == "completion"))


def _figure(row: dict[str, Any], key: str, indicator: dict[str, Any], mark: str) -> Cell:
    if key == "completion_ratio":
        return figures.percent(row[key], indicator["ratio_decimals"], mark)
    return figures.number(row[key], indicator["decimals"])


def _looks(result: ResultSet, block: Block, rows: list[TableRow]) -> Iterator[tuple[int, str]]:
    """Which rows stand out: the first and the last in place, and the city if it has a line."""
    numbers = {row.reporter_id: number for number, row in enumerate(rows)}
    placed = [row.reporter_id for row in block.table.rows if row.cell("overall_place").number is not None]
    placed = [reporter_id for reporter_id in placed if reporter_id in numbers]
    if len(placed) > 1:
        yield numbers[placed[-1]], "last"
        yield numbers[placed[0]], "strong"
    for reporter_id, number in numbers.items():
        has_line = any(cell.number is not None for cell in rows[number].cells.values())
        if has_line and result.reporters[reporter_id]["reporter_kind"] == "city":
            yield number, "whole"


def _legend(rows: list[TableRow], looks: dict[int, str]) -> str:
    words = {"strong": "粗线", "last": "红线", "whole": "虚线"}
    names = {look: rows[number].cell("reporter").text for number, look in looks.items()}
    notes = {"strong": "（居首）", "last": "（居末）", "whole": ""}
    parts = [f"{word}为{names[look]}{notes[look]}" for look, word in words.items() if look in names]
    is_illustrative = any(cell.mark for row in rows for cell in row.cells.values())
    return "，".join([*parts, "浅线为其他各家"]) + ("；目标为示例分解" if is_illustrative else "")


def _row(result: ResultSet, reporter_id: str, cells: dict[str, Cell]) -> TableRow:
    name = figures.text(result.reporters[reporter_id]["reporter_name"])
    return TableRow({"reporter": name} | cells, reporter_id=reporter_id)


def _table(table_id: str, title: str, remark: str, months: list[str], rows: Iterable[TableRow]) -> Table:
    columns = (_REPORTER, *(Column(month, _month(month), 9, is_sortable=True) for month in months))
    return Table(table_id, title, columns, tuple(rows), remark)


def _picture(rows: list[TableRow], months: list[str], looks: dict[int, str], is_from_zero: bool) -> Picture:
    lines = [Line(number, looks.get(number, "plain"), _points(row, months)) for number, row in enumerate(rows)]
    return Picture(lines, is_from_zero)


def _points(row: TableRow, months: list[str]) -> list[tuple[int, float]]:
    """Heights as they print: a rate in per cent."""
    found = []
    for month in months:
        cell = row.cell(month)
        if cell.number is not None:
            found.append((_number(month), float(cell.text.removesuffix("%"))))
    return found


def _number(month: str) -> int:
    return int(month.rpartition("-")[2])


def _month(month: str) -> str:
    return f"{_number(month)}月"
