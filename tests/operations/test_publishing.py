"""What the roll-ups make of announcements, without Airflow."""

import json
from datetime import UTC, datetime

import duckdb

from operations.publishing import Announcement, as_of_of_months, months_published_by_all, publish_roll_up

REVISION = Announcement("2021-12", datetime(2022, 2, 19, 16, tzinfo=UTC))


def publish_by_hand(home, programme_id, cadence, period, **manifest):
    folder = home.published / period / f"{programme_id}-{cadence}" / "v1"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps({"version": 1} | manifest))


def test_an_announcement_comes_back_as_it_was_sent():
    assert Announcement.from_extra(json.loads(json.dumps(REVISION.to_extra()))) == REVISION


def test_a_revision_of_another_month_leaves_a_notice_as_it_is_and_builds_nothing(home):
    publish_by_hand(home, "innovation_2021", "quarterly_summary", "2021-Q1")
    publications = publish_roll_up("quarterly_summary", "2021-Q1", None, [REVISION, REVISION])
    assert [(p.programme_id, p.version, p.outcome) for p in publications] == [("innovation_2021", 1, "unchanged")]
    assert not home.pipeline_file.exists()


def test_a_roll_up_by_hand_is_known_as_of_the_latest_vintage_of_its_months(home):
    early, late = "2021-04-16T00:00:00Z", "2021-05-01T00:00:00Z"
    publish_by_hand(home, "innovation_2021", "monthly_dispatch", "2021-01", as_of=late)
    publish_by_hand(home, "four_accelerations_2021", "monthly_dispatch", "2021-02", as_of=early)
    publish_by_hand(home, "innovation_2021", "monthly_dispatch", "2021-04", as_of="2021-09-01T00:00:00Z")
    assert as_of_of_months(["2021-01", "2021-02", "2021-03"]) == datetime(2021, 5, 1, tzinfo=UTC)
    assert as_of_of_months(["2021-07"]) is None
    assert as_of_of_months(["2021-01", "2021-02"], ["four_accelerations_2021"]) == datetime(2021, 4, 16, tzinfo=UTC)


def test_a_month_is_told_to_the_roll_ups_once_every_programme_that_has_its_notice_published_it(home):
    home.pipeline_file.parent.mkdir(parents=True)
    with duckdb.connect(str(home.pipeline_file)) as connection:
        connection.execute("create schema marts")
        connection.execute(
            """
            create table marts.periods as
            select programme_id, 'monthly_dispatch' as cadence, cadence_label, period
            from
                (values ('a', '月调度'), ('b', '月调度'), ('none', null)) as programmes (programme_id, cadence_label),
                (values ('2021-01'), ('2021-02')) as months (period)
            """
        )
    for programme_id, month in (("a", "2021-01"), ("b", "2021-01"), ("a", "2021-02")):
        publish_by_hand(home, programme_id, "monthly_dispatch", month)
    assert months_published_by_all(["2021-01", "2021-02"]) == ["2021-01"]
