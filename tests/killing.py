"""Work that is killed at random moments and started again, and what must hold of the data folder meanwhile and after.

A small registry of seven districts; two rounds of files, of which the second corrects the first. What an undisturbed
run of both leaves is what every disturbed one must leave.
"""

import csv
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import duckdb

from ingestion.inbox import RECEIPTS_FILE
from ingestion.settings import ROOT
from tests.kill_work import BUILD, INTAKE, JUDGING, PUBLICATION
from tests.stages import write_submission

REGISTRY = ROOT / "tests" / "registries" / "unset_targets"
PROGRAMME, MONTHS = "主要经济指标2018", ("2018-10", "2018-11")
START, SNAPSHOT = "start", "snapshot"
STAGES = (INTAKE, JUDGING, BUILD, PUBLICATION, SNAPSHOT)
_POLL_SECONDS, _LOOK_SECONDS, _LONGEST_SECONDS = 0.005, 0.25, 900


@dataclass(frozen=True)
class File:
    """One file as it is dropped; `rows` as in the CSV form."""

    name: str
    received_at: str
    rows: list[dict[str, str]]


@dataclass(frozen=True)
class Round:
    """Files that are dropped together, and as of when the months are published after them."""

    files: list[File]
    as_of: str


@dataclass(frozen=True)
class Moment:
    """When to kill: in a stage, after a share of the time that the stage takes undisturbed."""

    stage: str
    share: float


@dataclass
class Reference:
    """What an undisturbed run left after each round; `snapshots` are digests of the analysts' file by fingerprint."""

    contents: list[dict[str, Any]] = field(default_factory=list)
    seconds: list[dict[str, float]] = field(default_factory=list)
    snapshots: dict[str, str] = field(default_factory=dict)


def rounds() -> list[Round]:
    """Two months of every district, one table of them wrong; then that one mended and another corrected."""
    districts = [row["reporter_id"] for row in _registered("reporters") if row["reporter_kind"] == "district"]
    first = [
        File(f"{district}/{month}.csv", f"2018-12-0{number % 9 + 1}T09:00+08:00", _rows(district, month, number))
        for number, district in enumerate(districts)
        for month in MONTHS
    ]
    wrong = first[-1]
    broken = [row | {"cumulative_value": "很多"} for row in wrong.rows]
    corrected = _rows(districts[0], MONTHS[0], 40), _rows(districts[0], MONTHS[1], 40)
    return [
        Round([*first[:-1], File(wrong.name, wrong.received_at, broken)], "2018-12-20T00:00+08:00"),
        Round(
            [
                File(wrong.name, "2018-12-21T09:00+08:00", wrong.rows),
                File(f"{districts[0]}/更正.csv", "2018-12-21T10:00+08:00", [*corrected[0], *corrected[1]]),
            ],
            "2018-12-25T00:00+08:00",
        ),
    ]


