"""What the registry says about who reports what, in the form that frames and findings ask for it."""

from decimal import Decimal
from functools import cached_property

from ingestion.form import form_version
from ingestion.owing import Owing, is_calculated
from ingestion.periods import parse_period
from ingestion.registry import Registry

Row = dict[str, str]
PERCENT = "%"
AT_LEAST = frozenset((">=", ">"))
SUPPLIER_KINDS = {"district": "各区", "city": "全市", "department": "市级部门", "none": "报送单位以外的机构"}


class Roster:
    """Look-ups over one registry; every answer is None or empty where the registry knows nothing."""

    def __init__(self, registry: Registry) -> None:
        """Look-ups are built when first asked for."""
        self.registry = registry

    @cached_property
    def programmes(self) -> dict[str, Row]:
        """Programmes by id."""
        return {row["programme_id"]: row for row in self.registry.rows("programmes")}

    @cached_property
    def reporters(self) -> dict[str, Row]:
        """Reporters by id."""
        return {row["reporter_id"]: row for row in self.registry.rows("reporters")}

    @cached_property
    def indicators(self) -> dict[str, Row]:
        """Indicators by id."""
        return {row["indicator_id"]: row for row in self.registry.rows("indicators")}

    @cached_property
    def memberships(self) -> dict[tuple[str, str], list[Row]]:
        """Group memberships by programme and reporter, dated."""
        members: dict[tuple[str, str], list[Row]] = {}
        for row in self.registry.rows("reporter_group_members"):
            members.setdefault((row["programme_id"], row["reporter_id"]), []).append(row)
        return members

    def programme_months(self, programme_id: str | None) -> tuple[str, str] | None:
        """First and last month id of a programme."""
        row = self.programmes.get(programme_id or "")
        return (row["starts_on"][:7], row["ends_on"][:7]) if row and row["starts_on"] else None

    def nearest_programme_month(self, programme_id: str | None, month: str | None) -> str | None:
        """The programme's month nearest to `month`: `month` itself when it lies inside the programme."""
        bounds = self.programme_months(programme_id)
        if not bounds or not month:
            return None
        first, last = bounds
        return max(first, min(month, last or month))

    def belongs_as(self, programme_id: str | None, reporter_id: str | None, month: str | None) -> str | None:
        """The reporter itself where it belongs to a programme in a month, or nobody knows the month; None if not."""
        if not month and (programme_id or "", reporter_id or "") in self.memberships:
            return reporter_id
        owing, reporter = self._owing(programme_id, month), self.reporters.get(reporter_id or "")
        return reporter_id if owing and reporter and owing.belongs(reporter) else None

    def is_supplier(self, reporter_id: str | None, indicator: Row, month: str | None) -> bool:
        """Whether a reporter fills in an indicator in a month's table."""
        owing, reporter = self._owing(indicator["home_programme_id"], month), self.reporters.get(reporter_id or "")
        return bool(owing and reporter and owing.supplies(reporter, indicator))

    def supplier_name(self, indicator: Row) -> str:
        """Who fills in an indicator, for people."""
        if is_calculated(indicator):
            parts = (indicator["numerator_indicator_id"], indicator["denominator_indicator_id"])
            names = (self.indicators[part]["indicator_name"] for part in parts)
            return "系统按“{}”除以“{}”计算".format(*names)
        home = self.programmes.get(indicator["home_programme_id"], {})
        if indicator["supplier_kind"] == "city" and home.get("city_reporter_id"):
            return self.reporters[home["city_reporter_id"]]["reporter_name"]
        scope = [self._scope_name(indicator, part) for part in _parts(indicator["supplier_scope"])]
        return "、".join(scope) or SUPPLIER_KINDS[indicator["supplier_kind"]]

    def _scope_name(self, indicator: Row, part: str) -> str:
        if part in self.reporters:
            return self.reporters[part]["reporter_name"]
        groups = (row for row in self.registry.rows("reporter_groups") if row["group_id"] == part)
        return next(row["group_name"] for row in groups if row["programme_id"] == indicator["home_programme_id"])

    def allowed_indicators(self, programme_id: str | None, reporter_id: str | None, month: str | None) -> list[Row]:
        """The indicators that a reporter may fill in in a programme's table of a month, in the programme's order."""
        owing, reporter = self._owing(programme_id, month), self.reporters.get(reporter_id or "")
        return [owed.indicator for owed in owing.allowed(reporter)] if owing and reporter else []

    def required_indicators(self, programme_id: str | None, reporter_id: str | None, month: str | None) -> list[Row]:
        """The indicators that a reporter owes in its table of a month."""
        owing, reporter = self._owing(programme_id, month), self.reporters.get(reporter_id or "")
        owed = owing.indicators(reporter) if owing and reporter else []
        return [line.indicator for line in owed if line.is_required]

    def form_version(self, programme_id: str | None, reporter_id: str | None, month: str | None) -> str | None:
        """The version of the form that a reporter is given for a month; None where it is given none."""
        key = (programme_id or "", reporter_id or "", month or "")
        owing, reporter = self._owing(programme_id, month), self.reporters.get(reporter_id or "")
        if key not in self._form_versions and owing and reporter:
            self._form_versions[key] = form_version(owing, reporter)
        return self._form_versions.get(key)

    def _owing(self, programme_id: str | None, month: str | None) -> Owing | None:
        """Who owes what; None where programme or month is unknown."""
        if programme_id not in self.programmes or not month:
            return None
        if (programme_id, month) not in self._owings:
            self._owings[programme_id, month] = Owing(self.registry, programme_id, month)
        return self._owings[programme_id, month]

    @cached_property
    def _owings(self) -> dict[tuple[str, str], Owing]:
        return {}

    @cached_property
    def _form_versions(self) -> dict[tuple[str, str, str], str]:
        return {}

    def took_over(self, reporter_id: str | None, month: str | None) -> bool:
        """Whether another reporter became part of this one in a month, so that its cumulative doesn't go on."""
        rows = self.registry.rows("reporter_successions")
        return any(row["successor_id"] == reporter_id and row["effective_on"][:7] == month for row in rows)

    @cached_property
    def parts(self) -> list[tuple[str, str]]:
        """Part and whole: what indicator_parts.csv says, and what a percentage is taken of."""
        listed = [
            (row["part_indicator_id"], row["whole_indicator_id"]) for row in self.registry.rows("indicator_parts")
        ]
        shares = (row for row in self.indicators.values() if is_calculated(row) and row["unit"] == PERCENT)
        divided = [(row["numerator_indicator_id"], row["denominator_indicator_id"]) for row in shares]
        return list(dict.fromkeys([*listed, *divided]))

    def own_target(self, indicator_id: str | None, reporter_id: str | None, month: str | None) -> Row | None:
        """A reporter's own part of a target of the month's year, in the indicator's unit; the largest where several."""
        if not month:
            return None
        splits = self._splits.get((indicator_id or "", reporter_id or "", month[:4]), [])
        return max(
            (row for row in splits if _is_valid(row, month)), key=lambda row: Decimal(row["value"]), default=None
        )

    @cached_property
    def _splits(self) -> dict[tuple[str, str, str], list[Row]]:
        """Parts of targets to be reached, by indicator, reporter and year."""
        targets = {row["target_id"]: row for row in self.registry.rows("targets") if row["comparator"] in AT_LEAST}
        splits: dict[tuple[str, str, str], list[Row]] = {}
        for row in self.registry.rows("target_splits"):
            target = targets.get(row["target_id"])
            indicator = self.indicators.get(target["indicator_id"]) if target else None
            if target and indicator and row["value"] and indicator["unit"] == target["unit"]:
                key = (target["indicator_id"], row["reporter_id"], target["period"])
                splits.setdefault(key, []).append(row)
        return splits

    def programme_reporters(self, programme_id: str | None) -> list[str]:
        """Names of the reporters in a programme's groups, in order of display; of all reporters if it is unknown."""
        rows = sorted(self.reporters.values(), key=lambda row: int(row["display_order"]))
        members = [row for row in rows if (programme_id or "", row["reporter_id"]) in self.memberships]
        return [row["reporter_name"] for row in members or rows]


def _parts(scope: str) -> list[str]:
    return list(filter(None, scope.split("|")))


def _is_valid(row: Row, month: str) -> bool:
    """Whether a dated row holds on a month's last day; a row without dates always does."""
    day = parse_period(month).last_date.isoformat()
    starts, ends = row["valid_from"], row["valid_to"]
    return (not starts or starts <= day) and (not ends or ends >= day)
