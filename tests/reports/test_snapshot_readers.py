"""Several readers ask while the snapshot is replaced: none fails, none sees two builds in one answer."""

import json
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

from ingestion.settings import ROOT, Settings
from ingestion.store import open_warehouse
from reports.snapshot import publish_snapshot
from tests.snapshot_reader import fingerprint_of, stamp

READERS, PUBLICATIONS = 3, 5


def test_no_reader_fails_or_sees_a_mixture_while_the_snapshot_is_published(warehouse: Path, settings: Settings) -> None:
    def publish(build: int) -> None:
        stamp(warehouse, build)
        with open_warehouse(read_only=True) as connection:
            assert publish_snapshot(connection)

    publish(1)
    command = [sys.executable, "-m", "tests.snapshot_reader", str(settings.analyst_file)]
    with ExitStack() as stack:
        readers = [
            stack.enter_context(
                subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            )
            for _ in range(READERS)
        ]
        for build in range(1, PUBLICATIONS + 1):
            if build > 1:
                publish(build)
            # Each has opened the new file, and answered from it, before the next one comes.
            assert [reader.stdout.readline().strip() for reader in readers if reader.stdout] == (
                [fingerprint_of(build)] * READERS
            )
        found = [json.loads(reader.communicate()[0]) for reader in readers]
        assert [reader.returncode for reader in readers] == [0] * READERS
    builds = [fingerprint_of(build) for build in range(1, PUBLICATIONS + 1)]
    assert [summary["seen"] for summary in found] == [builds] * READERS
