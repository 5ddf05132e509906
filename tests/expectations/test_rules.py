"""Each rule: a row, a class, a submission that breaks it and one that does not. All cases go through one run."""

from itertools import chain

import pytest

from expectations import load_catalogue
from expectations.catalogue import REMINDER, RETURNED
from ingestion.settings import get_settings
from tests.expectations.cases import FAILING, MESSAGES, PASSING
from tests.expectations.conftest import Desk, Judged
from tests.expectations.factories import DISTRICTS, Submission, district_name

RULE_IDS = list(load_catalogue())
_reporters = iter(DISTRICTS)
CASES: dict[tuple[str, bool], tuple[str, list[Submission]]] = {}
for _is_broken, _builders in ((True, FAILING), (False, PASSING)):
    for _rule_id, _build in _builders.items():
        _reporter = next(_reporters)
        CASES[_rule_id, _is_broken] = (_reporter, _build(_reporter))


@pytest.fixture(scope="module")
def judged(registry_folder, registry, tmp_path_factory):
    """All cases judged in one run, with the setting that makes folders obligatory."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YIBIAO_HOME", str(tmp_path_factory.mktemp("rules")))
        patch.setenv("YIBIAO_REGISTRY", str(registry_folder))
        patch.setenv("YIBIAO_REQUIRE_REPORTER_FOLDER", "1")
        get_settings.cache_clear()
        Desk(get_settings(), registry).judge(*chain.from_iterable(case for _, case in CASES.values()))
        yield Judged()
    get_settings.cache_clear()


def test_catalogue_classes_and_cases_are_the_same_rules():
    from expectations.rules import RULES

    assert RULE_IDS
    assert set(RULES) == set(RULE_IDS)
    assert set(FAILING) == set(RULE_IDS)
    assert set(PASSING) == set(RULE_IDS)


@pytest.mark.parametrize("rule_id", RULE_IDS)
def test_broken_rule_is_found_and_no_other(judged, rule_id):
    submission = CASES[rule_id, True][1][-1]
    assert judged.rules(submission) == [rule_id]
    severity = load_catalogue()[rule_id].severity
    assert {finding["severity"] for finding in judged.of(submission)} == {severity}
    assert judged.verdict(submission) == {RETURNED: "returned", REMINDER: "accepted"}[severity]


@pytest.mark.parametrize("rule_id", RULE_IDS)
def test_kept_rule_leaves_no_finding(judged, rule_id):
    submission = CASES[rule_id, False][1][-1]
    assert judged.of(submission) == []
    assert judged.verdict(submission) == "accepted"


@pytest.mark.parametrize("rule_id", MESSAGES)
def test_message_says_where_what_and_how_to_mend(judged, rule_id):
    reporter, submissions = CASES[rule_id, True]
    messages = [finding["message"] for finding in judged.of(submissions[-1])]
    wanted = MESSAGES[rule_id].format(reporter=district_name(reporter))
    assert any(wanted in message for message in messages), messages


def test_no_message_has_an_unfilled_blank(judged):
    assert len(judged.findings) >= len(RULE_IDS)
    for finding in judged.findings:
        for text in (finding["message"], finding["expected"] or ""):
            assert not {"{", "}"} & set(text)
            assert "None" not in text
            assert "“”" not in text


def test_finding_names_table_sheet_row_column_cell_and_value(judged):
    submission = CASES["NUM-001", True][1][-1]
    finding = judged.of(submission)[0]
    place = {
        "sheet": "指标",
        "row_number": 9,
        "column_label": "累计数",
        "cell": "D9",
        "found": "12台",
        "expected": "数字",
    }
    whose = {"table_id": f"{submission.id}#1", "programme_id": "pilot", "period": "2021-02"}
    assert place.items() | whose.items() <= finding.items()
