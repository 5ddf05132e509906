"""Findings: each broken rule in words that a clerk can act on, with its place and its value.

The words stand in rules.csv; here their blanks are filled in.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from difflib import get_close_matches

from expectations.catalogue import REMINDER, Rule
from expectations.frames import needed_columns, received_date
from expectations.roster import Roster
from expectations.submissions import Row, Submissions
from ingestion.contract import BY_NAME, COLUMNS, TASK_COLUMNS
from ingestion.periods import TIMEZONE, parse_period

BLANK = "空白"
_HEAD = ("programme", "reporter", "period")
_LABELS = {column.name: column.label for column in (*TASK_COLUMNS, *COLUMNS)}
# As difflib measures it: two of four characters are near enough to be worth asking.
_NEARNESS = 0.5
_LONGEST_QUOTE = 60
_MULTIPLE_STEP = Decimal("0.1")
_ILLUSTRATIVE = "（示例分解）"
# A waived rule says what is wrong as its message does, up to what the clerk would have to do.
_WHAT_TO_DO = "；"
_WAIVED = "；经{approver}批准豁免（{reason}），本表照常计入，不必重新报送。"


class FindingWriter:
    """Turns frame rows that broke a rule into rows of raw.findings."""

    def __init__(self, batch: Submissions, roster: Roster, catalogue: dict[str, Rule]) -> None:
        """`batch` is what was judged; names come from `roster`, words from `catalogue`."""
        self.batch = batch
        self.roster = roster
        self.catalogue = catalogue

    def write(self, rule_id: str, broken: Row, overtaken_at: datetime | None = None, waiver: Row | None = None) -> Row:
        """The finding for one frame row; with `overtaken_at` (naive UTC) or `waiver` it is no more than a reminder."""
        rule = self.catalogue[rule_id]
        place = self._place(rule, broken)
        words = self._words(rule, broken, place)
        template = rule.message
        if overtaken_at:
            template, words["accepted_at"] = rule.reminder, shanghai_minute(overtaken_at)
        if waiver:
            template = template.partition(_WHAT_TO_DO)[0] + _WAIVED
            words |= {name: waiver[name] for name in ("approver", "reason")}
        table = broken.get("_table") or {}
        receipt_id = (table or broken["_receipt"])["receipt_id"]
        return place | {
            "receipt_id": receipt_id,
            "table_id": table.get("table_id"),
            "programme_id": table.get("programme_id"),
            "reporter_id": table.get("reporter_id"),
            "period": table.get("period"),
            "rule_id": rule.id,
            "severity": REMINDER if overtaken_at or waiver else rule.severity,
            "expected": rule.expected.format_map(words) or None,
            "message": template.format_map(words),
            "waived_by": waiver["approver"] if waiver else None,
            "waiver_reason": waiver["reason"] if waiver else None,
            "known_from_at": overtaken_at
            or broken.get("_since")
            or self.batch.receipt_by_id[receipt_id]["received_at"],
            "known_until_at": broken.get("_until"),
        }

    def _place(self, rule: Rule, broken: Row) -> Row:
        """Sheet, row, column label, cell and the text found there."""
        table, row = broken.get("_table"), broken.get("_row")
        name = broken.get("_column") or (rule.columns[0] if rule.columns else None)
        if table is None or name is None:
            receipt = broken["_receipt"]
            nowhere = dict.fromkeys(("sheet", "row_number", "column_label", "cell"))
            return nowhere | {"found": receipt["file_name"]}
        source = table if name in _HEAD else row or {}
        return {
            # The head's cells may stand on another sheet than the table, the cover.
            "sheet": source.get(f"{name}_sheet" if name in _HEAD else "sheet") or table["sheet"],
            "row_number": row["row_number"] if row else None,
            "column_label": _LABELS[name],
            "cell": source.get(f"{name}_cell"),
            "found": source.get(f"{name}_text"),
        }

    def _words(self, rule: Rule, broken: Row, place: Row) -> Row:
        """What the blanks of the rule's templates are filled in with."""
        own = {
            "place": place_text(place),
            "found": f"“{shortened(place['found'])}”" if place["found"] else BLANK,
            "sheet": place["sheet"],
            "choices": self._choices(rule, broken, place["found"]),
        }
        return own | self._table_words(broken) | self._row_words(broken) | broken.get("_words", {})

    def _table_words(self, broken: Row) -> Row:
        table = broken.get("_table") or {}
        receipt = broken.get("_receipt") or self.batch.receipt_by_id[table["receipt_id"]]
        first, last = self.roster.programme_months(table.get("programme_id")) or ("", "")
        return {
            "problem": receipt["problem"],
            "template_version": table.get("template_version"),
            "current_version": broken.get("current_version"),
            "folder": receipt["folder_name"],
            "received_date": received_date(receipt),
            "received_month": month_label(received_date(receipt)[:7]),
            "programme": self._programme_name(table.get("programme_id")),
            "reporter": self._reporter_name(table.get("reporter_id")),
            "folder_reporter": self._reporter_name(receipt["folder_reporter_id"]),
            "month": month_label(table.get("period")),
            "closed_on": broken.get("_closed_on"),
            "programme_first_month": month_label(first),
            "programme_last_month": month_label(last),
        }

    def _row_words(self, broken: Row) -> Row:
        row = broken.get("_row") or {}
        indicator = broken.get("_indicator") or self.roster.indicators.get(row.get("indicator_id") or "")
        if not indicator:
            return {}
        previous = broken.get("_previous_value") or Decimal(0)
        month_value = row.get("month_value")
        same = self.batch.values_by_table.get(row.get("table_id", ""), [])
        return {
            "indicator": indicator["indicator_name"],
            "unit": indicator["unit"],
            "unit_text": row.get("unit_text"),
            "unit_place": row.get("unit_cell") or "",
            "supplier": self.roster.supplier_name(indicator),
            "home_programme": self._programme_name(indicator["home_programme_id"]),
            "needed": "或".join(f"“{BY_NAME[name].label}”" for name in needed_columns(indicator)),
            "rows": "、".join(str(r["row_number"]) for r in same if r["indicator_id"] == row.get("indicator_id")),
            "previous_month": month_label((broken.get("_neighbour") or {}).get("period")),
            "previous_value": number_text(previous),
            "month_value": number_text(month_value),
            "cumulative_value": number_text(row.get("cumulative_value")),
            "same_period_value": number_text(row.get("same_period_value")),
            "expected_value": number_text(previous + month_value) if month_value is not None else "",
        } | self._compared_words(broken)

    def _compared_words(self, broken: Row) -> Row:
        """The figures that a row was held against: growth computed, a whole, a target."""
        growth, whole, target = (broken.get(name) for name in ("_growth", "_whole", "_target"))
        words: Row = {"computed_growth": f"{growth:f}%"} if growth is not None else {}
        if whole:
            words |= {"whole_indicator": whole["indicator_name"], "whole_value": number_text(broken["whole_value"])}
        if target and broken["targeted_value"] is not None:
            value = Decimal(target["value"])
            multiple = (broken["targeted_value"] / value).quantize(_MULTIPLE_STEP) if value else Decimal(0)
            mark = _ILLUSTRATIVE if target["is_illustrative"] == "true" else ""
            words |= {"target_value": number_text(value), "target_mark": mark, "multiple": number_text(multiple)}
        return words

    def _choices(self, rule: Rule, broken: Row, found: str | None) -> str:
        """Names near the text found; where none is near, the allowed names."""
        table = broken.get("_table") or {}
        programme_id = table.get("programme_id")
        if rule.columns[:1] == ("programme",):
            names = [row["programme_name"] for row in self.roster.programmes.values()]
        elif rule.columns[:1] == ("indicator",):
            rows = self.roster.allowed_indicators(programme_id, table.get("reporter_id"), table.get("period"))
            names = [row["indicator_name"] for row in rows or self.roster.indicators.values()]
        else:
            names = self.roster.programme_reporters(programme_id)
        if not rule.columns and "_receipt" in broken:
            found = broken["_receipt"]["folder_name"]
        return choice_text(found, names)

    def _programme_name(self, programme_id: str | None) -> str:
        return self.roster.programmes.get(programme_id or "", {}).get("programme_name", "")

    def _reporter_name(self, reporter_id: str | None) -> str:
        return self.roster.reporters.get(reporter_id or "", {}).get("reporter_name", "")


