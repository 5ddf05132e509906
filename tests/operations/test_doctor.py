"""What the doctor says of an empty folder, of one where all is well, and of each thing that can be wrong."""

import os
import stat
import subprocess
import sys
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingestion import journal
from ingestion.settings import ROOT, Settings, get_settings
from ingestion.store import writer_lock
from operations.examination import examine, summary
from operations.health import GOOD, NOTE, WRONG, Check
from operations.health_installation import compare_with_lock
from reports.publish import publish
from tests.reports.factories import MONTH, MONTHLY, create_warehouse, execute

NOW = datetime(2021, 4, 20, 4, tzinfo=UTC)
HOLDER = """
import sys
from filelock import FileLock
with FileLock(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.readline()
"""


def found(settings: Settings, subject: str, now: datetime = NOW) -> list[Check]:
    return [check for check in examine(settings, now) if check.subject == subject]


def contents(folder: Path) -> dict[str, tuple[int, float]]:
    return {str(path): (path.stat().st_mode, path.stat().st_mtime) for path in sorted(folder.rglob("*"))}


def create_run(settings: Settings, **run: object) -> None:
    """The small case as the last run left it: landed, judged, built."""
    create_warehouse(settings.pipeline_file)
    values = {"as_of_at": "2021-04-20 04:00", "fingerprint": "build-1", "is_complete": True} | run
    execute(
        settings.pipeline_file,
        "drop table raw.runs",
        "create table raw.runs (as_of_at timestamp, fingerprint varchar, is_complete boolean)",
        f"insert into raw.runs values ('{values['as_of_at']}', '{values['fingerprint']}', {values['is_complete']})",
        "create table raw.receipts (receipt_id varchar)",
        "create table raw.judgements (receipt_id varchar)",
    )
    settings.pipeline_file.chmod(0o600)
    settings.pipeline_file.parent.chmod(0o750)


def test_an_empty_folder_is_well_and_stays_empty(tmp_path, monkeypatch):
    monkeypatch.setenv("YIBIAO_HOME", str(tmp_path / "nothing"))
    get_settings.cache_clear()
    checks = examine(get_settings(), NOW)
    get_settings.cache_clear()
    assert [check.line for check in checks if check.mark == WRONG and check.subject != "磁盘"] == []
    assert {"Python", "程序包", "收件箱", "数据仓库", "通报", "查询快照"} <= {check.subject for check in checks}
    assert not (tmp_path / "nothing").exists()


def test_the_command_prints_a_line_a_check_and_its_exit_code_says_whether_anything_is_wrong(home):
    def doctor() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "operations.doctor"]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=os.environ)

    well = doctor()
    *lines, last = well.stdout.splitlines()
    assert all(line.split("　")[0] in (GOOD, NOTE, WRONG) for line in lines)
    assert last.startswith(f"共 {len(lines)} 项：") and well.stderr == ""
    assert well.returncode == int(f"{WRONG} 0。" not in last)
    home.pipeline_file.parent.mkdir()
    home.pipeline_file.write_bytes(b"no database")
    ill = doctor()
    assert ill.returncode == 1
    assert "有问题　数据仓库：打不开" in ill.stdout and "下一步：make rebuild ACCEPT=1" in ill.stdout


def test_after_a_publication_all_is_well_and_nothing_is_touched(home):
    create_run(home)
    publish(MONTHLY, MONTH)
    home.inbox.chmod(0o770)
    home.home.chmod(0o755)
    before = contents(home.home)
    checks = {check.subject: check for check in examine(home, NOW)}
    assert contents(home.home) == before
    assert "最近一版 published/2021-03/pilot-monthly_dispatch/v1（数据截至 2021-04-20 12:00）" in checks["通报"].found
    assert checks["最近一次计算"].found == "截至 2021-04-20 12:00，全部完成"
    assert checks["查询快照"].found.endswith("与最近一次计算一致")
    subjects = ("文件夹", "访问权限", "收件箱", "数据仓库", "最近一次计算", "通报", "查询快照", "残留", "锁")
    assert [checks[subject].line for subject in subjects if checks[subject].mark != GOOD] == []
    execute(home.pipeline_file, "update raw.runs set fingerprint = 'build-2'")
    (other,) = found(home, "查询快照")
    assert (other.mark, "不是最近一次计算的" in other.found) == (NOTE, True)


