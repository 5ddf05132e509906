"""What a data engineer does in Airflow's own pages, in Chromium: drafts, a backfill by the form, and what goes wrong.

One Airflow and one browser; the tests below look at what was seen on the way. Pictures of it lie in pytest's folder.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect, sync_playwright

import samples
from expectations.run import judge
from ingestion.periods import TIMEZONE
from ingestion.settings import Settings, get_settings
from ingestion.sweep import sweep
from operations.airflow_client import AirflowClient, DagRun
from operations.airflow_environment import USER, read_password
from operations.airflow_processes import running_airflow
from reports.vintage import latest_manifest, list_vintages
from tests.looks.test_looks import ARGUMENTS, CHROMIUM

pytestmark = [pytest.mark.looks, pytest.mark.timeout(1800)]

MONTHLY, QUARTERLY, BIMONTHLY = "monthly_dispatch", "quarterly_summary", "bimonthly_exchange"
MONTHS = ["2021-01", "2021-02", "2021-03"]
ROLL_UPS = [(QUARTERLY, "2021-Q1"), (BIMONTHLY, "2021-B1")]
# In the sample year one table of March comes on 22 April: between the two its figures move.
AS_OF, LATER = "2021-04-20T00:00+08:00", "2021-04-25T00:00+08:00"
CHOSEN, CHOSEN_NAME = "innovation_2021", "创新提能2021"
PATIENCE = 600_000

Versions = list[tuple[str, str, str, int]]


def versions() -> Versions:
    return sorted((v.programme_id, v.cadence, v.period, v.version) for v in list_vintages())


@dataclass
class Seen:
    """What was seen in the pages, and what lay in the data folder at that time."""

    settings: Settings
    documentation: str = ""
    programmes_offered: list[str] = field(default_factory=list)
    drafts: list[str] = field(default_factory=list)
    states_of_draft: dict[str, str] = field(default_factory=dict)
    versions_with_draft: Versions = field(default_factory=list)
    view_with_draft: str = ""
    states_of_one_programme: dict[str, str] = field(default_factory=dict)
    versions_of_one_programme: Versions = field(default_factory=list)
    view: str = ""
    as_of_of_roll_ups: list[str] = field(default_factory=list)
    versions_after_backfill: Versions = field(default_factory=list)
    states_of_second_run: dict[str, str] = field(default_factory=dict)
    versions_after_second_run: Versions = field(default_factory=list)
    versions_after_correction: Versions = field(default_factory=list)
    states_without_period: dict[str, str] = field(default_factory=dict)
    failure_log: str = ""
    runs: list[DagRun] = field(default_factory=list)


class Desk:
    """A person at Airflow's pages."""

    def __init__(self, page: Page, client: AirflowClient, pictures: Path) -> None:
        """Pictures are numbered in the order in which they are taken."""
        self.page, self.client, self.pictures = page, client, pictures
        self.taken = 0

    def picture(self, name: str) -> None:
        self.taken += 1
        self.page.screenshot(path=self.pictures / f"{self.taken:02d}-{name}.png")

    def log_in(self) -> None:
        self.page.goto(self.client.address)
        self.page.locator("input[name=username]").fill(USER)
        self.page.locator("input[name=password]").fill(read_password(get_settings().airflow_home))
        self.picture("login")
        self.page.locator("button[type=submit]").click()
        self.page.get_by_role("link", name="Dags").first.wait_for()

    def open(self, path: str) -> None:
        self.page.goto(f"{self.client.address}/{path}")

    def form(self, dag_id: str) -> Locator:
        """The form of one run, or, with a click on 回填, of a backfill."""
        self.open(f"dags/{dag_id}")
        self.page.get_by_test_id("trigger-dag-button").click()
        dialog = self.page.get_by_role("dialog")
        dialog.locator("#element_period").wait_for()
        return dialog

    def choose(self, dialog: Locator, name: str, label: str) -> list[str]:
        """Choose an entry of a list by its label; returns all labels that were offered."""
        dialog.locator(f"#element_{name}").click()
        options = self.page.get_by_role("option")
        offered = options.all_inner_texts()
        options.filter(has_text=label).click()
        return offered

    def start(self, dialog: Locator, dag_id: str) -> DagRun:
        """Press the button, wait in the list of runs until the new run has ended, and return it."""
        before = {run.run_id for run in self.client.dag_runs(dag_id)}
        dialog.get_by_test_id("trigger-dag-submit").click()
        expect(dialog).to_be_hidden(timeout=PATIENCE)
        new = [run for run in self.client.dag_runs(dag_id) if run.run_id not in before and run.run_type == "manual"]
        assert len(new) == 1, new
        self.row(dag_id, new[0].run_id, "成功|失败")
        return next(run for run in self.client.dag_runs(dag_id) if run.run_id == new[0].run_id)

    def row(self, dag_id: str, text: str, state: str) -> Locator:
        """The line of a DAG's list of runs that holds a text, once it shows one of some states."""
        self.open(f"dags/{dag_id}/runs")
        row = self.page.get_by_role("row").filter(has_text=text)
        expect(row.filter(has_text=re.compile(state)).first).to_be_visible(timeout=PATIENCE)
        return row

    def states(self, run: DagRun) -> dict[str, str]:
        return {task["task_id"]: task["state"] for task in self.client.task_instances(run)}

    def log_of(self, run: DagRun, task_id: str, words: str) -> str:
        """A task's log as its page shows it, once it holds some words."""
        self.open(f"dags/{run.dag_id}/runs/{run.run_id}/tasks/{task_id}")
        expect(self.page.get_by_text(words).first).to_be_visible(timeout=60_000)
        return self.page.locator("body").inner_text()

    def view(self, words: str) -> str:
        """The list of published notices inside Airflow, reached by its navigation."""
        self.open("")
        self.page.get_by_role("button", name="插件").click()
        self.page.get_by_role("menuitem", name="一区一表").click()
        self.page.get_by_role("menuitem", name="已发布的通报").click()
        body = self.page.frame_locator("iframe").locator("body")
        expect(body.get_by_text(words).first).to_be_visible(timeout=60_000)
        return body.inner_text()

    def dates(self, dialog: Locator, first: date, last: date) -> None:
        """Fill in the two dates of a backfill."""
        for place, day in enumerate((first, last)):
            dialog.get_by_test_id("datetime-input").nth(place).click()
            field = self.page.get_by_placeholder("YYYY/MM/DD").locator("visible=true")
            field.fill(f"{day:%Y/%m/%d}")
            self.page.keyboard.press("Escape")
            expect(field).to_have_count(0)


