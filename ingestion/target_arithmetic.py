"""What the reporters' parts of each city target add up to, said of a registry when it is loaded.

The calculation itself is the mart `target_arithmetic`. Before a build there is no mart, and whoever has just loaded a
registry should not have to build to hear of a slip in it, so the same sum is made here from the rows. A test holds the
two to the same sentences.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from ingestion.calendar import programme_periods
from ingestion.periods import TIMEZONE
from ingestion.registry import Registry, Row

_NOT_ADDITIVE = ("rate", "ratio")


@dataclass(frozen=True)
class _Target:
    """A target's row in force at the end of its own period, in one programme."""

    programme_id: str
    last_date: str
    row: Row
    indicator: Row

    @property
    def key(self) -> tuple[str, str, str]:
        """Names the target once, in the order in which targets are listed."""
        return self.row["target_id"], self.programme_id, self.row["period"]

    @property
    def measured(self) -> tuple[str, str, str]:
        """What its reporters are measured by: programme, indicator, period."""
        return self.programme_id, self.row["indicator_id"], self.row["period"]

    @property
    def is_additive(self) -> bool:
        """Whether parts can be added up to this city figure; of two tiers only the first is parted."""
        return (
            self.row["scope"] == "city"
            and bool(self.row["value_low"])
            and not self.row["stretches_target_id"]
            and self.indicator["city_method"] == "sum"
            and self.indicator["kind"] not in _NOT_ADDITIVE
            and self.indicator["unit"] == self.row["unit"]
        )


@dataclass(frozen=True)
class _Part:
    value: Decimal
    is_illustrative: bool


def target_warnings(registry: Registry, as_of: datetime) -> list[str]:
    """One sentence for each target whose parts miss it or are not complete, as known at `as_of` (aware).

    A target that repeats another's figures is not mentioned again.
    """
    today = as_of.astimezone(TIMEZONE).date().isoformat()
    targets = _targets(registry, today)
    said = set()
    messages: dict[tuple[str, str, str], str] = {}
    for target in sorted(targets, key=lambda t: (bool(t.row["restates_target_id"]), t.key)):
        if not target.is_additive:
            continue
        suppliers = _suppliers(registry, target)
        parts = _parts(registry, target, targets, suppliers, today)
        missing = "、".join(row["reporter_name"] for row in suppliers if row["reporter_id"] not in parts)
        row = target.row
        total = sum((part.value for part in parts.values()), Decimal(0))
        figures = (_root(row), Decimal(row["value_low"]), row["value_high"], total, missing)
        gap = _gap(row, total)
        if parts and (gap or missing) and figures not in said:
            said.add(figures)
            messages[target.key] = _message(target, total, gap, missing, len(suppliers) - len(parts), parts)
    return [messages[key] for key in sorted(messages)]


def _root(row: Row) -> str:
    """A target that restates another shares its parts."""
    return row["restates_target_id"] or row["target_id"]


def _targets(registry: Registry, today: str) -> list[_Target]:
    """Of each target and period the row in force on the period's last day, else the first row; none not yet known."""
    indicators = {row["indicator_id"]: row for row in registry.rows("indicators")}
    programmes = {row["programme_id"]: row["document_id"] for row in registry.rows("programmes")}
    last_dates: dict[tuple[str, str], date] = {}
    for period in programme_periods(registry):
        last_date = period["last_date"]
        assert isinstance(last_date, date)
        last_dates[str(period["programme_id"]), str(period["period"])] = last_date
    known = [row for row in registry.rows("targets") if row["valid_from"] <= today]
    first: dict[str, Row] = {}
    for row in sorted(known, key=lambda row: row["valid_from"]):
        first.setdefault(row["target_id"], row)
    found: dict[tuple[str, str, str], _Target] = {}
    for row in sorted(known, key=lambda row: row["valid_from"]):
        for programme_id, document_id in programmes.items():
            day = last_dates.get((programme_id, row["period"]))
            if document_id != row["document_id"] or not day or row["indicator_id"] not in indicators:
                continue
            is_before_first = row is first[row["target_id"]] and day.isoformat() < row["valid_from"]
            if _holds(row, day.isoformat()) or is_before_first:
                target = _Target(programme_id, day.isoformat(), row, indicators[row["indicator_id"]])
                found[programme_id, row["target_id"], row["period"]] = target
    return list(found.values())


