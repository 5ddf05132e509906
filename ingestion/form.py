"""What stands in one reporter's template, before it is laid out: from the registry, and what is known from before."""

import hashlib
import json
from dataclasses import astuple, dataclass
from datetime import date
from decimal import Decimal

from ingestion import contract
from ingestion.calendar import due_time
from ingestion.known_figures import KnownFigures
from ingestion.owing import OwedIndicator, Owing
from ingestion.periods import TIMEZONE, Period, parse_period
from ingestion.registry import Registry, Row
from ingestion.registry_lint import MULTIPLE

# Raised when the workbook's layout changes in a way that an older form should be told from.
LAYOUT = 1
_STATUS_SHAPE = ("item_kind", "status", "position", "is_final")
_INDICATOR_SHAPE = ("indicator_id", "indicator_name", "kind", "unit", "decimals", "is_non_negative", "frequency")
_COMPARATORS = {">=": "≥", ">": ">", "<=": "≤"}
_FIRST_MONTH = 1
_VERSION_LENGTH = 8


@dataclass(frozen=True)
class FormLine:
    """One indicator's line; the figures are what was known before and may be missing."""

    indicator: Row
    is_required: bool
    target: str
    previous: Decimal | None
    same_period: Decimal | None

    @property
    def has_month(self) -> bool:
        """Whether a month's own figure is asked for: of a total, a share or a rate only the end of the month counts."""
        return self.indicator["kind"] == "increment"

    @property
    def decimals(self) -> int:
        """The decimals that the indicator declares."""
        return int(self.indicator["decimals"])

    @property
    def is_non_negative(self) -> bool:
        """Whether a figure below zero is wrong."""
        return self.indicator["is_non_negative"] == "true"


@dataclass(frozen=True)
class Form:
    """One programme, reporter and month: everything that the workbook prints."""

    programme: Row
    reporter: Row
    period: Period
    version: str
    due_on: date
    lines: list[FormLine]
    tasks: list[Row]
    statuses: dict[str, list[Row]]
    items: list[dict[str, object]]


def build_form(owing: Owing, reporter: Row, known: KnownFigures) -> Form:
    """The form of one reporter that fills in something this month."""
    registry, period = owing.registry, parse_period(owing.month)
    programme_id, reporter_id = owing.programme["programme_id"], reporter["reporter_id"]
    statuses = _statuses(registry)
    previous = _previous(owing, reporter_id, period, known)
    last_year = known.cumulatives(reporter_id, f"{period.year - 1:04d}-{period.number:02d}")
    return Form(
        programme=owing.programme,
        reporter=reporter,
        period=period,
        version=form_version(owing, reporter),
        due_on=_last_day(registry, programme_id, owing.month),
        lines=[
            FormLine(
                owed.indicator,
                owed.is_required,
                _target_text(owing, reporter, owed.indicator),
                _previous_of(owed.indicator, period, previous),
                last_year.get(owed.indicator["indicator_id"]),
            )
            for owed in owing.indicators(reporter)
        ],
        tasks=owing.tasks(reporter),
        statuses=statuses,
        items=_open_items(known.items(programme_id, reporter_id, _month_before(period)), statuses),
    )


def form_version(owing: Owing, reporter: Row) -> str:
    """A short hash of what shapes a form: the contract, and the registry's rows whose names and cells it has.

    Figures, targets and dates do not change it: an older workbook with the same lines is as good.
    """
    shape = {
        "layout": LAYOUT,
        "columns": [astuple(column) for column in (*contract.COLUMNS, contract.UNIT, *contract.COVER_COLUMNS)],
        "ledgers": [astuple(ledger) for ledger in (contract.TASK_LEDGER, *contract.ITEM_LEDGERS)],
        "indicators": [_shape(owed) for owed in owing.indicators(reporter)],
        "tasks": [(row["task_id"], row["task"]) for row in owing.tasks(reporter)],
        "statuses": [[row[name] for name in _STATUS_SHAPE] for row in owing.registry.rows("ledger_statuses")],
    }
    return hashlib.sha256(json.dumps(shape, ensure_ascii=False).encode()).hexdigest()[:_VERSION_LENGTH]


def _shape(owed: OwedIndicator) -> list[object]:
    return [owed.is_required, *(owed.indicator[name] for name in _INDICATOR_SHAPE)]