def read_about(desk: Desk, seen: Seen) -> None:
    desk.open("dags")
    desk.page.get_by_text("月调度").first.wait_for()
    desk.picture("dags")
    desk.open(f"dags/{MONTHLY}")
    desk.page.get_by_role("button", name="Dag 文档").click()
    seen.documentation = desk.page.get_by_role("dialog").inner_text()
    desk.picture("documentation")


def draft_one_programme(desk: Desk, seen: Seen) -> None:
    dialog = desk.form(MONTHLY)
    dialog.locator("#element_period").fill(MONTHS[0])
    seen.programmes_offered = desk.choose(dialog, "programme", CHOSEN_NAME)
    dialog.locator("#element_as_of").fill(AS_OF)
    desk.choose(dialog, "mode", "只排草稿")
    desk.picture("form-of-a-draft")
    run = desk.start(dialog, MONTHLY)
    desk.picture("runs-after-draft")
    seen.states_of_draft = desk.states(run)
    desk.log_of(run, "publish_notice", "只排草稿")
    desk.picture("log-of-draft")
    drafted = seen.settings.provisional.rglob("manifest.json")
    seen.drafts = sorted(path.parent.relative_to(seen.settings.provisional).as_posix() for path in drafted)
    seen.versions_with_draft = versions()
    seen.view_with_draft = desk.view("还没有")
    desk.picture("nothing-published")


def publish_one_programme(desk: Desk, seen: Seen) -> None:
    dialog = desk.form(MONTHLY)
    desk.choose(dialog, "programme", CHOSEN_NAME)
    dialog.locator("#element_as_of").fill(AS_OF)
    dialog.get_by_text("高级选项").click()
    dialog.locator("input[name=partitionKey]").fill(MONTHS[0])
    desk.picture("form-with-partition-key")
    run = desk.start(dialog, MONTHLY)
    seen.states_of_one_programme = desk.states(run)
    desk.log_of(run, "announce_month", "暂不通知汇总")
    desk.picture("log-of-a-month-not-told")
    seen.versions_of_one_programme = versions()