def _suppliers(registry: Registry, target: _Target, group_id: str | None = None) -> list[Row]:
    """The programme's reporters (of one group) that supply the target's indicator at the end of its period."""
    indicator = target.indicator
    key = (target.programme_id, indicator["indicator_id"])
    if key not in {(row["programme_id"], row["indicator_id"]) for row in registry.rows("programme_indicators")}:
        return []
    groups: dict[str, set[str]] = {}
    for row in registry.rows("reporter_group_members"):
        if row["programme_id"] == target.programme_id and _holds(row, target.last_date):
            groups.setdefault(row["reporter_id"], set()).add(row["group_id"])
    scope = set(filter(None, indicator["supplier_scope"].split("|")))
    return [
        row
        for row in sorted(registry.rows("reporters"), key=_display_order)
        if row["reporter_kind"] == indicator["supplier_kind"] != "city"
        and (own := groups.get(row["reporter_id"]))
        and (not scope or scope & {*own, row["reporter_id"]})
        and (not group_id or group_id in own)
    ]


def _display_order(row: Row) -> tuple[bool, int, str]:
    return not row["display_order"], int(row["display_order"] or 0), row["reporter_id"]


def _parts(
    registry: Registry, target: _Target, targets: list[_Target], suppliers: list[Row], today: str
) -> dict[str, _Part]:
    """Each supplier's own part: of the city's figure, or what a target lays on every member of a group."""
    parts = {}
    supplier_ids = {row["reporter_id"] for row in suppliers}
    first_words = {(other.row["document_id"], other.row["target_id"]) for other in targets}
    same = [
        other
        for other in targets
        if other.measured == target.measured
        and not other.row["stretches_target_id"]
        and (other.row["document_id"], other.row["restates_target_id"]) not in first_words
    ]
    for other in same:
        group_id = other.row["scope"].partition(":")[2]
        if group_id and other.row["value_low"]:
            obligation = _Part(Decimal(other.row["value_low"]), is_illustrative=False)
            parts |= {row["reporter_id"]: obligation for row in _suppliers(registry, other, group_id)}
    roots = {_root(other.row) for other in same if other.row["scope"] == "city"}
    for row in registry.rows("target_splits"):
        is_in_force = row["valid_from"] <= today and _holds(row, target.last_date)
        if row["target_id"] in roots and row["reporter_id"] in supplier_ids and row["value"] and is_in_force:
            parts[row["reporter_id"]] = _Part(Decimal(row["value"]), row["is_illustrative"] == "true")
    return parts


def _holds(row: Row, day: str) -> bool:
    return row["valid_from"] <= day and (not row["valid_to"] or row["valid_to"] >= day)


def _gap(row: Row, total: Decimal) -> Decimal:
    """What the parts promise beyond the city's figure, or short of it; inside a range nothing."""
    low = Decimal(row["value_low"])
    high = Decimal(row["value_high"] or row["value_low"])
    return total - min(max(total, low), high)


def _message(
    target: _Target, total: Decimal, gap: Decimal, missing: str, missing_count: int, parts: dict[str, _Part]
) -> str:
    row, unit = target.row, target.row["unit"]
    figure = "—".join(_plain(Decimal(row[column])) for column in ("value_low", "value_high") if row[column])
    missed = f"有 {missing_count} 个单位没有分解：{missing}；其余" if missing else ""
    outcome = f"{'多' if gap > 0 else '少'} {_plain(abs(gap))} {unit}" if gap else "两者相符"
    sample = "（分解为示例）" if any(part.is_illustrative for part in parts.values()) else ""
    return (
        f"提醒：目标 {row['target_id']}（{target.indicator['indicator_name']}）{missed}"
        f"各单位分解合计 {_plain(total)} {unit}，全市目标 {figure} {unit}，{outcome}{sample}"
    )


def _plain(value: Decimal) -> str:
    """A number as people write it: no zeros after the last figure, no exponent."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