def place_text(place: Row) -> str:
    """“指标”表第 7 行“本月数”（C7）, as far as the place is known."""
    row = f"第 {place['row_number']} 行" if place["row_number"] else ""
    cell = f"（{place['cell']}）" if place["cell"] else ""
    return f"“{place['sheet']}”表{row}“{place['column_label']}”{cell}" if place["sheet"] else ""


def shortened(text: str) -> str:
    """The beginning of a long text: a message is one sentence, whatever a cell holds."""
    return text if len(text) <= _LONGEST_QUOTE else text[:_LONGEST_QUOTE] + "…"


def number_text(number: Decimal | None) -> str:
    """A number without trailing zeros or exponent."""
    return "" if number is None else f"{number.normalize():f}"


def shanghai_minute(moment: datetime) -> str:
    """A naive UTC time as people in Asia/Shanghai read it."""
    return moment.replace(tzinfo=UTC).astimezone(TIMEZONE).strftime("%Y-%m-%d %H:%M")


def month_label(month: str | None) -> str:
    """A month as people read it; nothing for no month."""
    return parse_period(month).label if month else ""


def choice_text(found: str | None, names: Iterable[str]) -> str:
    """The names nearest to a text; where none is near, that it must be one of all allowed ones."""
    allowed = list(dict.fromkeys(names))
    if near := get_close_matches(found or "", allowed, n=3, cutoff=_NEARNESS):
        return "或".join(f"“{name}”" for name in near)
    return "下列之一：" + "".join(f"“{name}”" for name in allowed)