def backfill(desk: Desk, seen: Seen) -> None:
    dialog = desk.form(MONTHLY)
    dialog.get_by_text("回填", exact=True).first.click()
    run = dialog.get_by_role("button", name="执行回填")
    today = datetime.now(TIMEZONE).date()
    three_months_ago = (today.replace(day=1) - timedelta(days=80)).replace(day=1)
    far = today + timedelta(days=800)
    for name, first, last, offered in (
        ("future", today + timedelta(days=1), far, "没有符合条件的执行"),
        # Two or three months have ended; the last of them may have had its scheduled run.
        ("reaching-into-the-future", three_months_ago, far, "将会触发 [23] 次执行"),
        # One month has run already: for one programme, by hand. Two are left.
        ("months", date(2021, 1, 1), date(2021, 3, 1), "将会触发 2 次执行"),
    ):
        desk.dates(dialog, first, last)
        expect(dialog.get_by_text(re.compile(offered))).to_be_visible()
        expect(run).to_be_disabled() if name == "future" else expect(run).to_be_enabled()
        desk.picture(f"backfill-{name}")
    dialog.get_by_text("所有执行").click()
    expect(dialog.get_by_text("将会触发 3 次执行")).to_be_visible()
    dialog.locator("#element_as_of").fill(AS_OF)
    dialog.get_by_text("覆盖现有执行的参数", exact=True).click()
    dialog.get_by_text("高级选项").click()
    expect(dialog.locator(".view-lines")).to_contain_text(AS_OF)
    desk.picture("backfill-configuration")
    run.click()
    expect(dialog).to_be_hidden(timeout=PATIENCE)
    for month in MONTHS:
        desk.row(MONTHLY, f"backfill__{month}__", "成功")
    desk.picture("runs-after-backfill")
    for dag_id, period in ROLL_UPS:
        desk.row(dag_id, "asset_triggered__", "成功").first.get_by_role("link").first.click()
        expect(desk.page.get_by_text(period, exact=True).first).to_be_visible()
        desk.picture(f"run-of-{period}")
    desk.open(f"dags/{QUARTERLY}")
    expect(desk.page.locator("a[href*='/runs/'][href$='/tasks/publish_notice']")).to_have_count(1)
    desk.picture("grid-of-the-quarter")
    seen.view = desk.view("2021年第一季度")
    desk.picture("published")
    seen.versions_after_backfill = versions()
    manifests = [latest_manifest("four_accelerations_2021", period, cadence) for cadence, period in ROLL_UPS]
    seen.as_of_of_roll_ups = [manifest["as_of"] for manifest in manifests if manifest]


def run_a_month_again(desk: Desk, seen: Seen) -> None:
    """With the same as-of: nothing has moved."""
    seen.states_of_second_run = desk.states(run_of_a_month(desk, MONTHS[0], AS_OF))
    roll_ups_again(desk, 2)
    desk.row(QUARTERLY, "asset_triggered__", "成功")
    desk.picture("quarter-after-second-run")
    seen.versions_after_second_run = versions()


def correct_a_month(desk: Desk, seen: Seen) -> None:
    """With a later as-of: a table has come in."""
    run_of_a_month(desk, MONTHS[2], LATER)
    roll_ups_again(desk, 3)
    desk.view("2021年第一季度")
    desk.picture("published-after-correction")
    seen.versions_after_correction = versions()


def run_of_a_month(desk: Desk, month: str, as_of: str) -> DagRun:
    """By hand, with its partition key. Published before, it announces all its year's months: the roll-ups run again."""
    dialog = desk.form(MONTHLY)
    dialog.locator("#element_as_of").fill(as_of)
    dialog.get_by_text("高级选项").click()
    dialog.locator("input[name=partitionKey]").fill(month)
    return desk.start(dialog, MONTHLY)


def roll_ups_again(desk: Desk, times: int) -> None:
    """Wait until each roll-up has run so many times."""

    def is_done(runs: list[DagRun]) -> bool:
        succeeded = [(run.dag_id, run.partition_key) for run in runs if run.state == "success"]
        return all(succeeded.count(roll_up) == times for roll_up in ROLL_UPS)

    desk.client.wait_until(is_done, PATIENCE / 1000, "各级汇总重新核对")


