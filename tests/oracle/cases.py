"""Random programmes: each with reporters, indicators, targets and tables of its own, so that many fit into one build.

Figures are drawn from few values near each other, so that equal places, targets met exactly and zeros are common.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from tests.oracle.periods import MONTHLY, last_day, month_id, month_of
from tests.oracle.score_cases import add_scheme
from tests.oracle.task_cases import add_tasks, add_units, draw_lines
from tests.oracle.world import Figures, Submission, World

CADENCES = ("bimonthly_exchange", "quarterly_summary", "half_year_review", "annual_assessment")
SPANS = (("2020-01-01", "2021-12-31"),) * 4 + (("2021-01-01", "2021-12-31"), ("2021-03-15", "2021-12-31"))
PARTS_OF_A_YEAR = (("2021-04-01", ""), ("", "2021-07-31"), ("2021-02-01", "2021-09-30"), ("2021-06-15", "2021-10-20"))
FLOWS = ("0", "1", "1", "2", "2", "3", "5", "-1", "0.5", "33.333333", "0.000001")
STOCKS = ("10", "10", "10.04", "10.05", "9.95", "12", "0", "-3", "66.666667", "100", "0.000001", "4498500.000001")
FIGURES = ("10", "20", "12", "3", "0", "-5", "66.666667", "0.000001", "3000000")
PARTS = ("4", "4", "6", "3", "0", "-2", "0.000001", "30", "3000000")
MERGED_ON = ("2021-04-01", "2021-05-01", "2021-08-01", "2021-01-01", "2021-11-01", "2021-07-15")
ROWS = ("both", "both", "both", "month", "cumulative", "restated", "blank", "absent")
TABLES = ("one",) * 8 + ("missing", "returned", "mended", "mended", "blanked", "repeated", "accepted later", "astray")


@dataclass
class Case:
    """One random programme (and perhaps a second one that reads its indicators): registry rows and submissions."""

    name: str
    registry: dict = field(default_factory=dict)
    submissions: list = field(default_factory=list)

    def add(self, table, **row):
        self.registry.setdefault(table, []).append({key: str(value) for key, value in row.items()})

    def rows(self, table):
        return self.registry.get(table, [])


class Chooser:
    """Choices, in the words that the making of a case needs."""

    def __init__(self, number):
        self.number = number

    def one_of(self, options):
        options = list(options)
        return options[self.number(0, len(options) - 1)]

    def some_of(self, options):
        return [option for option in options if self.number(0, 1)]

    def once_in(self, times):
        return self.number(1, times) == 1


@st.composite
def cases(draw, name):
    """One case; every id in it begins with its name.

    What it is like is drawn choice by choice, the many figures of its tables from one source of random numbers.
    """
    choose = Chooser(lambda least, most: draw(st.integers(least, most)))
    case = Case(name)
    starts_on, ends_on = choose.one_of(SPANS)
    add_programme(case, choose, name, starts_on, ends_on)
    add_reporters(case, choose)
    add_indicators(case, choose)
    add_targets(case, choose, name)
    if choose.once_in(3):
        add_reader(case, choose, starts_on, ends_on)
    add_units(case)
    add_tasks(case, choose)
    for programme in case.rows("programmes"):
        add_scheme(case, choose, programme["programme_id"])
    add_tables(case, Chooser(draw(st.randoms(use_true_random=True)).randint), starts_on, ends_on)
    add_corrections(case, choose)
    return case


def add_programme(case, choose, programme_id, starts_on, ends_on, city=True):
    document_id = f"{programme_id}_doc"
    case.add("documents", document_id=document_id, number=document_id, status="有效", is_scored="true")
    case.add(
        "programmes",
        programme_id=programme_id,
        programme_name=programme_id,
        document_id=document_id,
        starts_on=starts_on,
        ends_on=ends_on,
        reporter_kind="district",
        city_reporter_id=f"{case.name}_city" if city else "",
    )
    held = {"programme_id": programme_id, "reporter_kind": "district", "label": "通报"}
    cadences = CADENCES if choose.once_in(3) else choose.some_of(CADENCES)
    for cadence in [] if choose.once_in(10) else [MONTHLY, *cadences]:
        case.add("programme_cadences", cadence=cadence, **held)
    case.add("reporting_calendar", programme_id=programme_id, due_workdays=7, publish_workdays=10)
    for month in range(month_of(date.fromisoformat(starts_on)), month_of(date.fromisoformat(ends_on)) + 1):
        due_on = last_day(month) + timedelta(days=10)
        row = {"programme_id": programme_id, "period": month_id(month), "due_on": due_on}
        case.add("calendar_changes", **row, changed_by="示例", reason="示例")
    bands = (("green", "0", ""), ("yellow", choose.one_of(("-0.1", "-0.05")), "0"))
    for light, first, end in (*bands, ("red", "", bands[1][1])):
        row = {"light": light, "label": light, "colour": "#2e7d32", "gap_from": first, "gap_to": end}
        case.add("light_bands", programme_id=programme_id, **row)


def add_reporters(case, choose):
    """A city, two bureaus, some districts in groups; some exist for a part of the time, some become part of others."""
    name = case.name
    for kind, id_ in (("city", "city"), ("department", "bureau"), ("department", "office")):
        add_reporter(case, f"{name}_{id_}", kind)
    for group_id, is_ranked in (("zones", "true"), ("others", "true"), ("all", "false"), ("bureaus", "false")):
        row = {"group_id": group_id, "group_name": group_id, "is_ranked": is_ranked, "display_order": 1}
        case.add("reporter_groups", programme_id=name, **row)
    for id_ in ("bureau", "office"):
        case.add("reporter_group_members", programme_id=name, group_id="bureaus", reporter_id=f"{name}_{id_}")
    count = choose.number(4, 5)
    spans = {number: ("", "") for number in range(count)}
    merger = choose.one_of(("none", "none", "into another", "into a new one", "in a chain"))
    on = date.fromisoformat(choose.one_of(MERGED_ON))
    before = (on - timedelta(days=1)).isoformat()
    if merger != "none":
        spans[0] = ("", before)
        spans[1] = (on.isoformat() if merger == "into a new one" else "", "")
        case.add("reporter_successions", predecessor_id=f"{name}_d0", successor_id=f"{name}_d1", effective_on=on)
    if merger == "in a chain":
        then = choose.one_of(("2020-07-01", "2021-03-01"))
        spans[2] = ("", (date.fromisoformat(then) - timedelta(days=1)).isoformat())
        into = 0 if then < on.isoformat() else 1
        case.add("reporter_successions", predecessor_id=f"{name}_d2", successor_id=f"{name}_d{into}", effective_on=then)
    elif choose.once_in(3):
        spans[2] = choose.one_of(PARTS_OF_A_YEAR)
    for number, (first, last) in spans.items():
        id_ = f"{name}_d{number}"
        add_reporter(case, id_, "district", valid_from=first, valid_to=last)
        member = {"programme_id": name, "reporter_id": id_}
        group_id = "others" if number in (0, 3) else "zones"
        if number > 2 and choose.once_in(3):
            case.add("reporter_group_members", **member, group_id=group_id, valid_from="", valid_to="2021-05-31")
            group_id = "zones" if group_id == "others" else "others"
            case.add("reporter_group_members", **member, group_id=group_id, valid_from="2021-06-01", valid_to="")
        else:
            case.add("reporter_group_members", **member, group_id=group_id)
        if number != 2 or choose.once_in(2):
            case.add("reporter_group_members", **member, group_id="all")


def add_reporter(case, id_, kind, **dates):
    case.add("reporters", reporter_id=id_, reporter_name=id_, reporter_kind=kind, display_order=1, **dates)


def add_indicators(case, choose):
    """Some of every kind and supplier; parts of a ratio come before it."""
    name = case.name
    wanted = choose.one_of(
        (("flow", "stock", "share"), ("flow", "flow", "rate"), ("flow", "bureau", "tally"), ("share", "flow", "own"))
    )
    for number, sort in enumerate(wanted):
        shape = {
            "direction": choose.one_of(("higher", "higher", "lower")),
            "decimals": choose.number(0, 2),
            "ratio_decimals": choose.number(0, 2),
            "frequency": choose.one_of(("month", "month", "month", "quarter", "year")),
            "pace_rule": choose.one_of(("linear", "linear", "autumn", "none")),
            "supplier_scope": choose.one_of(("", "", "", "zones", f"zones|{name}_d0")),
            "supplier_kind": "district",
        }
        bases = "|".join(choose.some_of(("completion", "level", "growth")))
        if sort in ("bureau", "own"):
            supplier = {"bureau": ("department", f"{name}_bureau"), "own": ("city", "")}[sort]
            shape |= {"supplier_kind": supplier[0], "supplier_scope": supplier[1]}
        kind = {"flow": "increment", "stock": "level", "rate": "rate", "share": "ratio", "tally": "cumulative"}.get(
            sort, choose.one_of(("increment", "level", "rate"))
        )
        id_ = f"{name}_i{number}"
        if sort == "share":
            add_share(case, choose, id_, shape, bases)
        else:
            method = choose.one_of(("sum", "sum", "reported")) if kind == "rate" or sort == "bureau" else "sum"
            add_indicator(case, id_, shape | {"kind": kind, "unit": "家", "city_method": method}, bases)


def add_share(case, choose, id_, shape, bases):
    """A ratio and its parts, of the districts or of one or two departments."""
    parts = {"numerator": f"{id_}_part", "denominator": f"{id_}_whole"}
    suppliers = dict.fromkeys(parts, {})
    if choose.once_in(3):
        bureaus = choose.one_of((("bureau", "bureau"), ("bureau", "office")))
        suppliers = {
            part: {"supplier_kind": "department", "supplier_scope": f"{case.name}_{bureau}"}
            for part, bureau in zip(parts, bureaus, strict=True)
        }
        shape = shape | {"supplier_kind": "city", "supplier_scope": ""}
    kinds = choose.one_of((("level", "level"), ("increment", "increment"), ("cumulative", "level")))
    for (part, part_id), kind in zip(parts.items(), kinds, strict=True):
        row = shape | {"kind": kind, "unit": "家", "city_method": "sum"} | suppliers[part]
        add_indicator(case, part_id, row, "")
    row = {"kind": "ratio", "unit": choose.one_of(("%", "万元")), "city_method": "sum"}
    row |= {f"{part}_indicator_id": part_id for part, part_id in parts.items()}
    add_indicator(case, id_, shape | row, bases)


def add_indicator(case, id_, shape, bases):
    row = {"indicator_id": id_, "indicator_name": id_, "is_non_negative": "false", "home_programme_id": case.name}
    case.add("indicators", **row, **shape)
    asked = {"programme_id": case.name, "indicator_id": id_, "ranking_bases": bases, "display_order": 1}
    case.add("programme_indicators", **asked, is_required="true")


def add_reader(case, choose, starts_on, ends_on):
    """A second programme with other groups under the same names, which reads what the first one collects."""
    name = f"{case.name}_b"
    indicators = list(case.rows("indicators"))
    add_programme(case, choose, name, starts_on, ends_on, city=not choose.once_in(3))
    for group_id, is_ranked in (("zones", "true"), ("all", "true")):
        row = {"group_id": group_id, "group_name": group_id, "is_ranked": is_ranked, "display_order": 1}
        case.add("reporter_groups", programme_id=name, **row)
    for number in range(4):
        group_id = "zones" if number == 3 else "all"
        case.add("reporter_group_members", programme_id=name, group_id=group_id, reporter_id=f"{case.name}_d{number}")
    for indicator in indicators:
        bases = "|".join(choose.some_of(("completion", "level", "growth")))
        row = {"indicator_id": indicator["indicator_id"], "ranking_bases": bases, "display_order": 1}
        case.add("programme_indicators", programme_id=name, **row, is_required="true")
    add_targets(case, choose, name)


def add_targets(case, choose, programme_id):
    """At most one goal that is measured for each indicator, in every shape that a document gives them."""
    indicators = {row["indicator_id"]: row for row in case.rows("indicators")}
    for asked in [row for row in case.rows("programme_indicators") if row["programme_id"] == programme_id]:
        indicator = indicators[asked["indicator_id"]]
        shape = choose.one_of(("none", "city", "city", "city", "each", "multiple", "text", "later"))
        if shape != "none":
            add_target(case, choose, programme_id, indicator, shape)


def add_target(case, choose, programme_id, indicator, shape):
    target_id = f"{programme_id}-{indicator['indicator_id']}"
    scope = choose_scope(case, choose, programme_id, indicator, shape)
    if not scope:
        return
    row = {
        "document_id": f"{programme_id}_doc",
        "clause": "一",
        "indicator_id": indicator["indicator_id"],
        "comparator": choose.one_of((">=", ">=", ">", "<=", "range")),
        "value_low": choose.one_of(FIGURES),
        "value_high": "",
        "unit": indicator["unit"],
        "period": choose.one_of(("2021", "2021", "2021", "2021-H1", "2021-Q3", "2021-06")),
        "scope": scope,
        "is_approximate": "false",
        "restates_target_id": "",
        "stretches_target_id": "",
        "is_scored": "true",
        "not_scored_reason": "",
        "valid_from": choose.one_of(("", "2020-03-01", "2021-02-10")),
        "valid_to": "",
    }
    if shape == "text":
        row |= {"comparator": "", "value_low": ""}
    if shape == "later":
        row |= {"period": "2022", "valid_from": ""}
    if shape == "multiple":
        row |= {"comparator": ">=", "value_low": choose.one_of(("2", "1.5")), "unit": "倍"}
    if row["comparator"] == "range":
        row |= {"value_high": "9999999"}
    if choose.once_in(6):
        row |= {"is_scored": "false", "not_scored_reason": "示例"}
    add_versions(case, choose, target_id, row, shape)
    if scope == "city" and shape != "text":
        add_splits(case, choose, target_id, indicator)
    second = {"stretches_target_id": target_id, "value_low": "9999998", "value_high": "", "comparator": ">="}
    ids = [target_id]
    if row["comparator"] not in ("", "<=") and choose.once_in(4):
        ids.append(f"{target_id}-stretch")
        case.add("targets", target_id=ids[-1], **row | second)
    if choose.once_in(5):
        again = {"restates_target_id": target_id, "unit": indicator["unit"], "value_low": "4", "value_high": ""}
        case.add("targets", target_id=f"{target_id}-again", **row | again | {"comparator": ">="})
    if shape == "multiple":
        add_bases(case, choose, ids)


def add_bases(case, choose, target_ids):
    for reporter in case.rows("reporters"):
        base = choose.one_of(("5", "10", "0", "3.333333"))
        for target_id in target_ids:
            if not choose.once_in(3):
                case.add("target_bases", target_id=target_id, reporter_id=reporter["reporter_id"], base_value=base)


def choose_scope(case, choose, programme_id, indicator, shape):
    """The city, or a group whose members are all asked for the indicator; None where neither is there."""
    programme = next(row for row in case.rows("programmes") if row["programme_id"] == programme_id)
    groups = [row["group_id"] for row in case.rows("reporter_groups") if row["programme_id"] == programme_id]
    each = choose.one_of(("zones", "others"))
    is_possible = each in groups and is_of_all_districts(indicator)
    if is_possible and (shape == "each" or (shape in ("multiple", "text") and choose.once_in(2))):
        return f"each:{each}"
    return "city" if programme["city_reporter_id"] else None


def is_of_all_districts(indicator):
    return indicator["supplier_kind"] == "district" and not indicator["supplier_scope"]


def add_versions(case, choose, target_id, row, shape):
    """A target as it was set, revised in mid-year, or ended."""
    change = choose.one_of(("none", "none", "revised", "ended")) if shape in ("city", "each") else "none"
    if change == "none":
        case.add("targets", target_id=target_id, **row)
        return
    case.add("targets", target_id=target_id, **row | {"valid_to": "2021-06-30"})
    if change == "revised":
        revised = {"valid_from": choose.one_of(("2021-07-01", "2021-10-15")), "value_low": "15"}
        case.add("targets", target_id=target_id, **row | revised)


def add_splits(case, choose, target_id, indicator):
    """Parts for some of those that supply the indicator, some revised."""
    for reporter in case.rows("reporters"):
        is_supplier = reporter["reporter_kind"] == indicator["supplier_kind"] and reporter["reporter_kind"] != "city"
        if not is_supplier or choose.once_in(3):
            continue
        value = choose.one_of(PARTS)
        split = {"target_id": target_id, "reporter_id": reporter["reporter_id"], "value": value}
        split |= {"is_illustrative": choose.one_of(("true", "false")), "valid_from": "", "valid_to": ""}
        if choose.once_in(4):
            last, first = choose.one_of((("2021-06-30", "2021-07-01"), ("2021-09-30", "2021-10-01")))
            case.add("target_splits", **split | {"valid_to": last})
            split |= {"valid_from": first, "value": "8"}
        case.add("target_splits", **split)


def is_the_citys_too(indicator, reporter):
    """Whether the city sends a figure of its own beside its districts'."""
    is_beside = indicator["supplier_kind"] == "district" and indicator["city_method"] == "reported"
    return is_beside and reporter["reporter_kind"] == "city"


