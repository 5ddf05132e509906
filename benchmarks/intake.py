"""How long a year's workbooks take to come in: `python benchmarks/intake.py`, from a set-up clone.

192 district workbooks are read, landed and judged in one sweep by the two commands, imports included; and read alone,
by our reader and by pandas with openpyxl, in the same run on the same files.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pandas

from ingestion.reading import SafeReader
from ingestion.registry import load_registry
from ingestion.settings import ROOT, get_settings
from samples import write_demonstration_year

COUNT, LIMIT_SECONDS, LEAST_RATIO = 192, 60, 5


def seconds(work: Callable[[], object]) -> float:
    """Wall-clock seconds of a piece of work."""
    started = time.monotonic()
    work()
    return time.monotonic() - started


def districts_workbooks(inbox: Path) -> list[Path]:
    """The demonstration year's files of the districts, as many as districts and months; everything else is removed."""
    write_demonstration_year(inbox)
    registry = load_registry(get_settings().registry)
    districts = {row["reporter_id"] for row in registry.rows("reporters") if row["reporter_kind"] == "district"}
    found = sorted(path for path in inbox.rglob("*") if path.is_file())
    kept = [path for path in found if path.parent.name in districts and path.suffix in (".xlsx", ".csv")][:COUNT]
    for path in found:
        if path not in kept and path.parent != inbox:
            path.unlink()
    return kept


def take_in(home: Path) -> None:
    """Sweep and judge as two commands."""
    for module in ("ingestion", "expectations"):
        environment = os.environ | {"YIBIAO_HOME": str(home), "YIBIAO_TRUST_RECEIPTS": "1"}
        subprocess.run([sys.executable, "-m", module], cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)


def read_ours(paths: list[Path]) -> None:
    """Every file in the child process with limits."""
    with SafeReader() as reader:
        for path in paths:
            reader.read(path)


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        paths = districts_workbooks(home / "inbox")
        workbooks = [path for path in paths if path.suffix == ".xlsx"]
        ours = seconds(lambda: read_ours(workbooks))
        theirs = seconds(lambda: [pandas.read_excel(path, sheet_name=None, engine="openpyxl") for path in workbooks])
        whole = seconds(lambda: take_in(home))
    print(f"{len(paths)} files: read, landed, judged {whole:6.1f} s  (limit {LIMIT_SECONDS} s)")
    print(f"{len(workbooks)} workbooks read alone       {ours:6.1f} s  pandas with openpyxl {theirs:6.1f} s")
    print(f"ratio                          {theirs / ours:6.1f} x (at least {LEAST_RATIO} x)")


if __name__ == "__main__":
    main()
