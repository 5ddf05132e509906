"""What a build leaves untouched must be what a whole build would have calculated."""

import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from benchmarks.scale import AS_REBUILT, FIRST_YEAR, Size, build, differences, land, submit, write_registry
from ingestion.settings import ROOT, get_settings

MODELS = {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "dbt_project" / "models").rglob("*.sql")}
# What int_periods_changed takes a fingerprint of, beside the seeds and code in raw.runs.standing_sha256.
SOURCES_IN_FINGERPRINT = {"receipts", "judgements", "tables", "reported_values", "periods"}
AS_OF_IN_FINGERPRINT = {
    "stg_submissions__receipts", "stg_submissions__judgements", "stg_registry__periods", "int_values_corrected",
    "int_targets_by_period", "int_targets_by_reporter",
}  # fmt: skip

SIZE = Size(reporters=9, indicators=20, years=4)
LAST_YEAR = FIRST_YEAR + SIZE.years - 1
BEFORE, AFTER = datetime(LAST_YEAR, 12, 20, tzinfo=UTC), datetime(LAST_YEAR + 1, 1, 20, tzinfo=UTC)

# A table of an old month comes again, with other figures: what follows it in its year and the two after may change.
_RESTATE = f"""
    insert into raw.receipts by name
    select 'again' as receipt_id, 'again' as sha256, 'again.csv' as file_name, 'made' as source, 'again' as drop_id,
        folder_name, folder_reporter_id, received_at + interval 1 hour as received_at, modified_at
    from raw.receipts where receipt_id = 'scale-{FIRST_YEAR}-05-0002';
    insert into raw.judgements by name
    select 'again' as receipt_id, 'accepted' as verdict, accepted_at + interval 1 hour as accepted_at, rules_sha256
    from raw.judgements where receipt_id = 'scale-{FIRST_YEAR}-05-0002';
    insert into raw.tables by name
    select * replace ('again' as table_id, 'again' as receipt_id)
    from raw.tables where table_id = 'scale-{FIRST_YEAR}-05-0002';
    insert into raw.reported_values by name
    select * replace ('again' as table_id, 'again' as receipt_id, cumulative_value + 40 as cumulative_value)
    from raw.reported_values where table_id = 'scale-{FIRST_YEAR}-05-0002';
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A registry of its own, and every month but the last built."""
    folder = tmp_path / "home"
    monkeypatch.setenv("YIBIAO_HOME", str(folder))
    monkeypatch.setenv("YIBIAO_REGISTRY", str(folder / "registry"))
    get_settings.cache_clear()
    write_registry(folder / "registry", SIZE)
    submit(folder, SIZE, 0, SIZE.years * 12 - 1)
    land(folder / "registry", BEFORE)
    build(folder)
    return folder


def test_a_month_and_an_old_restatement_give_what_a_whole_build_gives(home: Path) -> None:
    """Only changed periods are calculated, and they are all that differs."""
    warehouse = home / "warehouse" / "pipeline.duckdb"
    submit(home, SIZE, SIZE.years * 12 - 1, SIZE.years * 12)
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(_RESTATE)
        assert connection.execute("select count(*) from raw.tables where table_id = 'again'").fetchall() == [(1,)]
    land(home / "registry", AFTER)
    build(home)
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        kept = connection.execute("select period from intermediate.int_periods_changed where not is_changed").fetchall()
    assert {f"{FIRST_YEAR}-04", f"{FIRST_YEAR}-Q1", f"{LAST_YEAR}-11"} <= {period for (period,) in kept}
    assert not {f"{FIRST_YEAR}-05", f"{FIRST_YEAR + 2}-12", str(LAST_YEAR)} & {period for (period,) in kept}

    shutil.copy(warehouse, home / "changed.duckdb")
    build(home, "--full-refresh")
    assert differences(home, home / "changed.duckdb", AS_REBUILT) == dict.fromkeys(AS_REBUILT, 0)


def test_what_is_built_by_period_reads_nothing_that_no_fingerprint_knows() -> None:
    """Another source, or another place where the as-of time decides, must be added to int_periods_changed as well."""
    read = {name for name, text in MODELS.items() if "materialized='incremental'" in text}
    assert "int_progress_measured" in read
    while found := {ref for name in read for ref in re.findall(r"ref\('(\w+)'\)", MODELS.get(name, ""))} - read:
        read |= found
    texts = {name: MODELS[name] for name in read & set(MODELS)}
    sources = {source for text in texts.values() for source in re.findall(r"source\('raw', '(\w+)'\)", text)}
    assert sources == SOURCES_IN_FINGERPRINT
    assert {name for name, text in texts.items() if "as_of_" in text} == AS_OF_IN_FINGERPRINT