def add_tables(case, choose, starts_on, ends_on):
    """What every reporter sends of every month that is asked of it, or might be."""
    first, last = month_of(date.fromisoformat(starts_on)), month_of(date.fromisoformat(ends_on))
    world = World(case.registry, [], datetime(2030, 1, 1, tzinfo=UTC))
    reported = [row for row in case.rows("indicators") if not row.get("numerator_indicator_id")]
    for reporter in case.rows("reporters"):
        id_ = reporter["reporter_id"]
        kind = reporter["reporter_kind"]
        mine = [row for row in reported if row["supplier_kind"] == kind or is_the_citys_too(row, reporter)]
        if not mine:
            continue
        sums = {}
        for month in range(first, last + 1):
            if id_ not in world.roster(case.name, last_day(month)):
                continue
            rows = {row["indicator_id"]: draw_row(choose, row, month, id_, sums) for row in mine}
            rows = {indicator_id: row for indicator_id, row in rows.items() if row}
            add_receipts(case, choose, id_, month, rows)


def draw_row(choose, indicator, month, reporter_id, sums):
    """One indicator's figures of a month; increments have months, cumulatives or both, stocks an end of month."""
    manner = choose.one_of(ROWS)
    key = indicator["indicator_id"], month // 12
    same = Decimal(choose.one_of(FLOWS + STOCKS)) if choose.once_in(4) else None
    pct = Decimal(choose.one_of(STOCKS)) if choose.once_in(6) else None
    if manner == "absent":
        return None
    if manner == "blank":
        return Figures(None, None, same, pct)
    if indicator["kind"] != "increment":
        return Figures(None, Decimal(choose.one_of(STOCKS)), same, pct)
    flow = Decimal(choose.one_of(FLOWS))
    sums[key] = sums.get(key, Decimal(0)) + flow + (1 if manner == "restated" else 0)
    return Figures(flow if manner != "cumulative" else None, sums[key] if manner != "month" else None, same, pct)


