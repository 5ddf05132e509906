"""What Airflow shows of ours: asked of the real API server, with and without a user, inside and outside the folder."""

import http.client
import re
import shutil
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from email.message import Message
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import duckdb
import httpx
import pytest

from ingestion.settings import ROOT, Settings, get_settings
from operations.airflow_environment import USER, read_password
from operations.airflow_processes import AirflowProcesses
from operations.findings_page import render_findings
from operations.reports_view import content_policy, script_hashes

START_SECONDS = 120
HASH = "sha256-" + "A" * 43 + "="
NOTICE = (
    f"<!DOCTYPE html><meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src '{HASH}'\">"
    "<p>通报</p>"
)
SECRET = "not for readers"
OUTSIDE = (
    "../secret.txt",
    "%2e%2e/secret.txt",
    "..%2fsecret.txt",
    "%2e%2e%2fsecret.txt",
    "2021-03/../../secret.txt",
    "2021-03/..%2f..%2fsecret.txt",
    "..%5csecret.txt",
    "....//secret.txt",
    "%2fetc/passwd",
    "//etc/passwd",
    "link.txt",
    "linked/secret.txt",
    ".v2.partial/notice.html",
    "2021-03/%2ehidden/notice.html",
    "%00",
    "notice.html%00.txt",
    "2021-03",
    "missing.html",
)


@dataclass
class Answer:
    status: int
    headers: Message
    text: str