def _registered(table: str) -> list[dict[str, str]]:
    with (REGISTRY / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _rows(district: str, month: str, number: int) -> list[dict[str, str]]:
    """Figures by a formula: what October brings to date, and November adds."""
    is_first = month == MONTHS[0]
    rows = []
    for place, indicator in enumerate(_registered("indicators")):
        october, november = 50 + 7 * number + place, 5 + (3 * number + place) % 11
        rows.append(
            {
                "programme": PROGRAMME,
                "reporter": district,
                "period": month,
                "indicator": indicator["indicator_name"],
                "month_value": str(october if is_first else november),
                "cumulative_value": str(october if is_first else october + november),
                "same_period_value": str(40 + number),
            }
        )
    return rows


class Home:
    """A data folder in which the work is done, with a note of everything that was dropped into it."""

    def __init__(self, folder: Path, is_trusted: bool = True, registry: Path = REGISTRY) -> None:
        """`is_trusted`: receipt times are the files' own, else those at which they are seen."""
        self.folder = folder
        self.registry = registry
        self.marker = folder.with_name(f"{folder.name}.stage")
        self.log = folder.with_name(f"{folder.name}.log")
        self.is_trusted = is_trusted
        self.dropped: list[tuple[File, str]] = []
        self._verified: set[Path] = set()
        self._stage = START
        self._leftover: tuple[int, int] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """The settings of everything that runs on this folder."""
        return os.environ | {
            "YIBIAO_HOME": str(self.folder),
            "YIBIAO_REGISTRY": str(self.registry),
            "YIBIAO_TRUST_RECEIPTS": "1" if self.is_trusted else "0",
            "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
            "DO_NOT_TRACK": "1",
        }

    def drop(self, files: list[File]) -> None:
        """Put files into the inbox, written long ago, and beside them when they were received."""
        inbox = self.folder / "inbox"
        for file in files:
            path = inbox / file.name
            write_submission(path, file.rows)
            _set_written(path, datetime.fromisoformat(file.received_at) - timedelta(hours=1))
            self.dropped.append((file, hashlib.sha256(path.read_bytes()).hexdigest()))
        self._write_receipts("示例邮箱")

    def drop_as_received(self, other: "Home") -> None:
        """Drop what another folder received, as written and received when the journal there says."""
        lines = journal_of(other, "receipts")
        for line in lines:
            path = self.folder / "inbox" / line["file_name"]
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(other.folder / "archive" / line["sha256"][:2] / line["sha256"], path)
            _set_written(path, datetime.fromisoformat(line["modified_at"]))
            self.dropped.append((File(line["file_name"], line["received_at"], []), line["sha256"]))
        self._write_receipts({line["source"] for line in lines}.pop())

    def _write_receipts(self, source: str) -> None:
        with (self.folder / "inbox" / RECEIPTS_FILE).open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(["file_name", "sha256", "received_at", "source"])
            writer.writerows([file.name, digest, file.received_at, source] for file, digest in self.dropped)

    def start(self, as_of: str, periods: tuple[str, ...] = MONTHS) -> "subprocess.Popen[str]":
        """The work in a process group of its own."""
        self._leftover = self._unfinished_snapshot()
        self.marker.write_text(START)
        with self.log.open("a") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "tests.kill_work", str(self.marker), as_of, *periods],
                cwd=ROOT, env=self.environment, stdout=log, stderr=subprocess.STDOUT, text=True, start_new_session=True,
            )  # fmt: skip

    def stage(self) -> str:
        """Where the work is; a snapshot is being written while an unfinished one is there that no kill left."""
        if self._unfinished_snapshot() not in (None, self._leftover):
            return SNAPSHOT
        self._stage = self.marker.read_text() or self._stage  # empty for an instant while it is written
        return self._stage

    def _unfinished_snapshot(self) -> tuple[int, int] | None:
        """Which file it is, and when it was last written."""
        try:
            found = (self.folder / "warehouse" / ".analyst.duckdb.partial").stat()
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_mtime_ns

    def run(self, as_of: str, periods: tuple[str, ...] = MONTHS) -> dict[str, float]:
        """The work undisturbed; how many seconds each stage took."""
        seconds: dict[str, float] = {}
        self._follow(self.start(as_of, periods), None, {}, seconds)
        return seconds

    def run_until(
        self, moment: Moment, as_of: str, expected: dict[str, float], periods: tuple[str, ...] = MONTHS
    ) -> str | None:
        """Kill the work with all its children at the moment; the stage it was hit in, None when it was done before."""
        return self._follow(self.start(as_of, periods), moment, expected, {})

    def _follow(
        self,
        process: "subprocess.Popen[str]",
        moment: Moment | None,
        expected: dict[str, float],
        seconds: dict[str, float],
    ) -> str | None:
        started = last = time.monotonic()
        looked = 0.0
        try:
            while process.poll() is None:
                stage, now = self.stage(), time.monotonic()
                seconds[stage] = seconds.get(stage, 0.0) + now - last
                last = now
                if moment and stage == moment.stage and seconds[stage] >= moment.share * expected[stage]:
                    _kill(process)
                    return stage
                if now - looked >= _LOOK_SECONDS:
                    check_notices(self)
                    looked = now
                assert now - started < _LONGEST_SECONDS, self.tail()
                time.sleep(_POLL_SECONDS)
        finally:
            _kill(process)
        assert process.returncode == 0, self.tail()
        return None

    def tail(self) -> str:
        """The end of what the work printed."""
        return self.log.read_text()[-4000:]