def add_receipts(case, choose, reporter_id, month, rows):
    """The files that a month's table came in: none, one, a mended one, one that was only accepted later …"""
    manner = choose.one_of(TABLES)
    month_text, number = month_id(month), len(case.submissions)
    lines = draw_lines(case, choose)
    midnight = datetime.combine(last_day(month), datetime.min.time(), UTC)
    received_at = midnight + timedelta(days=choose.one_of((2, 5, 9, 10, 11, 40)), hours=choose.one_of((15, 16, 17)))

    def send(rows, verdict="accepted", days=0, accepted_after=0, folder=None, tasks=lines):
        at = received_at + timedelta(days=days)
        accepted_at = at + timedelta(days=accepted_after) if verdict == "accepted" else None
        id_ = f"{case.name}r{len(case.submissions):04d}"
        table = (
            id_,
            case.name,
            reporter_id,
            month_text,
            at,
            verdict,
            accepted_at,
            rows,
            number % 7 == 0,
            folder,
            tasks,
        )
        case.submissions.append(Submission(*table))

    if manner in ("one", "mended", "blanked", "repeated"):
        send(rows)
    if manner == "returned":
        send(rows, "returned")
    if manner == "repeated":
        send(rows, "repeated", days=1)
    if manner == "accepted later":
        # What makes it right is received at that moment: nothing is accepted between two receipts.
        days = choose.one_of((30, 200))
        send(rows, accepted_after=days)
        send(rows, "repeated", days=days)
    if manner == "astray":
        send(rows, "returned", folder=f"{case.name}_d0")
        send(rows, "returned", days=2)
        send(rows, days=3)
    if manner == "mended":
        mended = {
            id_: choose.one_of((row, Figures(None, Decimal(7)), Figures(Decimal(7)))) for id_, row in rows.items()
        }
        send(
            mended,
            choose.one_of(("accepted", "accepted", "returned")),
            choose.one_of((1, 100)),
            tasks=draw_lines(case, choose),
        )
    if manner == "blanked":
        send({id_: Figures(None, None, row.growth_pct, None) for id_, row in rows.items()}, days=1)


def add_corrections(case, choose):
    """Some figures that the city signed for, each of a table that came once: what was signed for must stand there."""
    sent = Counter((table.reporter_id, table.month) for table in case.submissions)
    once = [table for table in case.submissions if sent[table.reporter_id, table.month] == 1 and table.rows]
    once = [table for table in once if table.accepted_at]
    for table in once[:: max(1, len(once) // 3)]:
        indicator_id, row = next(iter(table.rows.items()))
        column = choose.one_of(("month_value", "cumulative_value", "same_period_value"))
        if getattr(row, column) is not None:
            case.add(
                "submission_corrections",
                programme_id=case.name,
                reporter_id=table.reporter_id,
                period=table.month,
                indicator_id=indicator_id,
                column_name=column,
                expected_value=getattr(row, column),
                corrected_value=choose.one_of(PARTS),
                reason="示例",
                signed_by="示例",
                signed_on=(table.accepted_at + timedelta(days=choose.one_of((20, 300)))).date(),
            )
