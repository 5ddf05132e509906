"""The cadences as Airflow sees them: the month's timetable, and two months and half a year as partitions.

A partition key is a period id of ours (`2021-03`, `2021-B2`, `2021-Q1`, `2021-H1`, `2021`). Airflow ships quarter
and year; two months and half a year are the small classes below. Airflow loads this module as a plugin and stores the
classes by their import path.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar
from zoneinfo import ZoneInfo

from airflow.partition_mappers.base import PartitionMapper
from airflow.partition_mappers.window import Window
from airflow.plugins_manager import AirflowPlugin
from airflow.sdk import timezone
from airflow.timetables.base import DagRunInfo
from airflow.timetables.trigger import CronPartitionTimetable
from airflow.utils.strings import get_random_string

if TYPE_CHECKING:
    from airflow.timetables.base import DataInterval
    from airflow.utils.types import DagRunType
    from pendulum import DateTime

TIMEZONE = "Asia/Shanghai"
MONTH_KEY_FORMAT = "%Y-%m"
QUARTER_KEY_FORMAT = "%Y-Q{quarter}"
YEAR_KEY_FORMAT = "%Y"


class MonthTimetable(CronPartitionTimetable):
    """Months as partitions, and runs named by month; a backfill is never offered a month that has not ended.

    Airflow's own timetable offers future months too: their runs would stay queued and block every later backfill.
    """

    @staticmethod
    def now() -> datetime:
        """The clock, in a place of its own so that a test can hold it still."""
        return timezone.utcnow()

    def generate_run_id(
        self, *, run_type: "DagRunType", run_after: "DateTime", data_interval: "DataInterval | None", **extra: Any
    ) -> str:
        """`backfill__2021-03__x7Qk2mZa`: the month that a run is for, told apart from its other runs by the end.

        A run by hand is named before its key is known: it keeps Airflow's name, or has the one that the person gave.
        """
        key = extra.get("partition_key")
        if not key:
            return super().generate_run_id(run_type=run_type, run_after=run_after, data_interval=data_interval, **extra)
        return run_type.generate_run_id(suffix=f"{key}__{get_random_string()}")

    def iter_partition_dagrun_infos(self, *, earliest: datetime, latest: datetime) -> Iterable[DagRunInfo]:
        """The months between two bounds (both inclusive) that are over."""
        for info in super().iter_partition_dagrun_infos(earliest=earliest, latest=latest):
            if self._get_next(info.partition_date) <= self.now():
                yield info


class _SpanMapper(PartitionMapper):
    """Maps the key of a month (`2021-03`) to the key of the span of its year that it lies in."""

    expected_decoded_type: ClassVar[type] = datetime
    cadence: ClassVar[str]

    def __init__(self, *, timezone: str, input_format: str, max_downstream_keys: int | None = None) -> None:
        super().__init__(max_downstream_keys=max_downstream_keys)
        self.timezone = timezone
        self.input_format = input_format

    def to_downstream(self, key: str) -> str:
        """`2021-03` → `2021-B2` or `2021-H1`; ValueError for a key that is no month."""
        from ingestion.periods import period_containing

        try:
            month = datetime.strptime(key, self.input_format)
        except ValueError as error:
            raise ValueError(f"{key!r} is no month of the form {self.input_format}") from error
        return period_containing(f"{month:%Y-%m}", self.cadence).id

    def decode_downstream(self, downstream_key: str) -> datetime:
        """`2021-H2` → 1 July 2021, without a timezone; ValueError for a key of another cadence."""
        from ingestion.periods import parse_period

        period = parse_period(downstream_key)
        if period.cadence != self.cadence:
            raise ValueError(f"{downstream_key!r} is no key of {self.cadence}")
        return datetime(period.year, period.first_month.month, 1)

    def encode_upstream(self, decoded: datetime) -> str:
        """1 July 2021 → `2021-07`."""
        return decoded.strftime(self.input_format)

    def to_partition_date(self, downstream_key: str) -> datetime:
        """The moment at which the span begins."""
        return self.decode_downstream(downstream_key).replace(tzinfo=ZoneInfo(self.timezone))

    def serialize(self) -> dict[str, Any]:
        """What Airflow stores."""
        return super().serialize() | {"timezone": self.timezone, "input_format": self.input_format}

    @classmethod
    def deserialize(cls, data: dict[str, Any]) -> "_SpanMapper":
        """The mapper that was stored."""
        return cls(**data)


class BimonthMapper(_SpanMapper):
    """`2021-03` → `2021-B2` (March and April)."""

    cadence = "bimonthly_exchange"


class HalfYearMapper(_SpanMapper):
    """`2021-03` → `2021-H1`."""

    cadence = "half_year_review"


class _SpanWindow(Window):
    """The months of one span of a year, from its first month on."""

    expected_decoded_type: ClassVar[type] = datetime
    months: ClassVar[int]

    def __init__(self) -> None:
        super().__init__()

    def to_upstream(self, decoded_downstream: datetime) -> Iterable[datetime]:
        """The first days of the months. Spans never leave their year."""
        first = decoded_downstream.month
        return (decoded_downstream.replace(month=first + offset) for offset in range(self.months))

    def serialize(self) -> dict[str, Any]:
        """Nothing to store: the class says it all."""
        return {}

    @classmethod
    def deserialize(cls, data: dict[str, Any]) -> "_SpanWindow":
        """The window that was stored."""
        return cls()


class BimonthWindow(_SpanWindow):
    """Two months."""

    months = 2


class HalfYearWindow(_SpanWindow):
    """Six months."""

    months = 6


class CadencePlugin(AirflowPlugin):
    """Tells Airflow which of our classes it may load from stored DAGs."""

    name = "cadence"
    timetables = [MonthTimetable]
    partition_mappers = [BimonthMapper, HalfYearMapper]
    windows = [BimonthWindow, HalfYearWindow]
