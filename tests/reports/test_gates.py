"""What stops a publication: the reason names what is missing, and what stood before stays."""

from pathlib import Path

import pytest

from ingestion.settings import Settings
from reports.errors import PublicationError
from reports.publish import publish
from tests.reports.factories import MONTH, MONTHLY, correct_one_reporter, execute
from tests.reports.test_differences import SCORES
from tests.reports.test_publishing import contents

BROKEN = {
    "a_row_of_roster_and_indicators": (
        "delete from marts.indicator_progress where reporter_id = 'wu' and indicator_id = 'stock'",
        "名录×指标应有 19 行，结果缺少 1 行：戊开发区“企业总数”",
    ),
    "a_whole_indicator": (
        "delete from marts.indicator_progress where indicator_id = 'contracts'",
        "应有 19 行，结果缺少 6 行：丙区“合同成交额”",
    ),
    "an_expected_reporter": (
        "delete from marts.indicator_progress where reporter_id = 'ding'",
        "缺少应有的填报单位：丁开发区",
    ),
    "every_place": ("delete from marts.indicator_rankings", "排名是空的：合同成交额（按完成率）、新增企业（按完成率）"),
    "the_places_of_one_basis": (
        "delete from marts.indicator_rankings where basis = 'growth'",
        "排名是空的：企业总数（按同比）；",
    ),
    "the_places_by_score": ("delete from marts.composite_rankings", "排名是空的：综合得分；"),
    "a_contract": ("update raw.runs set is_complete = false", "没有全部通过检查"),
}


@pytest.mark.parametrize(("statement", "reason"), BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("is_draft", [False, True], ids=["notice", "draft"])
def test_what_lacks_something_is_refused_and_vintage_and_draft_stay(
    warehouse: Path, settings: Settings, statement: str, reason: str, is_draft: bool
) -> None:
    execute(warehouse, *SCORES)
    publish(MONTHLY, MONTH)
    correct_one_reporter(warehouse)
    (draft,) = publish(MONTHLY, MONTH, is_draft=True)
    assert draft.outcome == "draft"
    before = contents(settings.published), contents(settings.provisional)
    execute(warehouse, statement)
    with pytest.raises(PublicationError, match=reason):
        publish(MONTHLY, MONTH, is_draft=is_draft)
    assert (contents(settings.published), contents(settings.provisional)) == before


def test_an_indicator_that_nobody_has_a_figure_for_needs_no_place(warehouse: Path) -> None:
    execute(
        warehouse,
        "update marts.indicator_progress set value_state = 'not_submitted', cumulative_value = null, "
        "completion_ratio = null, light = null, yoy_ratio = null where reporter_id != 'city'",
        "delete from marts.indicator_rankings",
    )
    (publication,) = publish(MONTHLY, MONTH)
    assert publication.outcome == "published"
