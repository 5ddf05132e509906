"""What becomes visible when a notice is published, and what never does."""

from pathlib import Path

import pytest

import reports.publish as publishing
from ingestion import journal
from ingestion.settings import Settings
from reports.errors import NoticeNotFound, PublicationError, VintageError
from reports.publish import publish
from reports.vintage import latest_manifest, list_vintages, published_months
from tests.reports.factories import MONTH, MONTHLY, PROGRAMME, correct_one_reporter, execute

NOTICE = Path(MONTH) / f"{PROGRAMME}-{MONTHLY}"


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_a_month_is_published_as_v1_with_everything_it_was_made_from(warehouse: Path, settings: Settings) -> None:
    (publication,) = publish(MONTHLY, MONTH)
    assert (publication.outcome, publication.version) == ("published", 1)
    assert publication.folder == settings.published / NOTICE / "v1"
    manifest = latest_manifest(PROGRAMME, MONTH, MONTHLY)
    assert manifest is not None
    assert (manifest["version"], manifest["previous_version"], manifest["changes"]) == (1, None, [])
    assert (manifest["as_of"], manifest["is_sample"]) == ("2021-04-20T04:00:00Z", True)
    assert [entry["file_name"] for entry in manifest["inputs"]] == [
        f"{r}/2021-03.xlsx" for r in ("bing", "ding", "jia", "yi")
    ]
    assert set(manifest["files"]) == set(contents(publication.folder)) - {"manifest.json"}
    assert manifest["row_counts"]["progress"] == 19
    (entry,) = journal.read("publications")
    assert (entry["folder"], entry["version"]) == ((NOTICE / "v1").as_posix(), 1)