def test_a_published_file_that_changed_is_named(home):
    create_run(home)
    (publication,) = publish(MONTHLY, MONTH)
    (publication.folder / "notice.html").chmod(0o600)
    (publication.folder / "notice.html").write_bytes(b"another page")
    (check,) = found(home, "通报")
    assert (check.mark, "发布后变动过：notice.html" in check.found) == (WRONG, True)
    assert "python -m reports reproduce pilot 2021-03 v1" in check.advice


def test_a_run_that_did_not_finish_and_one_from_the_future(home):
    create_run(home, is_complete=False)
    (check,) = found(home, "最近一次计算")
    assert (check.mark, "没有完成" in check.found) == (NOTE, True)
    clock, _ = found(home, "最近一次计算", NOW - timedelta(days=1))
    assert (clock.mark, "晚于现在" in clock.found) == (NOTE, True)


def test_what_is_owed_is_counted_as_of_now(home):
    create_run(home)
    columns = "programme_id, reporter_id, period, due_at, no_new_at, is_reopened"
    row = "('pilot', 'jia', '{}', '{}', '{}', false)"
    execute(
        home.pipeline_file,
        "delete from marts.submission_status",
        f"insert into marts.submission_status ({columns}) values "
        + ", ".join(
            row.format(*values)
            for values in (
                ("2021-01", "2021-02-10", "2021-03-10"),
                ("2021-03", "2021-04-12", "2021-05-14"),
                ("2021-04", "2021-05-12", "2021-06-14"),
            )
        ),
    )
    (check,) = found(home, "应报未报")
    assert (check.mark, check.found) == (NOTE, "逾期仍可报的 1 张，未到期 1 张（最近 2021-05-12 08:00 截止）")