@dataclass
class Server:
    address: str
    token: str
    settings: Settings

    def get(self, path: str, token: str | None = None, cookie: str | None = None) -> Answer:
        """The path goes out as it is written: a client that tidies it up first would hide the mistake."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        with closing(http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=60)) as connection:
            connection.request("GET", path, headers=headers | ({"Cookie": f"_token={cookie}"} if cookie else {}))
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read().decode())


def write_published(folder: Path) -> None:
    edition = folder / "2021-03" / "programme-monthly_dispatch" / "v1"
    for path in (edition, folder / ".v2.partial", folder / "2021-03" / ".hidden"):
        path.mkdir(parents=True)
        (path / "notice.html").write_text(NOTICE, encoding="utf-8")
    outside = folder.parent / "outside"
    outside.mkdir()
    for path in (folder.parent / "secret.txt", outside / "secret.txt"):
        path.write_text(SECRET, encoding="utf-8")
    (folder / "link.txt").symlink_to(folder.parent / "secret.txt")
    (folder / "linked").symlink_to(outside, target_is_directory=True)


def write_snapshot(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(path) as connection:
        connection.execute("""
            create schema marts;
            create table marts.reporters as
            select 'p' as programme_id, 'a' as reporter_id, '甲区' as reporter_name;
            create table marts.findings (
                receipt_id varchar, file_name varchar, programme_id varchar, reporter_id varchar, period varchar,
                indicator_id varchar, rule_id varchar, severity varchar, sheet varchar, row_number integer,
                column_label varchar, cell varchar, found varchar, expected varchar, message varchar,
                explanation varchar, is_explained boolean, waived_by varchar, waiver_reason varchar
            );
            insert into marts.findings (file_name, programme_id, reporter_id, period, rule_id, severity, cell, message)
            values
                ('a.xlsx', 'p', 'a', '2021-02', 'R1', '提醒', 'B3', '二月的话'),
                ('a.xlsx', 'p', 'a', '2021-03', 'R2', '提醒', 'B4', '三月的话'),
                ('a.xlsx', 'p', 'a', '2021-03', 'R3', '退回', 'B5', '<script>alert(1)</script>'),
                ('b.xlsx', null, null, null, 'R4', '退回', null, '读不了');
        """)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The API server alone: the pages need no scheduler."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YIBIAO_HOME", str(tmp_path_factory.mktemp("view") / "home"))
        get_settings.cache_clear()
        settings = get_settings()
        write_published(settings.published)
        write_snapshot(settings.analyst_file)
        processes = AirflowProcesses(settings)
        address = f"http://127.0.0.1:{processes.port}"
        try:
            processes.prepare()
            arguments = ["-m", "airflow", *processes.commands["api-server"]]
            processes.running["api-server"] = processes.spawn("api-server", arguments)
            yield Server(address, log_in(address, read_password(settings.airflow_home), processes), settings)
        finally:
            processes.stop()
    get_settings.cache_clear()


def log_in(address: str, password: str, processes: AirflowProcesses) -> str:
    deadline = time.monotonic() + START_SECONDS
    while True:
        processes.check()
        try:
            answer = httpx.post(
                f"{address}/auth/token", json={"username": USER, "password": password}, trust_env=False, timeout=30
            )
            answer.raise_for_status()
            return str(answer.json()["access_token"])
        except httpx.TransportError:
            assert time.monotonic() < deadline, processes.log_tail("api-server")
            time.sleep(0.5)


PAGES = ("published/", "published/2021-03/programme-monthly_dispatch/v1/notice.html", "findings/")


@pytest.mark.parametrize("page", PAGES)
def test_nobody_reads_without_a_token_or_with_a_wrong_one(server, page):
    for arguments in ({}, {"token": "x.y.z"}, {"cookie": "x.y.z"}):
        answer = server.get(f"/yibiao/{page}", **arguments)
        assert answer.status in (401, 403)
        assert "通报" not in answer.text


@pytest.mark.parametrize("page", PAGES)
def test_a_logged_in_user_reads_by_header_and_by_the_interfaces_cookie(server, page):
    for arguments in ({"token": server.token}, {"cookie": server.token}):
        answer = server.get(f"/yibiao/{page}", **arguments)
        assert answer.status == 200
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", OUTSIDE)
def test_nothing_outside_the_published_folder_is_found(server, path):
    answer = server.get(f"/yibiao/published/{path}", server.token)
    assert answer.status == 404, answer.text
    assert SECRET not in answer.text and "root:" not in answer.text


@pytest.mark.parametrize("page", ["docs", "redoc", "openapi.json"])
def test_there_are_no_pages_that_need_no_login(server, page):
    assert server.get(f"/yibiao/{page}").status == 404


def test_the_pages_only_answer_reading(server):
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        headers = {"Authorization": f"Bearer {server.token}"}
        url = f"{server.address}/yibiao/published/new.html"
        assert httpx.request(method, url, headers=headers, trust_env=False).status_code == 405
    assert not (server.settings.published / "new.html").exists()


def test_a_notice_runs_the_script_that_its_own_head_names_and_no_other(server):
    answer = server.get("/yibiao/published/2021-03/programme-monthly_dispatch/v1/notice.html", server.token)
    assert answer.text == NOTICE
    assert f"script-src '{HASH}'" in answer.headers["Content-Security-Policy"]
    assert script_hashes(b"<p>'" + HASH.encode() + b"'</p>") == []
    assert "script-src 'none'" in content_policy([])


def test_a_file_that_is_asked_for_again_keeps_its_policy(server):
    url = f"{server.address}/yibiao/published/2021-03/programme-monthly_dispatch/v1/notice.html"
    headers = {"Authorization": f"Bearer {server.token}"}
    first = httpx.get(url, headers=headers, trust_env=False)
    again = httpx.get(url, headers=headers | {"If-None-Match": first.headers["ETag"]}, trust_env=False)
    assert again.status_code == 304
    assert "Content-Security-Policy" not in again.headers


def test_the_policy_of_the_real_template_is_understood():
    head = (ROOT / "reports/templates/notice.html.j2").read_text(encoding="utf-8")
    head = re.sub(r"sha256-\{\{ script_hash \}\}", HASH, head)
    assert script_hashes(head.encode()) == [HASH]


def test_without_an_index_the_editions_are_listed_and_with_one_it_is_shown(server):
    listing = server.get("/yibiao/published/", server.token).text
    assert re.findall(r'href="([^"]*)"', listing)[1:] == ["2021-03/programme-monthly_dispatch/v1/notice.html"]
    index = server.settings.published / "index.html"
    index.write_text("<p>总目录</p>", encoding="utf-8")
    try:
        assert server.get("/yibiao/published/", server.token).text == "<p>总目录</p>"
        assert server.get("/yibiao/published/index.html", server.token).status == 200
    finally:
        index.unlink()


def test_findings_are_shown_by_period_newest_first_and_escaped(server):
    newest = server.get("/yibiao/findings/", server.token).text
    assert "三月的话" in newest and "二月的话" not in newest
    assert "<script>" not in newest and newest.index("&lt;script&gt;") < newest.index("三月的话")
    assert "二月的话" in server.get("/yibiao/findings/?period=2021-02", server.token).text
    assert "读不了" in server.get("/yibiao/findings/?period=%E6%9C%AA%E7%9F%A5", server.token).text
    assert "0 条" in server.get("/yibiao/findings/?period='--", server.token).text


def test_both_pages_have_an_entry_in_the_navigation(server):
    headers = {"Authorization": f"Bearer {server.token}"}
    plugins = httpx.get(f"{server.address}/api/v2/plugins", headers=headers, trust_env=False).json()["plugins"]
    views = [view for plugin in plugins for view in plugin["external_views"]]
    assert {(view["href"], view["destination"]) for view in views} == {
        ("yibiao/published/", "nav"),
        ("yibiao/findings/", "nav"),
    }


def test_a_home_where_nothing_was_built_says_so(home):
    assert "还没有发布过快照" in render_findings(home.analyst_file)


def test_the_findings_page_asks_for_columns_that_the_marts_have(server):
    """The snapshot above is written by hand; this holds it to the marts' contract."""
    import yaml

    models = yaml.safe_load((ROOT / "dbt_project/models/marts/_marts__models.yml").read_text(encoding="utf-8"))
    (findings,) = [model for model in models["models"] if model["name"] == "findings"]
    with duckdb.connect() as connection:
        connection.execute(f"attach '{server.settings.analyst_file}' as snapshot (read_only)")
        columns = connection.execute("select * from snapshot.marts.findings limit 0").description
    assert [column[0] for column in columns] == [column["name"] for column in findings["columns"]]


@pytest.mark.looks
def test_in_airflows_frame_a_notice_runs_its_own_script_and_no_other(server):
    from playwright.sync_api import sync_playwright

    script = "document.body.append('自己的脚本')"
    own = "sha256-" + b64encode(sha256(script.encode()).digest()).decode()
    policy = f'<meta http-equiv="Content-Security-Policy" content="script-src \'{own}\'">'
    folder = server.settings.published / "2021-04" / "programme-monthly_dispatch" / "v1"
    folder.mkdir(parents=True)
    other = "<script>document.body.append('别人的脚本')</script>"
    page_text = f'<!DOCTYPE html><meta charset="utf-8">{policy}<body><script>{script}</script>{other}</body>'
    (folder / "notice.html").write_text(page_text, encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        context = browser.new_context()
        context.add_cookies([{"name": "_token", "value": server.token, "url": server.address}])
        page = context.new_page()
        page.goto(f"{server.address}/plugin/yibiao-published")
        frame = page.frame_locator("iframe")
        frame.get_by_text("2021-04").first.wait_for()
        frame.get_by_role("link", name="programme-monthly_dispatch/v1/notice.html").first.click()
        frame.get_by_text("自己的脚本").wait_for()
        shown = frame.locator("body").inner_text()
        browser.close()
    shutil.rmtree(folder.parent.parent)
    assert "别人的脚本" not in shown
