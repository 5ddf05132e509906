"""The demonstration's guard over the data folder, and what it expects to be published."""

import csv
import fcntl
import shutil
from collections import Counter

import pytest

import samples
from ingestion.errors import HomeError
from ingestion.settings import ROOT
from operations.demonstration import expected_notices
from operations.demonstration_home import MARK, claim_home

REGISTRY = ROOT / "dbt_project" / "seeds"


def test_a_missing_or_empty_folder_is_marked(tmp_path):
    (tmp_path / "empty").mkdir()
    for folder in (tmp_path / "missing" / "deep", tmp_path / "empty"):
        claim_home(folder)
        assert [path.name for path in folder.iterdir()] == [MARK]


def test_a_folder_with_the_mark_is_emptied(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept.txt").write_text("x")
    home = tmp_path / "home"
    claim_home(home)
    (home / "published" / "2021-03").mkdir(parents=True)
    (home / "archive").symlink_to(outside)
    samples.write_demonstration_year(home / "inbox", ["2021-01"])
    claim_home(home)
    assert [path.name for path in home.iterdir()] == [MARK]
    assert (outside / "kept.txt").exists()


@pytest.mark.parametrize("name", ["notes.txt", "inbox/mine.csv", "own/file.txt"])
def test_a_marked_folder_with_something_of_somebody_else_is_left_alone(tmp_path, name):
    claim_home(tmp_path / "home")
    path = tmp_path / "home" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("x")
    with pytest.raises(HomeError, match="演示以外的数据"):
        claim_home(tmp_path / "home")
    assert path.exists()


def test_a_marked_folder_that_received_a_file_of_somebody_else_is_left_alone(tmp_path):
    claim_home(tmp_path)
    journal = tmp_path / "archive" / "journal" / "receipts.jsonl"
    journal.parent.mkdir(parents=True)
    journal.write_text('{"sha256": "of no sample", "file_name": "jiangan/real.xlsx"}\n')
    (tmp_path / "inbox").mkdir()
    with pytest.raises(HomeError, match=r"real\.xlsx"):
        claim_home(tmp_path)


def test_a_folder_that_an_airflow_runs_on_is_left_alone(tmp_path):
    claim_home(tmp_path)
    (tmp_path / "airflow").mkdir()
    with (tmp_path / "airflow" / "running.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(HomeError, match="正由一个 Airflow 使用"):
            claim_home(tmp_path)


def test_a_folder_with_other_data_is_left_alone_and_the_message_says_what_lies_there(tmp_path):
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "real.xlsx").write_text("x")
    with pytest.raises(HomeError, match=r"inbox.*\n.*YIBIAO_HOME="):
        claim_home(tmp_path)
    assert (tmp_path / "inbox" / "real.xlsx").exists()
    assert not (tmp_path / MARK).exists()


def test_the_expected_notices_are_those_of_the_registry():
    with (REGISTRY / "programme_cadences.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["programme_id"].endswith("2021")]
    # The chains' own rounds are listed, but nobody sends a table a chain.
    cadences = Counter(row["cadence"] for row in rows if row["reporter_kind"] == "district")
    assert len(rows) == cadences.total() + 3
    a_year = {
        "monthly_dispatch": 12,
        "bimonthly_exchange": 6,
        "quarterly_summary": 4,
        "half_year_review": 2,
        "annual_assessment": 1,
    }
    expected = Counter(notice.cadence for notice in expected_notices(REGISTRY, 2021))
    assert expected == {cadence: count * a_year[cadence] for cadence, count in cadences.items()}


def test_a_programme_without_a_cadence_is_not_expected_to_publish_it(tmp_path):
    registry = tmp_path / "registry"
    shutil.copytree(REGISTRY, registry)
    path = registry / "programme_cadences.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if "bimonthly_exchange" not in line), encoding="utf-8")
    path = registry / "scoring_schemes.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("|bimonthly_exchange", ""), encoding="utf-8")
    assert {notice.cadence for notice in expected_notices(registry, 2021)} == {
        "monthly_dispatch",
        "quarterly_summary",
        "half_year_review",
        "annual_assessment",
    }
