"""What the oracle starts from: the rows of a registry, what was received and judged, and the as-of time."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from zoneinfo import ZoneInfo

from tests.oracle.periods import MONTHLY, SIZES, periods_of

HERE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Figures:
    """One row of a table; a blank cell is None."""

    month_value: Decimal | None = None
    cumulative_value: Decimal | None = None
    same_period_value: Decimal | None = None
    growth_pct: Decimal | None = None


@dataclass(frozen=True)
class Submission:
    """One received file with one table, and its lines about tasks.

    Times are aware; `accepted_at` is None for what was returned or repeated.
    """

    receipt_id: str
    programme_id: str
    reporter_id: str
    month: str
    received_at: datetime
    verdict: str
    accepted_at: datetime | None
    rows: dict[str, Figures]
    is_sample: bool = False
    folder_reporter_id: str | None = None
    tasks: tuple = ()

    def is_accepted(self, as_of):
        """Whether it counted at a time: acceptance may come later than the receipt."""
        return self.verdict == "accepted" and self.received_at <= as_of and self.accepted_at <= as_of


@dataclass(frozen=True)
class World:
    """Everything a mart is made of. Registry rows are texts, as in the files; a missing table has no rows."""

    registry: dict[str, list[dict[str, str]]]
    submissions: list[Submission]
    as_of: datetime
    memory: dict = field(default_factory=dict, compare=False, repr=False)

    def rows(self, table):
        return self.registry.get(table, [])

    def rows_of(self, table, **named):
        """The rows of a table that hold these texts; looked up, not searched for."""
        key = "index", table, *named
        if key not in self.memory:
            self.memory[key] = grouped(self.rows(table), *named)
        value = tuple(named.values())
        return self.memory[key].get(value if len(value) > 1 else value[0], [])

    @property
    def today(self):
        """The as-of time as a day of the registry's own calendar."""
        return self.as_of.astimezone(HERE).date()

    @cached_property
    def programmes(self):
        return {row["programme_id"]: row for row in self.rows("programmes")}

    @cached_property
    def indicators(self):
        return {row["indicator_id"]: row for row in self.rows("indicators")}

    @cached_property
    def reporters(self):
        return {row["reporter_id"]: row for row in self.rows("reporters")}

    @cached_property
    def cities(self):
        return [id_ for id_, row in self.reporters.items() if row["reporter_kind"] == "city"]

    @cached_property
    def tables(self):
        """What was sent, by programme, reporter and month; the newest first."""
        found = defaultdict(list)
        for table in sorted(self.submissions, key=lambda table: table.received_at, reverse=True):
            found[table.programme_id, table.reporter_id, table.month].append(table)
        return found

    @cached_property
    def members(self):
        """Whoever is ever in a group of a programme."""
        found = defaultdict(set)
        for row in self.rows("reporter_group_members"):
            found[row["programme_id"]].add(row["reporter_id"])
        return found

    def periods(self, programme_id):
        """Months always, and what the programme holds notices of for those whom it compares."""
        if ("periods", programme_id) not in self.memory:
            programme = self.programmes[programme_id]
            held = {
                row["cadence"]
                for row in self.rows("programme_cadences")
                if row["programme_id"] == programme_id and row["reporter_kind"] == programme["reporter_kind"]
            }
            cadences = [cadence for cadence in SIZES if cadence == MONTHLY or cadence in held]
            self.memory["periods", programme_id] = periods_of(programme, cadences)
        return self.memory["periods", programme_id]

    def months(self, programme_id):
        return [period for period in self.periods(programme_id) if period.cadence == MONTHLY]

    def groups_on(self, programme_id, reporter_id, day):
        """The groups that a reporter is in on a day; none where the reporter itself does not exist then."""
        if not holds(self.reporters[reporter_id], day):
            return []
        rows = self.rows_of("reporter_group_members", programme_id=programme_id, reporter_id=reporter_id)
        return sorted(row["group_id"] for row in rows if holds(row, day))

    def roster(self, programme_id, day):
        """Who belongs to a programme on a day, with groups: its members, and the city that it is summed up for."""
        key = "roster", programme_id, day
        if key not in self.memory:
            found = {id_: self.groups_on(programme_id, id_, day) for id_ in self.members[programme_id]}
            found = {id_: groups for id_, groups in found.items() if groups}
            city = self.programmes[programme_id]["city_reporter_id"]
            self.memory[key] = found | ({city: []} if city else {})
        return self.memory[key]

    def supplies(self, indicator_id, reporter_id, day):
        """Whether an indicator is asked of a reporter, by its home programme: of its kind, and of those it names.

        Of the city too, where its own figure stands beside its districts' and is not their sum.
        """
        indicator = self.indicators[indicator_id]
        if reporter_id not in self.roster(indicator["home_programme_id"], day):
            return False
        kinds = self.reporters[reporter_id]["reporter_kind"], indicator["supplier_kind"]
        if kinds == ("city", "district"):
            return indicator["city_method"] == "reported"
        if kinds[0] != kinds[1]:
            return False
        named = {part for part in indicator.get("supplier_scope", "").split("|") if part}
        groups = self.groups_on(indicator["home_programme_id"], reporter_id, day)
        return not named or bool(named & {reporter_id, *groups})

    def succession(self, reporter_id):
        """The row by which a reporter became part of another, if it did."""
        return next(iter(self.rows_of("reporter_successions", predecessor_id=reporter_id)), None)

    def parts(self, reporter_id, day):
        """The reporter and all that had become part of it by a day, each with the day from which it was no more."""
        found = [(reporter_id, None)]
        for row in self.rows_of("reporter_successions", successor_id=reporter_id):
            until = date.fromisoformat(row["effective_on"])
            if until <= day:
                found += [
                    (part, min(until, ended) if ended else until)
                    for part, ended in self.parts(row["predecessor_id"], day)
                ]
        return found


def grouped(rows, *columns):
    found = defaultdict(list)
    for row in rows:
        key = tuple(row[column] for column in columns)
        found[key if len(columns) > 1 else key[0]].append(row)
    return found


def holds(row, day):
    """Whether a dated row holds on a day; a blank date is open."""
    first, last = row.get("valid_from", ""), row.get("valid_to", "")
    return (not first or first <= day.isoformat()) and (not last or day.isoformat() <= last)


def is_registered(row, day):
    """Whether a dated row was known on a day: it is entered when it begins."""
    return not row.get("valid_from", "") or row["valid_from"] <= day.isoformat()


def number(text):
    return Fraction(text) if text else None