def test_same_inputs_give_the_same_bytes_in_another_folder(
    warehouse: Path, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (first,) = publish(MONTHLY, MONTH)
    assert first.folder is not None
    before = contents(first.folder)
    first.folder.rename(tmp_path / "aside")
    (second,) = publish(MONTHLY, MONTH)
    assert second.outcome == "published"
    assert second.folder is not None
    assert contents(second.folder) == before
    assert {"notice.html", "notice.xlsx", "result/progress.parquet"} <= before.keys()


def test_unchanged_figures_make_no_new_vintage_even_at_a_later_as_of(warehouse: Path, settings: Settings) -> None:
    publish(MONTHLY, MONTH)
    execute(warehouse, "update marts.builds set as_of_at = '2021-06-01', fingerprint = 'build-2'")
    (again,) = publish(MONTHLY, MONTH)
    assert (again.outcome, again.version) == ("unchanged", 1)
    assert [v.version for v in list_vintages()] == [1]
    assert len(journal.read("publications")) == 1


def test_moved_figure_makes_v2_that_lists_the_change_and_leaves_v1_alone(warehouse: Path, settings: Settings) -> None:
    (first,) = publish(MONTHLY, MONTH)
    assert first.folder is not None
    before = contents(first.folder)
    correct_one_reporter(warehouse)
    (second,) = publish(MONTHLY, MONTH)
    assert (second.outcome, second.version) == ("published", 2)
    assert contents(first.folder) == before
    manifest = latest_manifest(PROGRAMME, MONTH, MONTHLY)
    assert manifest is not None
    value = {"table": "progress", "reporter_id": "jia", "indicator_id": "enterprises", "field": "cumulative_value"}
    place = {"table": "rankings", "reporter_id": "ding", "indicator_id": "enterprises", "field": "rank"}
    assert value | {"before": "30.000000", "after": "60.000000"} in manifest["changes"]
    assert place | {"scope": "overall", "basis": "completion", "before": "1", "after": "2"} in manifest["changes"]
    assert [entry["receipt_id"] for entry in manifest["inputs_added"]] == ["R-jia2"]
    assert manifest["previous_version"] == 1


def test_revision_prints_as_published_and_as_revised(warehouse: Path, settings: Settings) -> None:
    publish(MONTHLY, MONTH)
    correct_one_reporter(warehouse)
    (second,) = publish(MONTHLY, MONTH)
    assert second.folder is not None
    page = (second.folder / "notice.html").read_text(encoding="utf-8")
    assert page.index("修订说明") < page.index("位次总表")
    assert "jia/2021-03 更正.xlsx" in page
    assert "修订说明" not in (settings.published / NOTICE / "v1" / "notice.html").read_text(encoding="utf-8")


def test_crash_before_the_rename_leaves_nothing_visible_and_the_next_run_clears_it(
    warehouse: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(self: Path, target: Path) -> Path:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", crash)
        with pytest.raises(KeyboardInterrupt):
            publish(MONTHLY, MONTH)
    assert list((settings.published / NOTICE).glob(".*")), "the crash must come after the writing"
    assert list((settings.published / NOTICE).glob("v*")) == []
    assert (list_vintages(), published_months(2021), journal.read("publications")) == ([], [], [])
    (publication,) = publish(MONTHLY, MONTH)
    assert publication.version == 1
    assert [child.name for child in (settings.published / NOTICE).iterdir()] == ["v1"]


def test_a_published_place_is_never_written_again(warehouse: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(MONTHLY, MONTH)
    monkeypatch.setattr(publishing, "latest_vintage", lambda *key: None)
    with pytest.raises(VintageError, match="不得改动"):
        publish(MONTHLY, MONTH)


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("delete from marts.indicator_progress where reporter_id = 'ding'", "丁开发区"),
        ("delete from marts.indicator_progress", "没有任何进展数据"),
        ("update raw.runs set is_complete = false", "没有全部通过检查"),
    ],
    ids=["expected_reporter_is_absent", "no_rows", "build_failed_a_check"],
)
def test_gate_refuses_and_the_last_vintage_stays(
    warehouse: Path, settings: Settings, statement: str, reason: str
) -> None:
    publish(MONTHLY, MONTH)
    before = contents(settings.published)
    execute(warehouse, statement)
    with pytest.raises(PublicationError, match=reason):
        publish(MONTHLY, MONTH)
    assert contents(settings.published) == before


def test_reporter_that_sent_nothing_is_a_row_and_no_reason_to_refuse(warehouse: Path) -> None:
    (publication,) = publish(MONTHLY, MONTH)
    assert publication.folder is not None
    assert "戊开发区" in (publication.folder / "notice.html").read_text(encoding="utf-8")


def test_period_that_has_not_ended_is_refused(warehouse: Path, settings: Settings) -> None:
    with pytest.raises(PublicationError, match="尚未结束"):
        publish(MONTHLY, "2021-04")
    assert not settings.published.exists()


@pytest.mark.parametrize(
    ("cadence", "period", "programmes"),
    [
        ("weekly", MONTH, None),
        (MONTHLY, "2021-Q1", None),
        (MONTHLY, "2030-01", None),
        (MONTHLY, MONTH, ["no_such_programme"]),
    ],
    ids=["cadence", "period_of_another_cadence", "period_nobody_covers", "programme"],
)
def test_unknown_notice_is_named(warehouse: Path, cadence: str, period: str, programmes: list[str] | None) -> None:
    asked = programmes[0] if programmes else cadence if cadence == "weekly" else period
    with pytest.raises(NoticeNotFound, match=asked):
        publish(cadence, period, programmes)


def test_cadence_that_no_programme_has_publishes_nothing(warehouse: Path) -> None:
    assert publish("half_year_review", "2021-H1") == []


def test_one_refused_programme_does_not_stop_the_others(warehouse: Path, settings: Settings) -> None:
    with pytest.raises(NoticeNotFound, match="no_such_programme"):
        publish(MONTHLY, MONTH, ["no_such_programme", PROGRAMME])
    assert [v.programme_id for v in list_vintages()] == [PROGRAMME]


def test_draft_is_marked_replaced_and_withdrawn_once_published(warehouse: Path, settings: Settings) -> None:
    (draft,) = publish(MONTHLY, MONTH, is_draft=True)
    assert (draft.outcome, draft.folder) == ("draft", settings.provisional / NOTICE)
    assert draft.folder is not None
    assert "征求意见" in (draft.folder / "notice.html").read_text(encoding="utf-8")
    correct_one_reporter(warehouse)
    publish(MONTHLY, MONTH, is_draft=True)
    assert [child.name for child in draft.folder.parent.iterdir()] == [draft.folder.name]
    assert list_vintages() == []
    publish(MONTHLY, MONTH)
    assert not draft.folder.exists()
    (left_out,) = publish(MONTHLY, MONTH, is_draft=True)
    assert (left_out.outcome, draft.folder.exists()) == ("nothing", False)


def test_published_months_counts_monthly_notices_of_the_year_only(warehouse: Path) -> None:
    publish(MONTHLY, MONTH)
    assert (published_months(2021), published_months(2020)) == ([MONTH], [])