def test_a_lock_is_told_by_its_process_and_the_warehouse_is_left_alone(home):
    create_run(home)
    lock = home.pipeline_file.with_suffix(".lock")
    command = [sys.executable, "-c", HOLDER, str(lock)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "held\n"
        (check,) = found(home, "写入锁")
        (warehouse,) = found(home, "数据仓库")
        assert found(home, "最近一次计算") == []
        holder.communicate("\n")
    assert (check.mark, f"进程 {holder.pid}（" in check.found) == (GOOD, True)
    assert (warehouse.mark, "正在写入" in warehouse.found) == (GOOD, True)
    (free,) = found(home, "锁")
    assert free.found == "没有任务在运行"
    with writer_lock(home).acquire(timeout=0):
        pass


@pytest.mark.parametrize(("wait", "mark"), [(timedelta(minutes=5), GOOD), (timedelta(hours=2), NOTE)])
def test_a_file_that_waits_long_is_stuck(home, wait, mark):
    (home.inbox / "a.csv").write_text("programme")
    (home.inbox / "b.xlsx").write_bytes(b"PK\x03\x04 no end")
    (check,) = found(home, "收件箱", datetime.now(UTC) + wait)
    assert (check.mark, check.found.startswith("2 个文件待收"), "b.xlsx" in check.found) == (mark, True, True)


def test_a_link_in_the_inbox_is_named(home):
    (home.inbox / "table.xlsx").symlink_to(home.home / "elsewhere.xlsx")
    link, empty = found(home, "收件箱")
    assert (link.mark, "table.xlsx" in link.found, empty.mark) == (NOTE, True, GOOD)


def receive(home: Settings, content: bytes | None, received_at: str = "2021-04-20T03:00:00+00:00") -> None:
    """A line of the journal, with its original where there is one."""
    digest = "ab" + "0" * 62
    if content is not None:
        (home.archive / "ab").mkdir(parents=True)
        (home.archive / "ab" / digest).write_bytes(content)
    journal.append(
        "receipts", {"receipt_id": "R1", "sha256": digest, "file_name": "jia/a.csv", "received_at": received_at}
    )


def test_a_lost_original_a_cut_line_and_a_clock_that_was_wrong_are_named(home):
    receive(home, None, received_at="2031-04-20T03:00:00+00:00")
    with (home.journal / "receipts.jsonl").open("a") as file:
        file.write('{"receipt_id": "R2"')
    checks = {check.subject: check for check in examine(home, NOW)}
    assert (checks["档案"].mark, "jia/a.csv" in checks["档案"].found) == (WRONG, True)
    assert (checks["登记"].mark, "receipts.jsonl 第 2 行" in checks["登记"].found) == (NOTE, True)
    assert checks["时钟"].mark == NOTE
    assert (checks["数据仓库"].mark, "登记的 1 件待入库" in checks["数据仓库"].found) == (NOTE, True)


def test_the_warehouse_is_held_against_the_journal(home):
    create_run(home)
    receive(home, b"bytes")
    (check,) = found(home, "数据仓库")
    assert (check.mark, "没有入库的 1 件" in check.found) == (NOTE, True)
    execute(home.pipeline_file, "insert into raw.receipts values ('R1')")
    (check,) = found(home, "数据仓库")
    assert (check.mark, "没有审核的 1 件" in check.found) == (NOTE, True)
    execute(home.pipeline_file, "insert into raw.judgements values ('R1')", "insert into raw.receipts values ('R9')")
    (check,) = found(home, "数据仓库")
    assert (check.mark, "没有登记：R9" in check.found) == (WRONG, True)


def test_what_a_killed_run_left_is_named_once(home):
    partial = home.published / "2021-03" / "pilot-monthly_dispatch" / ".v1.partial"
    (partial / "result").mkdir(parents=True)
    (partial / "notice.part").touch()
    (home.archive / "ab").mkdir(parents=True)
    (home.archive / "ab" / "abc.part").touch()
    (check,) = found(home, "残留")
    assert check.mark == NOTE
    assert check.found == ("中断的运行留下：archive/ab/abc.part、published/2021-03/pilot-monthly_dispatch/.v1.partial")


def test_what_is_open_to_others_is_named_with_the_command_that_closes_it(home):
    journal.append("receipts", {"receipt_id": "R1", "sha256": "0" * 64, "file_name": "a", "received_at": "2021-01-01"})
    home.journal.joinpath("receipts.jsonl").chmod(0o644)
    home.inbox.chmod(0o777)
    (check,) = found(home, "访问权限")
    assert (check.mark, check.found) == (NOTE, "放得过宽：inbox、archive/journal/receipts.jsonl")
    for command in check.advice.split("；"):
        subprocess.run(command.split(), check=True)
    (closed,) = found(home, "访问权限")
    assert (closed.mark, stat.S_IMODE(home.inbox.stat().st_mode)) == (GOOD, 0o770)


def test_an_address_that_nobody_understands_is_wrong_and_no_secret_is_printed(home, monkeypatch):
    for address, mark in (("nonsense://", WRONG), ("json://user:secretword@localhost/x", GOOD)):
        monkeypatch.setenv("YIBIAO_NOTIFY_URLS", address)
        get_settings.cache_clear()
        (check,) = found(get_settings(), "通知地址")
        assert (check.mark, "secretword" in check.line) == (mark, False)


def test_a_registry_with_a_mistake_is_named_by_its_line(home, tmp_path, monkeypatch):
    monkeypatch.setenv("YIBIAO_REGISTRY", str(tmp_path / "none"))
    get_settings.cache_clear()
    (check,) = found(get_settings(), "登记册")
    assert (check.mark, "documents.csv" in check.found) == (WRONG, True)


def test_packages_are_held_against_the_lock():
    lock = tomllib.loads(
        """
        [[package]]
        name = "yibiao"
        version = "0.1.0"
        dependencies = [{ name = "Needed_One" }, { name = "elsewhere", marker = "sys_platform == 'win32'" }]
        [[package]]
        name = "needed-one"
        version = "1.0"
        dependencies = [{ name = "below" }]
        [[package]]
        name = "below"
        version = "2.0"
        [[package]]
        name = "below"
        version = "2.1"
        [[package]]
        name = "elsewhere"
        version = "3.0"
        """
    )
    assert compare_with_lock(lock, {"needed-one": "1.0", "below": "2.1"}) == ([], [])
    assert compare_with_lock(lock, {"needed-one": "1.1"}) == (["below"], ["needed-one 1.1（应为 1.0）"])


def test_marks_are_counted():
    checks = [Check(GOOD, "a", "b"), Check(NOTE, "a", "b", "c"), Check(WRONG, "a", "b", "c")]
    assert summary(checks) == "共 3 项：正常 1，注意 1，有问题 1。"
    assert checks[1].line == "注意　a：b。下一步：c"
