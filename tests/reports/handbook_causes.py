"""What goes wrong, really done: each function causes one error and gives back what people then read.

docs/运维手册.md shows these messages; `pytest tests/reports/test_handbook_messages.py` holds the two together.
"""

import csv
import logging
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from expectations.catalogue import load_catalogue
from expectations.waivers import Waivers
from ingestion import journal, store
from ingestion.document_text import read_document
from ingestion.inbox import log_ignored
from ingestion.periods import parse_period
from ingestion.readers import read_sheets
from ingestion.receipts import brought_receipts
from ingestion.registry import load_registry
from ingestion.settings import ROOT, Settings
from operations import component_health, prepare_deployment
from operations.airflow_processes import AirflowProcesses
from operations.demonstration_home import claim_home
from operations.notifier import notify
from reports import sign_off
from reports.__main__ import application
from reports.notice import Edition, compose
from reports.page import render_page
from reports.publish import publish
from reports.read_back import check_forms
from reports.rebuild import check_archive
from tests.reports.factories import MONTH, MONTHLY, PROGRAMME, correct_one_reporter, execute, result_of

_HOLDER = "import duckdb, sys; held = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"

NOW = datetime(2021, 4, 5, 2, tzinfo=UTC)


@dataclass(frozen=True)
class Scene:
    """An own data folder with the small case in its warehouse, and what catches what is said."""

    settings: Settings
    warehouse: Path
    patch: pytest.MonkeyPatch
    log: pytest.LogCaptureFixture
    screen: pytest.CaptureFixture[str]

    @property
    def vintage(self) -> Path:
        """Where the small case's notice is published first."""
        return self.settings.published / MONTH / f"{PROGRAMME}-{MONTHLY}" / "v1"


def printed(*arguments: str) -> str:
    """What `python -m reports …` prints."""
    return CliRunner().invoke(application, arguments).output


def published(_: Scene) -> str:
    return printed("publish", "--cadence", MONTHLY, "--period", MONTH)


def raised(act: Callable[[], object]) -> str:
    """The text of the error that an act ends in."""
    with pytest.raises(Exception) as caught:  # noqa: PT011
        act()
    return str(caught.value)


def publication_after(*statements: str) -> Callable[[Scene], str]:
    """What publishing says once the marts were changed like this."""

    def cause(scene: Scene) -> str:
        execute(scene.warehouse, *statements)
        return published(scene)

    return cause


def without_warehouse(scene: Scene) -> str:
    scene.warehouse.unlink()
    return published(scene)


def older(scene: Scene) -> str:
    publish(MONTHLY, MONTH)
    correct_one_reporter(scene.warehouse)
    execute(scene.warehouse, "update marts.builds set as_of_at = '2021-04-10 16:00:00'")
    return published(scene)


def unchanged(scene: Scene) -> str:
    publish(MONTHLY, MONTH)
    return published(scene)


def not_found(_: Scene) -> str:
    return printed("publish", "--cadence", MONTHLY, "--period", "2021-Q1")


def read_back(scene: Scene) -> str:
    result = result_of(scene.warehouse)
    notice = compose(result, Edition(1))
    page = render_page(notice, result).replace(">45.0%<", ">54.0%<")
    return raised(lambda: check_forms(notice, {"notice.html": page.encode()}))


def exists(scene: Scene) -> str:
    scene.vintage.mkdir(parents=True)
    return published(scene)


def manifest(scene: Scene) -> str:
    publish(MONTHLY, MONTH)
    (scene.vintage / "manifest.json").write_text("", encoding="utf-8")
    return published(scene)


def outdated(scene: Scene) -> str:
    publish(MONTHLY, MONTH, is_draft=True)
    signed = sign_off.pending(MONTHLY, MONTH)
    correct_one_reporter(scene.warehouse)
    return raised(lambda: sign_off.check_signed(MONTHLY, MONTH, signed))


def objection(_: Scene) -> str:
    return printed("answer", "O-0123456789", "--answer", "维持原数", "--effect", "维持", "--by", "李四")


def pre_notice(_: Scene) -> str:
    return printed("pre-notice", "--cadence", MONTHLY, "--period", MONTH, "--until", "2021-04-23")


