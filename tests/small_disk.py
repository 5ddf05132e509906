"""A data folder on a disk of its own that is too small: a tmpfs, where mounting is permitted."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import killing
from tests.killing import Home, Reference

BALLAST = "ballast"
FULL = "磁盘已满"
# What is left free, from a first write that fails on, in steps that end in every stage.
STEPS_KIB = (0, 16, 128, 512, 1024, 2048, 4096, 6144, 8192, 10240, 12288, 16384, 24576, 32768, 65536)


class NoDisk(Exception):
    """Nothing can be mounted here."""


@contextmanager
def small_disk(folder: Path, mebibytes: int) -> Iterator[Path]:
    """An empty disk of that size at `folder`; NoDisk says why there is none."""
    folder.mkdir(parents=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(command, capture_output=True, text=True)
    except FileNotFoundError as error:
        raise NoDisk(str(error)) from error
    if mounted.returncode:
        raise NoDisk(mounted.stderr.strip())
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def leave_free(disk: Path, kibibytes: int) -> None:
    """Fill the disk up to so much."""
    ballast = disk / BALLAST
    ballast.unlink(missing_ok=True)
    block = b"\0" * 4096
    free = _free_blocks(disk)
    with ballast.open("wb") as file:
        for _ in range(max(0, free - kibibytes // 4)):
            file.write(block)


def free_everything(disk: Path) -> None:
    """Take the ballast away."""
    (disk / BALLAST).unlink(missing_ok=True)


def _free_blocks(disk: Path) -> int:
    output = subprocess.run(["stat", "-f", "-c", "%a %S", str(disk)], capture_output=True, text=True, check=True).stdout
    blocks, size = map(int, output.split())
    return blocks * size // 4096


def until_the_disk_is_large_enough(folder: Path, reference: Reference) -> str:
    """Run both rounds with more and more room; each failure must say why and leave nothing half, the end be equal."""
    failures: list[str] = []
    with small_disk(folder, 256) as disk:
        home = Home(disk / "home")
        home.log, home.marker = folder.with_name("disk.log"), folder.with_name("disk.stage")
        for place, one in enumerate(killing.rounds()):
            home.drop(one.files)
            for step in STEPS_KIB:
                leave_free(disk, step)
                home.log.write_text("")
                process = home.start(one.as_of)
                process.wait()
                if process.returncode == 0:
                    break
                assert FULL in home.log.read_text() and "Traceback" not in home.log.read_text(), home.tail()
                failures.append(f"{step} KiB: {home.stage()}")
                killing.check_visible(home, reference.snapshots)
            free_everything(disk)
            home.run(one.as_of)
            killing.check_visible(home, reference.snapshots)
            killing.check_received_once(home)
            different = killing.differences(killing.contents(home), reference.contents[place])
            assert different == [], different
    assert failures, "the disk was never too small"
    return "; ".join(failures)