def _set_written(path: Path, moment: datetime) -> None:
    nanoseconds = round(moment.timestamp() * 1e6) * 1000
    os.utime(path, ns=(nanoseconds, nanoseconds))


def _kill(process: "subprocess.Popen[str]") -> None:
    """SIGKILL for the whole group, and wait until nobody of it is left."""
    try:
        while True:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            time.sleep(_POLL_SECONDS)
    except ProcessLookupError:
        process.wait()


def reference_in(folder: Path) -> Reference:
    """Both rounds undisturbed."""
    home, reference = Home(folder), Reference()
    for one in rounds():
        home.drop(one.files)
        reference.seconds.append(home.run(one.as_of))
        check_notices(home)
        fingerprint, digest = snapshot_of(home)
        reference.snapshots[fingerprint] = digest
        reference.contents.append(contents(home))
    return reference


def random_moments(chance: random.Random, stages: tuple[str, ...], count: int) -> list[Moment]:
    """Moments in random order: as many in each stage as in any other, however short it is."""
    moments = [Moment(stages[number % len(stages)], chance.random()) for number in range(count)]
    chance.shuffle(moments)
    return moments


# What must hold at any time.


def check_visible(home: Home, snapshots: dict[str, str]) -> None:
    """After a kill: notices whole, index and snapshot too, and everything that was dropped is still somewhere."""
    home._verified.clear()
    check_notices(home)
    if (home.folder / "warehouse" / "analyst.duckdb").exists():
        fingerprint, digest = snapshot_of(home)
        assert snapshots.get(fingerprint) == digest, f"the snapshot of {fingerprint} is of no one build"
    check_nothing_lost(home)


def check_notices(home: Home) -> None:
    """Every visible version is whole by its own manifest, and the index leads only to what is there."""
    published = home.folder / "published"
    for notice in published.glob("*/*"):
        for folder in notice.iterdir():
            if not folder.name.startswith(".") and folder not in home._verified:
                _check_vintage(folder)
                home._verified.add(folder)
    index = published / "index.html"
    if index.exists():
        links = _links(index.read_text(encoding="utf-8"))
        assert links, "an index without a link"
        missing = [link for link in links if not (published / unquote(link)).is_file()]
        assert missing == [], f"the index leads to what is not there: {missing}"


def _check_vintage(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    found = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }
    assert found == manifest["files"], f"{folder} is not what its manifest says"
    assert {"notice.html", "notice.xlsx", "notice.docx", "notice.pdf"} <= found.keys()


