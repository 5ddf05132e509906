"""Two thousand spoilt workbooks and CSVs: nothing crashes, nothing is lost, nothing is slow, no valid file suffers."""

import hashlib
import logging
import os
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import psutil
import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as drawing

from expectations import judge
from expectations.returns import Marker
from ingestion import journal
from ingestion import sweep as sweeping
from ingestion.inbox import name_in
from ingestion.landing import archived_path
from ingestion.settings import Settings, get_settings
from ingestion.store import open_warehouse
from tests.bad_kinds import Slot, valid_csv, valid_xlsx
from tests.mutations import MONTHS, VALID_REPORTERS, Mutant, mutants
from tests.stages import registry_that_never_closes

EXAMPLES, SWEEPS = 2_000, 5
LONGEST_SECONDS = 5.0
IGNORED = (".", "~$")


@lru_cache
def drawn() -> list[tuple[Mutant, bytes]]:
    """The same mutants at every run, with their bytes; hypothesis draws one by one, and one sweep takes in many."""
    found: list[Mutant] = []

    @drawing(
        max_examples=EXAMPLES * 3 // 2,  # some come to the same bytes
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(mutants())
    def draw(mutant: Mutant) -> None:
        found.append(mutant)

    draw()
    by_content = {mutant.content(): mutant for mutant in found}
    assert len(by_content) >= EXAMPLES
    return [(mutant, content) for content, mutant in by_content.items()][:EXAMPLES]


@dataclass
class Swept:
    """What one sweep was given and what it left; `slow` are the files that took longer than they may."""

    settings: Settings
    dropped: dict[str, bytes] = field(default_factory=dict)
    mutants: dict[str, Mutant] = field(default_factory=dict)
    valid: set[str] = field(default_factory=set)
    seconds: dict[str, float] = field(default_factory=dict)
    logged: list[str] = field(default_factory=list)
    receipts: dict[str, tuple] = field(default_factory=dict)


def drop(swept: Swept, name: bytes, content: bytes) -> str:
    """Put a file into the inbox under a name of bytes; the name as the sweep will know it."""
    path = swept.settings.inbox / os.fsdecode(name)
    path.write_bytes(content)
    os.utime(path, (time.time() - 60,) * 2)
    known = name_in(path, swept.settings.inbox)
    swept.dropped[known] = content
    return known


def timed(function: Callable, seconds: dict[str, float]) -> Callable:
    """The function, its longest time kept by the file that it was given.

    Processor time of this process and its children, so that what else runs on the machine does not count.
    """

    def run(*arguments: object) -> object:
        path = next(str(argument) for argument in arguments if isinstance(argument, Path))
        began = worked()
        try:
            return function(*arguments)
        finally:
            seconds[path] = max(seconds.get(path, 0), worked() - began)

    return run


def worked() -> float:
    """The seconds that this process and its children, the living and the dead, have computed."""
    living = [child.cpu_times() for child in psutil.Process().children()]
    dead = os.times()
    own = time.process_time() + dead.children_user + dead.children_system
    return own + sum(spent.user + spent.system for spent in living)


class Log(logging.Handler):
    def __init__(self, lines: list[str]) -> None:
        super().__init__(logging.WARNING)
        self.lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage() + (f"\n{record.exc_info[1]!r}" if record.exc_info else ""))