def journal_missing(scene: Scene) -> str:
    publish(MONTHLY, MONTH)
    return printed("reproduce", PROGRAMME, MONTH, "v1")


def archive_missing(_: Scene) -> str:
    return raised(lambda: check_archive([{"sha256": f"{7:064x}", "file_name": "jiangan/2021-03.xlsx"}]))


def _registry_with(scene: Scene, table: str, *rows: tuple[str, ...]) -> Path:
    folder = Path(shutil.copytree(ROOT / "dbt_project" / "seeds", scene.settings.home / "seeds"))
    with (folder / f"{table}.csv").open("a", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    return folder


def _refused(act: Callable[[Path], object], folder: Path) -> str:
    return raised(lambda: act(folder)).replace(str(folder), "dbt_project/seeds")


def registry(scene: Scene) -> str:
    row = ("innovation_2021", "jiangan", "2021-3", "2021-06-01", "王五", "补报", "2021-06-10")
    return _refused(load_registry, _registry_with(scene, "reopenings", row))


def catalogue(scene: Scene) -> str:
    row = ("TAB-001", "innovation_2021", "jiangan", "", "", "王五", "名称不同", "2021-04-01", "2021-12-31")
    folder = _registry_with(scene, "waivers", row)
    return _refused(lambda folder: Waivers(load_registry(folder), load_catalogue()), folder)


def period(_: Scene) -> str:
    return raised(lambda: parse_period("2021年3月"))


def home(scene: Scene) -> str:
    scene.settings.inbox.mkdir()
    (scene.settings.inbox / "receipts.csv").write_text("文件,时间\n", encoding="utf-8")
    return raised(lambda: brought_receipts(scene.settings.inbox))


def foreign(scene: Scene) -> str:
    return raised(lambda: claim_home(scene.settings.home))


def ignored(scene: Scene) -> str:
    (scene.settings.inbox / "jiangan" / "2021-03.xlsx").mkdir(parents=True)
    (scene.settings.inbox / "hongshan.xlsx").symlink_to(scene.warehouse)
    log_ignored(scene.settings.inbox)
    return "\n".join(scene.log.messages)


def unreadable(_: Scene) -> str:
    return raised(lambda: read_sheets(b"%PDF-1.7"))


def document(scene: Scene) -> str:
    path = scene.settings.home / "policy.doc"
    path.write_bytes(b"\xd0\xcf\x11\xe0\x00\x00")
    return raised(lambda: read_document(path))


def notify_unknown(scene: Scene) -> str:
    return _notified(scene, "微信")


def notify_refused(scene: Scene) -> str:
    # Nobody listens on the port of nothing.
    return _notified(scene, "json://127.0.0.1:1")


def _notified(scene: Scene, address: str) -> str:
    from ingestion.settings import get_settings

    scene.patch.setenv("YIBIAO_NOTIFY_URLS", address)
    get_settings.cache_clear()
    return raised(lambda: notify("标题", "内容"))


def busy(scene: Scene) -> str:
    scene.patch.setattr(store, "PATIENCE_SECONDS", 0.0)
    command = [sys.executable, "-c", _HOLDER, str(scene.warehouse)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout and holder.stdout.readline()
        try:
            text = raised(opened)
        finally:
            holder.communicate()
    text = text.replace(f"PID {holder.pid}", "PID 12345").replace(os.path.realpath(sys.executable), "python3")
    return text.replace("等了 0 秒", "等了 60 秒")


def corrupt(scene: Scene) -> str:
    scene.warehouse.write_bytes(b"?" * 20_000)
    return raised(opened)


def opened() -> None:
    with store.open_warehouse():
        pass


def disk_full(scene: Scene) -> str:
    path = scene.settings.journal / "receipts.jsonl"
    path.parent.mkdir(parents=True)
    path.symlink_to("/dev/full")

    def write() -> None:
        with store.open_warehouse():
            journal.append("receipts", {"receipt_id": "R-1"})

    return re.sub(r"还剩 \d+ MiB", "还剩 0 MiB", raised(write))


def clock_back(_: Scene) -> str:
    from ingestion.clock import receipt_time

    with duckdb.connect() as connection:
        store.create_raw(connection)
        connection.execute(
            "insert into raw.receipts by name select 'R-1' as receipt_id, 'a' as sha256, 'a' as file_name, "
            "timestamp '2031-03-28' as received_at, timestamp '2021-03-28' as modified_at, '收件箱' as source, "
            "'1' as drop_id"
        )
        return raised(lambda: receipt_time(connection, NOW))


def clock_ahead(_: Scene) -> str:
    from ingestion.clock import check_not_ahead

    return raised(lambda: check_not_ahead(NOW.replace(year=2031), NOW))


def rebuild(scene: Scene) -> str:
    from operations.rebuild import last_run

    scene.warehouse.write_bytes(b"?" * 20_000)
    return raised(lambda: last_run(scene.warehouse, False))


def housekeeping(scene: Scene) -> str:
    from operations.housekeeping import clean_database

    return raised(lambda: clean_database(NOW))


def journal_cut(scene: Scene) -> str:
    path = scene.settings.journal / "receipts.jsonl"
    path.parent.mkdir(parents=True)
    path.write_text('{"receipt_id": "R-1"}\n{"receipt', encoding="utf-8")
    with scene.log.at_level(logging.WARNING):
        assert len(journal.read("receipts")) == 1
    return "\n".join(scene.log.messages)


def died(scene: Scene) -> str:
    processes = AirflowProcesses(scene.settings)
    try:
        script = "import os; print('Killed', flush=True); os.kill(os.getpid(), 9)"
        processes.running["scheduler"] = processes.spawn("scheduler", ["-c", script])
        processes.running["scheduler"].wait()
        return raised(processes.check)
    finally:
        processes.stop()


def running(scene: Scene) -> str:
    first = AirflowProcesses(scene.settings)
    try:
        return raised(lambda: AirflowProcesses(scene.settings))
    finally:
        first.stop()


def password_short(scene: Scene) -> str:
    scene.patch.setenv("YIBIAO_ADMIN_PASSWORD", "admin")
    assert prepare_deployment.main() == 2
    return scene.screen.readouterr().err


def unhealthy(scene: Scene) -> str:
    scene.patch.setenv("AIRFLOW__CORE__EXECUTION_API_SERVER_URL", "http://127.0.0.1:1/execution/")
    assert component_health.main(["scheduler"]) == 1
    return scene.screen.readouterr().out


CAUSES: dict[str, Callable[[Scene], str]] = {
    "no_warehouse": without_warehouse,
    "incomplete": publication_after("update raw.runs set is_complete = false"),
    "not_ended": publication_after("update marts.periods set is_ended = false"),
    "no_figures": publication_after("delete from marts.indicator_progress"),
    "absent": publication_after("delete from marts.indicator_progress where reporter_id = 'ding'"),
    "row": publication_after(
        "delete from marts.indicator_progress where reporter_id = 'wu' and indicator_id = 'stock'"
    ),
    "places": publication_after("delete from marts.indicator_rankings where basis = 'growth'"),
    "older": older,
    "unchanged": unchanged,
    "not_found": not_found,
    "read_back": read_back,
    "exists": exists,
    "manifest": manifest,
    "outdated": outdated,
    "objection": objection,
    "pre_notice": pre_notice,
    "journal_missing": journal_missing,
    "archive_missing": archive_missing,
    "registry": registry,
    "catalogue": catalogue,
    "period": period,
    "home": home,
    "foreign": foreign,
    "ignored": ignored,
    "unreadable": unreadable,
    "document": document,
    "notify_unknown": notify_unknown,
    "notify_refused": notify_refused,
    "busy": busy,
    "corrupt": corrupt,
    "disk_full": disk_full,
    "clock_back": clock_back,
    "clock_ahead": clock_ahead,
    "rebuild": rebuild,
    "housekeeping": housekeeping,
    "journal_cut": journal_cut,
    "died": died,
    "running": running,
    "password_short": password_short,
    "unhealthy": unhealthy,
}


def as_shown(text: str, settings: Settings) -> str:
    """As the handbook prints it: paths of the data folder and of the checkout as seen from the repository root."""
    return text.replace(str(settings.home), "data").replace(f"{ROOT}/", "").strip()
