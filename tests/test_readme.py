"""The README's commands do what it says."""

import os
import re
import subprocess

import pytest

from ingestion.settings import ROOT
from samples import write_demonstration_year

README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
COMMANDS = [
    line.split("#")[0].strip()
    for block in re.findall(r"```bash\n(.*?)```", README, re.DOTALL)
    for line in block.splitlines()
    if line.strip()
]


def make(*arguments: str, **environment: str) -> str:
    result = subprocess.run(
        ["make", *arguments],
        cwd=ROOT,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert result.returncode == 0, result.stdout[-4000:]
    return result.stdout


def test_the_two_commands_stand_first() -> None:
    assert COMMANDS[:2] == ["make demo", "make test"]


@pytest.mark.parametrize("command", [command for command in COMMANDS if command.startswith("make ")])
def test_every_make_command_of_the_readme_exists(command: str) -> None:
    assert make("--dry-run", *command.split()[1:])


def test_the_four_stage_commands_are_the_ones_that_make_run_runs() -> None:
    stages = [command for command in COMMANDS if command.startswith(("python -m", "(cd dbt_project"))]
    assert len(stages) == 4
    recipe = MAKEFILE[MAKEFILE.index("\nrun:") :]
    for stage in ("-m ingestion", "-m expectations", "build --exclude-resource-type unit_test", "-m reports publish"):
        assert any(stage in command for command in stages)
        assert stage in recipe


def test_make_run_publishes_a_month_without_airflow(tmp_path) -> None:
    home = tmp_path / "home"
    write_demonstration_year(home / "inbox", ["2021-03"])
    printed = make("run", "PERIOD=2021-03", YIBIAO_HOME=str(home), YIBIAO_TRUST_RECEIPTS="1")
    assert "接收 28 个文件" in printed
    assert re.search(r"用时 \d+ 秒", printed)
    notices = sorted(path.relative_to(home / "published").as_posix() for path in home.rglob("notice.html"))
    assert notices == [
        "2021-03/four_accelerations_2021-monthly_dispatch/v1/notice.html",
        "2021-03/innovation_2021-monthly_dispatch/v1/notice.html",
    ]