@pytest.fixture(scope="module", params=range(SWEEPS))
def swept(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Swept]:
    """One sweep and one judgement over a share of the mutants with valid files among them."""
    home = tmp_path_factory.mktemp("mutated")
    share = drawn()[request.param :: SWEEPS]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YIBIAO_HOME", str(home))
        patch.setenv("YIBIAO_REGISTRY", str(registry_that_never_closes(home / "registry")))
        get_settings.cache_clear()
        swept = Swept(get_settings())
        swept.settings.inbox.mkdir()
        # What is cut short is waited for, as if it were still being copied.
        patch.setattr("ingestion.inbox.PATIENCE_SECONDS", 0.2)
        patch.setattr(sweeping, "read_file", timed(sweeping.read_file, swept.seconds))
        patch.setattr(Marker, "make", timed(Marker.make, swept.seconds))
        for number, (mutant, content) in enumerate(share):
            front = next((front for front in IGNORED if mutant.name.startswith(os.fsencode(front))), "")
            name = os.fsencode(f"{front}{number:04d}-") + mutant.name
            swept.mutants[drop(swept, name, content)] = mutant
        slots = [Slot(reporter_id, month) for reporter_id in VALID_REPORTERS for month in MONTHS]
        for number, slot in enumerate(slots):
            make, ending = ((valid_xlsx, "xlsx"), (valid_csv, "csv"))[number % 2]
            name = f"{number * len(share) // len(slots):04d}-valid.{ending}"
            swept.valid.add(drop(swept, name.encode(), make(slot)))
        log = Log(swept.logged)
        logging.getLogger().addHandler(log)
        sweeping.sweep()
        judge()
        logging.getLogger().removeHandler(log)
        with open_warehouse() as connection:
            rows = connection.execute(
                "select file_name, receipt_id, sha256, problem_code, verdict from raw.receipts "
                "left join raw.judgements using (receipt_id)"
            ).fetchall()
        swept.receipts = {name: rest for name, *rest in rows}
        assert len(rows) == len(swept.receipts)
        yield swept
    get_settings.cache_clear()


def told(swept: Swept, names: set[str] | list[str]) -> str:
    """The files by the steps that made them, for whoever must make one again."""
    return "\n".join(f"{name!r}: {swept.mutants.get(name)} {swept.receipts.get(name)}" for name in sorted(names))


def test_nothing_is_lost(swept: Swept) -> None:
    ignored = {name for name in swept.dropped if name.startswith(IGNORED)}
    left = {name_in(path, swept.settings.inbox) for path in swept.settings.inbox.rglob("*")}
    assert left == ignored
    assert set(swept.receipts) == set(swept.dropped) - ignored
    assert sorted(entry["file_name"] for entry in journal.read("receipts")) == sorted(swept.receipts)
    verdicts = Counter(verdict for *_, verdict in swept.receipts.values())
    assert verdicts.keys() <= {"accepted", "returned", "repeated"}
    assert sum(verdicts.values()) + len(ignored) == len(swept.dropped)
    for name, (_, sha256, _, _) in swept.receipts.items():
        assert sha256 == hashlib.sha256(swept.dropped[name]).hexdigest(), told(swept, [name])
        assert archived_path(swept.settings.archive, sha256).read_bytes() == swept.dropped[name]


def test_no_file_is_more_than_the_code_can_take(swept: Swept) -> None:
    internal = {name for name, (_, _, problem_code, _) in swept.receipts.items() if problem_code == "internal"}
    assert internal == set(), told(swept, internal) + "\n".join(swept.logged)


def test_no_file_takes_long(swept: Swept) -> None:
    by_sha256 = {sha256: name for name, (_, sha256, _, _) in swept.receipts.items()}
    slow = {by_sha256[Path(path).name] for path, seconds in swept.seconds.items() if seconds > LONGEST_SECONDS}
    assert slow == set(), told(swept, slow)


def test_every_returned_file_has_its_return(swept: Swept) -> None:
    returned = [receipt_id for receipt_id, _, _, verdict in swept.receipts.values() if verdict == "returned"]
    folders = {path.name[: len(returned[0])]: path for path in swept.settings.returned.iterdir()}
    assert sorted(folders) == sorted(returned)
    for folder in folders.values():
        assert any(zipfile.is_zipfile(path) for path in folder.iterdir()), folder


def test_the_valid_files_among_them_are_accepted(swept: Swept) -> None:
    assert {swept.receipts[name][3] for name in swept.valid} == {"accepted"}