def _statuses(registry: Registry) -> dict[str, list[Row]]:
    """The statuses of each kind of ledger, in order."""
    statuses: dict[str, list[Row]] = {}
    for row in sorted(registry.rows("ledger_statuses"), key=lambda row: int(row["position"])):
        statuses.setdefault(row["item_kind"], []).append(row)
    return statuses


def _last_day(registry: Registry, programme_id: str, month: str) -> date:
    """The day on whose end the table is due."""
    over = due_time(registry, programme_id, month).astimezone(TIMEZONE).date()
    return date.fromordinal(over.toordinal() - 1)


def _month_before(period: Period) -> str:
    year, number = (period.year, period.number - 1) if period.number > _FIRST_MONTH else (period.year - 1, 12)
    return f"{year:04d}-{number:02d}"


def _previous(owing: Owing, reporter_id: str, period: Period, known: KnownFigures) -> dict[str, Decimal]:
    """Last month's cumulatives; none in the month in which another reporter became part of this one."""
    successions = owing.registry.rows("reporter_successions")
    if any(row["successor_id"] == reporter_id and row["effective_on"][:7] == owing.month for row in successions):
        return {}
    return known.cumulatives(reporter_id, _month_before(period))


def _previous_of(indicator: Row, period: Period, previous: dict[str, Decimal]) -> Decimal | None:
    """Last month's cumulative; in January an increment begins at zero, and of a cumulative there is none."""
    if period.number == _FIRST_MONTH and indicator["kind"] in ("increment", "cumulative"):
        return Decimal(0) if indicator["kind"] == "increment" else None
    return previous.get(indicator["indicator_id"])


def _open_items(items: list[dict[str, object]], statuses: dict[str, list[Row]]) -> list[dict[str, object]]:
    """Last month's items that are not over, so that nobody types them again."""
    final = {(kind, row["status"]) for kind, rows in statuses.items() for row in rows if row["is_final"] == "true"}
    return [item for item in items if (item["item_kind"], item["status_text"]) not in final]


def _target_text(owing: Owing, reporter: Row, indicator: Row) -> str:
    """The target of the month's year, or else of the next year that has one; '' where the reporter has none."""
    targets = [
        row
        for row in owing.registry.rows("targets")
        if row["indicator_id"] == indicator["indicator_id"]
        and not row["restates_target_id"]
        and row["period"][:4] >= owing.month[:4]
        and (not row["valid_to"] or row["valid_to"] >= owing.last_day)
    ]
    own_document = owing.programme["document_id"]
    targets.sort(key=lambda row: (row["document_id"] != own_document, row["period"], bool(row["stretches_target_id"])))
    for target in targets:
        if text := _own_part(owing, reporter, indicator, target):
            return text if target["period"][:4] == owing.month[:4] else f"{target['period']}年 {text}"
    return ""


def _own_part(owing: Owing, reporter: Row, indicator: Row, target: Row) -> str:
    """A reporter's own part of a target: the city's figure for who reports for the city, else its split or duty."""
    scope, _, group_id = target["scope"].partition(":")
    if scope == "each" and group_id in owing.groups.get(reporter["reporter_id"], set()):
        return _goal(target, indicator)
    if scope == "city" and reporter["reporter_kind"] != owing.programme["reporter_kind"]:
        return _goal(target, indicator)
    for split in owing.registry.rows("target_splits"):
        is_own = (split["target_id"], split["reporter_id"]) == (target["target_id"], reporter["reporter_id"])
        if scope == "city" and is_own and owing.holds(split):
            return f"{_plain(split['value'])}{'（示例分解）' if split['is_illustrative'] == 'true' else ''}"
    return ""


def _goal(target: Row, indicator: Row) -> str:
    low, high = _plain(target["value_low"]), _plain(target["value_high"])
    is_multiple = target["unit"] == MULTIPLE != indicator["unit"]
    unit = "" if target["unit"] == indicator["unit"] else target["unit"]
    figure = f"{low}—{high}" if target["comparator"] == "range" else low or high
    return f"{_COMPARATORS.get(target['comparator'], '')}{'基期的' if is_multiple else ''}{figure}{unit}"


def _plain(number: str) -> str:
    """A number without zeros at its end."""
    return f"{Decimal(number).normalize():f}" if number else ""
