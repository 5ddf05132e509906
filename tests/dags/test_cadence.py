"""Our timetable, mappers and windows."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from airflow.serialization.decoders import decode_partition_mapper, decode_window
from airflow.serialization.encoders import encode_partition_mapper, encode_window
from airflow.utils.types import DagRunType
from cadence import (
    MONTH_KEY_FORMAT,
    TIMEZONE,
    BimonthMapper,
    BimonthWindow,
    HalfYearMapper,
    HalfYearWindow,
    MonthTimetable,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def timetable() -> MonthTimetable:
    return MonthTimetable("0 0 1 * *", timezone=TIMEZONE, run_offset=-1, key_format=MONTH_KEY_FORMAT)


def offered(timetable: MonthTimetable, first: datetime, last: datetime) -> list[str]:
    return [info.partition_key for info in timetable.iter_partition_dagrun_infos(earliest=first, latest=last)]


def test_a_past_year_is_offered_month_by_month(timetable):
    keys = offered(timetable, datetime(2021, 1, 1, tzinfo=UTC), datetime(2021, 12, 1, tzinfo=UTC))
    assert keys == [f"2021-{month:02d}" for month in range(1, 13)]


def test_bounds_inside_a_month_offer_the_months_that_begin_between_them(timetable):
    keys = offered(timetable, datetime(2021, 1, 15, tzinfo=UTC), datetime(2021, 3, 15, tzinfo=UTC))
    assert keys == ["2021-02", "2021-03"]


def test_a_month_is_offered_from_the_moment_it_has_ended_and_not_before(timetable, monkeypatch):
    end_of_march = datetime(2021, 4, 1, tzinfo=SHANGHAI)
    bounds = datetime(2021, 1, 1, tzinfo=UTC), datetime(2022, 12, 1, tzinfo=UTC)
    monkeypatch.setattr(MonthTimetable, "now", staticmethod(lambda: end_of_march - timedelta(seconds=1)))
    assert offered(timetable, *bounds) == ["2021-01", "2021-02"]
    monkeypatch.setattr(MonthTimetable, "now", staticmethod(lambda: end_of_march))
    assert offered(timetable, *bounds) == ["2021-01", "2021-02", "2021-03"]


def test_the_real_clock_offers_nothing_of_the_running_month(timetable):
    now = datetime.now(UTC)
    running = f"{now.astimezone(SHANGHAI):%Y-%m}"
    keys = offered(timetable, now - timedelta(days=100), now + timedelta(days=400))
    assert keys
    assert max(keys) < running


def test_runs_are_named_by_type_and_month_and_two_of_a_month_differ(timetable):
    told = {"run_after": datetime(2021, 4, 1, tzinfo=UTC), "data_interval": None}
    names = [
        timetable.generate_run_id(run_type=DagRunType.BACKFILL_JOB, partition_key="2021-03", **told) for _ in range(2)
    ]
    assert len(set(names)) == 2
    assert all(re.fullmatch(r"backfill__2021-03__\w+", name) for name in names)
    scheduled = timetable.generate_run_id(run_type=DagRunType.SCHEDULED, partition_key="2021-03", **told)
    assert DagRunType.from_run_id(scheduled) is DagRunType.SCHEDULED


def test_a_run_by_hand_has_no_month_when_it_is_named(timetable):
    told = {"run_after": datetime(2021, 4, 1, tzinfo=UTC), "data_interval": None}
    assert timetable.generate_run_id(run_type=DagRunType.MANUAL, **told).startswith("manual__2021-04-01T")


SPANS = [(BimonthMapper, BimonthWindow, 2, "B"), (HalfYearMapper, HalfYearWindow, 6, "H")]


@pytest.mark.parametrize(("mapper_class", "window_class", "size", "mark"), SPANS)
def test_every_month_maps_into_the_span_whose_window_holds_it(mapper_class, window_class, size, mark):
    mapper = decode_partition_mapper(
        encode_partition_mapper(mapper_class(timezone=TIMEZONE, input_format=MONTH_KEY_FORMAT))
    )
    window = decode_window(encode_window(window_class()))
    for month in range(1, 13):
        span = mapper.to_downstream(f"2021-{month:02d}")
        assert span == f"2021-{mark}{(month - 1) // size + 1}"
        months = [mapper.encode_upstream(first) for first in window.to_upstream(mapper.decode_downstream(span))]
        assert f"2021-{month:02d}" in months
        assert len(months) == size


@pytest.mark.parametrize("key", ["2021-Q1", "2021/02", "2021", "2021-13"])
def test_a_key_that_is_no_month_is_refused(key):
    mapper = HalfYearMapper(timezone=TIMEZONE, input_format=MONTH_KEY_FORMAT)
    with pytest.raises(ValueError, match=key):
        mapper.to_downstream(key)


def test_a_key_of_another_cadence_is_refused():
    mapper = BimonthMapper(timezone=TIMEZONE, input_format=MONTH_KEY_FORMAT)
    with pytest.raises(ValueError, match="2021-H1"):
        mapper.decode_downstream("2021-H1")


def test_a_span_begins_at_local_midnight():
    mapper = BimonthMapper(timezone=TIMEZONE, input_format=MONTH_KEY_FORMAT)
    assert mapper.to_partition_date("2021-B2") == datetime(2021, 3, 1, tzinfo=SHANGHAI)