def _links(page: str) -> list[str]:
    class Links(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.found: list[str] = []
            self.is_closed = False

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.found += [value for name, value in attrs if tag == "a" and name == "href" and value]

        def handle_endtag(self, tag: str) -> None:
            self.is_closed |= tag == "html"

    parser = Links()
    parser.feed(page)
    parser.close()
    assert parser.is_closed, "the index ends before its end"
    return [link for link in parser.found if not link.startswith("#")]


def check_nothing_lost(home: Home) -> None:
    """What was dropped lies in the inbox or in the archive, byte for byte."""
    waiting = {
        hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (home.folder / "inbox").rglob("*")
        if path.is_file() and path.name != RECEIPTS_FILE
    }
    for file, digest in home.dropped:
        archived = home.folder / "archive" / digest[:2] / digest
        is_kept = archived.is_file() and hashlib.sha256(archived.read_bytes()).hexdigest() == digest
        assert is_kept or digest in waiting, f"{file.name} is lost"


def check_received_once(home: Home) -> None:
    """At the end: every drop is in archive and journal, once, and in the warehouse, once; the inbox is empty."""
    files = [path for path in (home.folder / "inbox").rglob("*") if path.is_file()]
    assert [path.name for path in files] == [RECEIPTS_FILE]
    wanted = sorted((file.name, digest) for file, digest in home.dropped)
    received = journal_of(home, "receipts")
    assert sorted((entry["file_name"], entry["sha256"]) for entry in received) == wanted
    with _opened(home.folder / "warehouse" / "pipeline.duckdb") as connection:
        landed = connection.execute("select file_name, sha256 from raw.receipts order by all").fetchall()
    assert landed == wanted
    check_nothing_lost(home)


def journal_of(home: Home, kind: str) -> list[dict[str, Any]]:
    """The whole lines of a journal."""
    path = home.folder / "archive" / "journal" / f"{kind}.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [json.loads(line) for line in lines if line]


# What is left in the end.


def contents(home: Home) -> dict[str, Any]:
    """Everything that the work leaves, by name: cells of raw, registry and marts, bytes of files, lines of journals."""
    found: dict[str, Any] = {}
    for name, schemas in (("pipeline", ("raw", "registry", "marts")), ("analyst", ("marts",))):
        path = home.folder / "warehouse" / f"{name}.duckdb"
        if not path.exists():
            continue
        with _opened(path) as connection:
            for table, rows in _tables(connection, schemas).items():
                found[f"{name}: {table}"] = rows
    for folder in ("published", "returned", "receipts", "archive"):
        for path in sorted((home.folder / folder).rglob("*")):
            if path.is_file() and path.suffix != ".jsonl":
                name = path.relative_to(home.folder).as_posix()
                found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    for path in sorted((home.folder / "archive" / "journal").glob("*.jsonl")):
        # Where on the disk a file had lain, and when a line was written, no second run has in common.
        lines = [line | {"drop_id": None, "recorded_at": None} for line in journal_of(home, path.stem)]
        found[path.name] = sorted(json.dumps(line, ensure_ascii=False, sort_keys=True) for line in lines)
    return found


def differences(found: dict[str, Any], expected: dict[str, Any]) -> list[str]:
    """What is not the same, named; of tables, how many rows only one of them has, and the first of these."""
    lines = []
    for name in sorted(found.keys() | expected.keys()):
        here, there = found.get(name), expected.get(name)
        if here == there:
            continue
        if not (isinstance(here, list) and isinstance(there, list)):
            lines.append(f"{name}: {'differs' if here and there else 'only in one'}")
            continue
        only_here = [row for row in here if row not in there]
        only_there = [row for row in there if row not in here]
        lines.append(f"{name}: {len(here)}/{len(there)} rows; {only_here[:1]} against {only_there[:1]}")
    return lines


def snapshot_of(home: Home) -> tuple[str, str]:
    """Fingerprint of the analysts' file, and a digest of all its marts."""
    with _opened(home.folder / "warehouse" / "analyst.duckdb") as connection:
        ((fingerprint,),) = connection.execute("select fingerprint from marts.builds").fetchall()
        return fingerprint, hashlib.sha256(repr(_tables(connection, ("marts",))).encode()).hexdigest()


def _tables(connection: duckdb.DuckDBPyConnection, schemas: tuple[str, ...]) -> dict[str, list[tuple[Any, ...]]]:
    names = connection.execute(
        "select schema_name, table_name from duckdb_tables() where schema_name in (select unnest(?)) "
        "union all select schema_name, view_name from duckdb_views() where schema_name in (select unnest(?)) "
        "order by all",
        [list(schemas), list(schemas)],
    ).fetchall()
    return {
        f"{schema}.{name}": connection.execute(
            f"select * {'exclude (drop_id)' if (schema, name) == ('raw', 'receipts') else ''} "
            f"from {schema}.{name} order by all"
        ).fetchall()
        for schema, name in names
    }


def _opened(path: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(str(path), read_only=True)
    connection.execute("set TimeZone = 'UTC'")
    return connection
