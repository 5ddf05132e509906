"""Remote readers of the snapshot: with the token they see marts and nothing else; a newer snapshot takes its place."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from ingestion.settings import Settings, get_settings
from operations.airflow_environment import free_port
from operations.serve_remote import RemoteError, RemoteReaders, extension_file
from tests.reports.factories import MONTH, MONTHLY, correct_one_reporter, create_warehouse

pytestmark = pytest.mark.services

TOKEN = "a-token-for-this-test-only"


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """The small case with its snapshot."""
    from reports.publish import publish

    for name, value in (("HOME", tmp_path), ("REMOTE_TOKEN", TOKEN), ("REMOTE_PORT", free_port())):
        monkeypatch.setenv(f"YIBIAO_{name}", str(value))
    get_settings.cache_clear()
    create_warehouse(get_settings().pipeline_file)
    publish(MONTHLY, MONTH)
    yield get_settings()
    get_settings.cache_clear()


@pytest.fixture
def readers(published: Settings) -> Iterator[RemoteReaders]:
    serving = RemoteReaders(published)
    yield serving
    serving.close()


def attached(readers: RemoteReaders, token: str = TOKEN) -> duckdb.DuckDBPyConnection:
    """A reader of another machine: a DuckDB of its own."""
    connection = duckdb.connect()
    for name in ("httpfs", "quack"):
        connection.load_extension(str(extension_file(name)))
    connection.execute(f"attach '{readers.address}' as yibiao (token '{token}')")
    return connection


def ask(connection: duckdb.DuckDBPyConnection, query: str) -> list[tuple[object, ...]]:
    return connection.execute(f"from yibiao.query($query${query}$query$)").fetchall()


def test_a_reader_sees_what_the_snapshot_holds(readers: RemoteReaders, published: Settings) -> None:
    query = "select * from marts.indicator_rankings order by all"
    with duckdb.connect() as local:
        local.execute(f"attach '{published.analyst_file}' as snapshot (read_only)")
        local.execute("use snapshot")
        expected = local.execute(query).fetchall()
    assert expected
    assert ask(attached(readers), query) == expected


def test_nobody_is_served_without_the_token(readers: RemoteReaders) -> None:
    with pytest.raises(duckdb.Error, match="Authentication failed"):
        attached(readers, "another token of some length")


@pytest.mark.parametrize(
    "query",
    [
        "create table marts.mine as select 1",
        "delete from marts.builds",
        "from read_text('/etc/hostname')",
        "copy (select 1) to 'taken.csv'",
        "attach 'other.duckdb'",
        "set enable_external_access = true",
    ],
)
def test_a_reader_can_neither_write_nor_leave_the_snapshot(readers: RemoteReaders, query: str) -> None:
    connection = attached(readers)
    with pytest.raises(duckdb.Error, match="read-only|disabled|locked"):
        ask(connection, query)


def test_a_newer_snapshot_takes_the_place_of_the_older(readers: RemoteReaders, published: Settings) -> None:
    from reports.publish import publish

    query = "select fingerprint from marts.builds"
    before = ask(attached(readers), query)
    assert not readers.refresh()
    correct_one_reporter(published.pipeline_file)
    publish(MONTHLY, MONTH)
    assert readers.refresh()
    assert ask(attached(readers), query) != before


def test_without_a_token_nothing_is_served(published: Settings) -> None:
    with pytest.raises(RemoteError, match="YIBIAO_REMOTE_TOKEN"):
        RemoteReaders(published.model_copy(update={"remote_token": type(published.remote_token)("short")}))