def run_without_period(desk: Desk, seen: Seen) -> None:
    run = desk.start(desk.form(MONTHLY), MONTHLY)
    desk.picture("runs-after-failure")
    seen.failure_log = desk.log_of(run, "wait_for_publication", "没有期次")
    desk.picture("log-of-failure")
    seen.states_without_period = desk.states(run)


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    """The whole way once."""
    folder = tmp_path_factory.mktemp("backfill")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YIBIAO_HOME", str(folder / "home"))
        patch.setenv("YIBIAO_TRUST_RECEIPTS", "1")
        get_settings.cache_clear()
        found = Seen(get_settings())
        samples.write_demonstration_year(found.settings.inbox, months=MONTHS)
        sweep()
        judge()
        with running_airflow(found.settings) as client, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            page = browser.new_page(
                locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": 1440, "height": 1000}
            )
            desk = Desk(page, client, folder)
            try:
                desk.log_in()
                for step in STEPS:
                    step(desk, found)
            except Exception:
                desk.picture("stopped-here")
                raise
            found.runs = client.dag_runs()
            browser.close()
        yield found
    get_settings.cache_clear()


STEPS = (
    read_about, draft_one_programme, publish_one_programme, backfill, run_a_month_again, correct_a_month,
    run_without_period,
)  # fmt: skip


def test_the_documentation_says_what_when_and_what_to_do_when_red(seen: Seen) -> None:
    for words in ("做什么", "何时运行", "变红怎么办", "参数", "覆盖现有执行的参数"):
        assert words in seen.documentation


def test_a_draft_of_one_programme_publishes_nothing_and_tells_no_roll_up(seen: Seen) -> None:
    assert seen.programmes_offered == ["全部方案", CHOSEN_NAME, "四个加快2021"]
    assert seen.drafts == [f"{MONTHS[0]}/{CHOSEN}-{MONTHLY}"]
    assert (seen.versions_with_draft, "还没有发布过通报" in seen.view_with_draft) == ([], True)
    assert seen.states_of_draft == {
        "wait_for_publication": "success",
        "publish_notice": "skipped",
        "announce_month": "skipped",
    }


def test_a_month_that_one_programme_published_is_not_told_to_the_roll_ups(seen: Seen) -> None:
    assert seen.versions_of_one_programme == [(CHOSEN, MONTHLY, MONTHS[0], 1)]
    assert seen.states_of_one_programme == {
        "wait_for_publication": "success",
        "publish_notice": "success",
        "announce_month": "skipped",
    }


def test_only_the_months_asked_for_were_backfilled_and_no_run_is_stuck(seen: Seen) -> None:
    assert {run.partition_key for run in seen.runs if run.run_type == "backfill"} == set(MONTHS)
    assert {run.state for run in seen.runs} == {"success", "failed"}


def test_the_backfill_publishes_the_months_and_by_itself_their_roll_ups(seen: Seen) -> None:
    published = {(cadence, period, version) for _, cadence, period, version in seen.versions_after_backfill}
    assert published == {(MONTHLY, month, 1) for month in MONTHS} | {(*roll_up, 1) for roll_up in ROLL_UPS}
    assert len(seen.versions_after_backfill) == 2 * len(MONTHS) + 3
    assert all(words in seen.view for words in ("2021年第一季度", "季小结", "2021年3月"))
    assert seen.as_of_of_roll_ups == ["2021-04-19T16:00:00Z"] * 2


def test_runs_of_a_month_are_named_after_it(seen: Seen) -> None:
    names = [run.run_id for run in seen.runs if run.run_type == "backfill"]
    assert sorted(name.rpartition("__")[0] for name in names) == [f"backfill__{month}" for month in MONTHS]


def test_the_same_figures_a_second_time_make_no_second_version_of_month_or_roll_up(seen: Seen) -> None:
    assert set(seen.states_of_second_run.values()) == {"success"}
    assert seen.versions_after_second_run == seen.versions_after_backfill


def test_a_correction_makes_a_second_version_of_its_month_and_of_the_roll_ups_that_hold_it(seen: Seen) -> None:
    new = set(seen.versions_after_correction) - set(seen.versions_after_backfill)
    assert {(cadence, period, version) for _, cadence, period, version in new} == {
        (MONTHLY, "2021-03", 2),
        (QUARTERLY, "2021-Q1", 2),
    }
    assert set(seen.versions_after_backfill) < set(seen.versions_after_correction)


def test_a_run_by_hand_without_period_fails_and_its_log_says_what_to_fill_in(seen: Seen) -> None:
    assert seen.states_without_period["wait_for_publication"] == "failed"
    assert seen.states_without_period["publish_notice"] == "upstream_failed"
    assert "请在触发时填写“期次”" in seen.failure_log
    assert [run.dag_id for run in seen.runs if run.state == "failed"] == [MONTHLY]
