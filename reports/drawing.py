"""Draws lines as vector pictures that stand inside a page: by Vega, without a browser, network or font of the machine.

Numbers go in, text does not: a line is known by its position, so no name can get into a picture. All pictures of a page
are drawn in one go, because starting the library takes longer than drawing. Sizes are fixed and words take the page's
own font, so the bytes don't depend on the fonts of a machine.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

_SVG = "http://www.w3.org/2000/svg"
_WIDTH, _HEIGHT = 232, 112
_LEFT, _RIGHT, _TOP, _BOTTOM = 40, 10, 8, 20
_SLOPE_STEP = 18  # between two rows of a slope
_SLOPE_WIDTH = 140
_MONTHS = [1, 3, 6, 9, 12]
_SOFT, _RULE = "#595959", "#e0e0e0"
# What the library writes and a page needs; how lines look is the page's style.
_KEPT = {"d", "transform", "x2", "y2", "stroke", "fill", "font-size", "text-anchor"}


@dataclass(frozen=True)
class Line:
    """One line of a picture.

    Attributes:
        number: its position in the list or table that the picture stands beside.
        look: plain, strong, last, or whole; the page's style says how each looks.
        points: (month 1-12, value), gaps left out.
    """

    number: int
    look: str
    points: Sequence[tuple[int, float]]


@dataclass(frozen=True)
class Picture:
    """Lines over the months of a year; `is_from_zero` where the height of a line has a meaning, not only its course."""

    lines: Sequence[Line]
    is_from_zero: bool


def draw_months(pictures: Sequence[Picture]) -> list[str]:
    """One `<svg>` a picture: each line is a `<path data-line>` with its number and the class of its look."""
    if not pictures:
        return []
    values = [record for number, picture in enumerate(pictures) for record in _records(number, picture)]
    drawn = _frames(_draw(_months(values)))
    size = (_WIDTH + _LEFT + _RIGHT, _HEIGHT + _TOP + _BOTTOM)
    # The page's script finds the month of a point by these.
    scale = {"data-months": "12", "data-width": str(_WIDTH)}
    return [_cut_out(frame, size, (_LEFT, _TOP), scale) for frame in drawn]


def draw_slopes(slopes: Sequence[tuple[int, int, str]]) -> tuple[str, int]:
    """One `<svg>` with a line from each row on the left to its row on the right, and how far apart its rows are.

    `slopes` are (row on the left, row on the right, look: up, down or plain); rows count from 1.
    """
    values = [
        {"picture": 0, "line": number, "look": look, "side": side, "row": row}
        for number, (left, right, look) in enumerate(slopes)
        for side, row in ((0, left), (1, right))
    ]
    (frame,) = _frames(_draw(_slopes(values)))
    # As high as the names beside it, as wide as they leave room.
    shape = {"height": str((len(slopes) + 1) * _SLOPE_STEP), "preserveAspectRatio": "none"}
    return _cut_out(frame, (_SLOPE_WIDTH, (len(slopes) + 1) * _SLOPE_STEP), (0, 0), shape), _SLOPE_STEP


def _records(number: int, picture: Picture) -> Iterator[dict[str, Any]]:
    order = ("plain", "whole", "last", "strong")
    for line in sorted(picture.lines, key=lambda line: order.index(line.look)):
        months = dict(line.points)
        for month in range(min(months, default=1), max(months, default=0) + 1):
            yield {
                "picture": number,
                "zero": picture.is_from_zero,
                "line": line.number,
                "look": line.look,
                "month": month,
                "value": months.get(month),
            }


def _months(values: list[dict[str, Any]]) -> dict[str, Any]:
    axis = {"domainColor": _SOFT, "labelColor": _SOFT, "labelFont": "inherit", "labelFontSize": 11, "tickColor": _SOFT}
    x, y = {"scale": "x", "field": "month"}, {"scale": "y", "field": "value"}
    frame = {
        "scales": [
            {"name": "x", "type": "linear", "domain": [1, 12], "range": [0, _WIDTH], "zero": False},
            {
                "name": "y",
                "type": "linear",
                "domain": {"data": "of_picture", "field": "value"},
                "range": [_HEIGHT, 0],
                "zero": {"signal": "parent.zero"},
            },
        ],
        "axes": [
            axis
            | {"scale": "y", "orient": "left", "grid": True, "gridColor": _RULE, "tickCount": 3, "domain": False}
            | {"ticks": False, "labelPadding": 5, "format": "~f"},
            axis
            | {"scale": "x", "orient": "bottom", "values": _MONTHS, "tickSize": 4, "labelPadding": 3}
            | {"encode": {"labels": {"update": {"text": {"signal": "datum.value + '月'"}}}}},
        ],
        "marks": [
            {
                "type": "group",
                "from": {"facet": {"name": "of_line", "data": "of_picture", "groupby": ["line", "look"]}},
                "marks": [_line("of_line", x, y)],
            }
        ],
    }
    return _specification(
        values,
        {"name": "of_picture", "groupby": ["picture", "zero"]},
        {"width": {"value": _WIDTH}, "height": {"value": _HEIGHT}},
        frame,
    )


def _slopes(values: list[dict[str, Any]]) -> dict[str, Any]:
    x = {"field": "side", "mult": _SLOPE_WIDTH - 12, "offset": 6}
    y = {"field": "row", "mult": _SLOPE_STEP}
    frame = {
        "marks": [
            {
                "type": "group",
                "from": {"facet": {"name": "of_line", "data": "of_picture", "groupby": ["line", "look"]}},
                "marks": [_line("of_line", x, y)],
            }
        ]
    }
    return _specification(values, {"name": "of_picture", "groupby": "picture"}, {}, frame)


def _line(data: str, x: dict[str, Any], y: dict[str, Any]) -> dict[str, Any]:
    """A line whose description carries its number and look out of the library."""
    enter = {"x": x, "y": y, "stroke": {"value": "black"}, "description": {"signal": "datum.line + ' ' + datum.look"}}
    if "scale" in y:
        enter["defined"] = {"signal": "isValid(datum.value)"}
    return {"type": "line", "from": {"data": data}, "encode": {"enter": enter}}


def _specification(
    values: list[dict[str, Any]], facet: dict[str, Any], size: dict[str, Any], frame: dict[str, Any]
) -> dict[str, Any]:
    return {
        "$schema": "https://vega.github.io/schema/vega/v5.json",
        "width": _WIDTH,
        "height": _HEIGHT,
        "autosize": "none",
        "data": [{"name": "points", "values": values}],
        "marks": [
            {
                "type": "group",
                "name": "frame",
                "from": {"facet": facet | {"data": "points"}},
                "encode": {"enter": size},
                **frame,
            }
        ],
    }


def _draw(specification: dict[str, Any]) -> str:
    # Loading the library takes a second, and a command that draws nothing need not wait for it.
    import vl_convert

    return vl_convert.vega_to_svg(specification, allowed_base_urls=[])


def _frames(svg: str) -> list[ET.Element]:
    root = ET.fromstring(svg)
    (frames,) = [group for group in root.iter(f"{{{_SVG}}}g") if "frame" in group.get("class", "").split()[2:]]
    return list(frames)


def _cut_out(frame: ET.Element, size: tuple[int, int], origin: tuple[int, int], more: dict[str, str]) -> str:
    """One frame as a picture of its own, without what only the library needs."""
    _tidy(frame)
    picture = ET.Element("svg", viewBox="0 0 {} {}".format(*size), **more)
    frame.set("transform", "translate({},{})".format(*origin))
    picture.append(frame)
    return ET.tostring(picture, encoding="unicode")


def _tidy(element: ET.Element) -> None:
    element.tag = element.tag.rpartition("}")[2]
    number, _, look = element.get("aria-label", "").partition(" ")
    if element.tag == "path" and look:
        kept = {"class": look, "data-line": number, "d": element.get("d", "")}
    else:
        kept = {name: value for name, value in element.attrib.items() if name in _KEPT and value != "translate(0,0)"}
    element.attrib.clear()
    element.attrib.update(kept)
    for child in element:
        _tidy(child)
    # Groups that hold nothing together are taken out, their content stays.
    element[:] = [inner for child in element if not _is_empty(child) for inner in _content(child)]


def _content(element: ET.Element) -> list[ET.Element]:
    return list(element) if element.tag == "g" and not element.attrib else [element]


def _is_empty(element: ET.Element) -> bool:
    return element.tag == "path" and "data-line" not in element.attrib
