"""Several writers of one data folder, started together: each waits for its turn."""

import subprocess
import sys
from pathlib import Path

from ingestion.settings import ROOT, get_settings
from tests import killing
from tests.killing import MONTHS, Home, Reference
from tests.stages import DBT


def several_writers(folder: Path, reference: Reference) -> str:
    """An intake, a publication, somebody's intake, judging and dbt at a shell, all at once, after the first round.

    None of them may fail, and once the last is done everything must be as after one after the other.
    """
    home = Home(folder / "crowded")
    first, second = killing.rounds()
    home.drop(first.files)
    home.run(first.as_of)
    home.drop(second.files)
    python = sys.executable
    commands: dict[str, tuple[list[str], Path]] = {
        "publication": ([python, "-m", "tests.kill_work", str(home.marker), second.as_of, *MONTHS], ROOT),
        "intake": ([python, "-m", "tests.kill_work", str(home.marker), second.as_of], ROOT),
        "intake at a shell": ([python, "-m", "ingestion", "--as-of", second.as_of], ROOT),
        "judging at a shell": ([python, "-m", "expectations"], ROOT),
        "dbt at a shell": (
            [str(DBT), "build", "--exclude-resource-type", "unit_test", "--target-path", str(folder / "dbt_target"),
             "--log-path", str(folder / "dbt_target")],
            get_settings().dbt_project,
        ),
    }  # fmt: skip
    # Into files: who fills a pipe that is read later would wait for ever, with the lock in hand.
    logs = {name: folder / f"{name.replace(' ', '-')}.log" for name in commands}
    running = {}
    for name, (command, place) in commands.items():
        with logs[name].open("wb") as log:
            running[name] = subprocess.Popen(
                command, cwd=place, env=home.environment, stdout=log, stderr=subprocess.STDOUT
            )
    codes = {name: process.wait() for name, process in running.items()}
    failed = {name: logs[name].read_text(encoding="utf-8")[-3000:] for name, code in codes.items() if code}
    assert failed == {}, "\n\n".join(f"{name}:\n{text}" for name, text in failed.items())
    killing.check_visible(home, reference.snapshots)
    home.run(second.as_of)
    killing.check_visible(home, reference.snapshots)
    killing.check_received_once(home)
    different = killing.differences(killing.contents(home), reference.contents[1])
    assert different == [], different
    return f"{len(commands)} at once, none failed, the end is that of one after the other"
