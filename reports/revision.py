"""Lays out the revision section: as published, as revised."""

from reports import figures
from reports.catalogue import OVERALL
from reports.change_words import NONE, words_of
from reports.changes import Change
from reports.figures import Cell
from reports.read import ResultSet
from reports.tables import Column, Table, TableRow

_COLUMNS = (
    Column("subject", "单位(目标)", 24, "left"),
    Column("indicator", "指标", 28, "left"),
    Column("what", "项目", 24, "left"),
    Column("before", "原公布", 16),
    Column("after", "修订后", 16),
)
_FIGURES = frozenset(
    ("month_value", "cumulative_value", "same_period_value", "target_value", "completion_ratio", "yoy_ratio")
    + ("yoy_reported_ratio", "light", "value_state", "target_state", "reported_count")
)
# What a reader looks for; the manifest lists the derived rest, and `reports diff` prints it.
_PRINTED: dict[str, frozenset[str]] = {
    "composite_rankings": frozenset(("score", "rank")),
    "progress": _FIGURES,
    "rankings": frozenset(("rank",)),
    "city_progress": _FIGURES | {"actual_value", "is_met", "met_count"},
}


def revision_table(result: ResultSet, changes: list[Change]) -> Table:
    """The changes that a reader looks for: scores, figures, lights, states and places."""
    rows = tuple(TableRow(cells) for change in _worth_a_row(changes) if (cells := _cells(result, change)))
    return Table("revision", "修订前后对照", _COLUMNS, rows)


def _worth_a_row(changes: list[Change]) -> list[Change]:
    """Of a figure reported for the first time only that it was: it had no earlier value to compare."""
    first_reports = {
        (change["reporter_id"], change["indicator_id"])
        for change in changes
        if change["table"] == "progress" and change["field"] == "value_state" and change["before"] == "not_submitted"
    }
    return [
        change
        for change in changes
        if change["table"] != "progress"
        or change["field"] == "value_state"
        or (change["reporter_id"], change["indicator_id"]) not in first_reports
    ]


def _cells(result: ResultSet, change: Change) -> dict[str, Cell]:
    if change["field"] not in _PRINTED.get(change["table"], frozenset()) or _is_repeated(change):
        return {}
    words = words_of(result, change)
    if not words.thing:
        return {}
    return {
        "subject": figures.text(words.subject),
        "indicator": figures.text(words.thing),
        "what": figures.text(words.label),
        "before": words.before if words.before.text else figures.absent(NONE),
        "after": words.after if words.after.text else figures.absent(NONE),
    }


def _is_repeated(change: Change) -> bool:
    """A score is the same in each scope; only the places differ."""
    is_score: bool = change["table"] == "composite_rankings" and change["field"] == "score"
    return is_score and bool(change["scope"] != OVERALL)
