"""What a month's closing does to the files that come after it; only 示例方案's May closes, see the factories."""

from tests.expectations.conftest import Desk, Judged
from tests.expectations.factories import Submission, make_submission, make_table

CLOSED, FINAL = "2021-07-14T10:00", "2021-08-25T10:00"


def may(reporter: str, received: str, total: str = "115", **changes: object) -> Submission:
    """A district's table of May with some total, so that versions differ."""
    table = make_table(reporter, 5).change("企业总数", cumulative_value=total, note="核对后更正")
    return make_submission(reporter, 5, table, received=received, **changes)


def test_what_counts_after_closing_depends_on_what_came_in_time(desk: Desk) -> None:
    refused = [may("d001", CLOSED), may("d001", "2021-07-15T10:00", "116")]
    in_time = [may("d002", "2021-06-05T10:00"), may("d002", CLOSED, "116"), may("d002", FINAL, "117")]
    returned_in_time = [may("d003", "2021-06-05T10:00", "12台"), may("d003", CLOSED)]
    reopened = [may("d098", "2021-08-31T10:00"), may("d098", "2021-09-01T00:00", "116")]
    reopened += [may("d098", "2021-09-10T23:59", "117"), may("d098", "2021-09-11T00:00", "118")]
    not_reopened = [may("d097", "2021-09-05T10:00")]
    other_month = [make_submission("d004", 4, received="2030-01-01T10:00")]
    desk.judge(*refused, *in_time, *returned_in_time, *reopened, *not_reopened, *other_month)
    judged = Judged()

    def outcomes(submissions: list[Submission]) -> list[list[str] | str]:
        return [judged.rules(one) or judged.verdict(one) for one in submissions]

    # A refused file opens the month to no other one.
    assert outcomes(refused) == [["TIM-001"], ["TIM-001"]]
    assert outcomes(in_time) == ["accepted", "accepted", ["TIM-002"]]
    assert outcomes(returned_in_time) == [["NUM-001"], "accepted"]
    assert outcomes(reopened) == [["TIM-001"], "accepted", "accepted", ["TIM-002"]]
    assert outcomes(not_reopened) == [["TIM-001"]]
    assert outcomes(other_month) == ["accepted"]
    assert [judged.verdict(one) for one in (*refused, in_time[2])] == ["returned"] * 3


def test_a_refused_file_is_kept_and_laid_out_with_its_reason(desk: Desk) -> None:
    file = may("d001", CLOSED)
    desk.judge(file)
    (archived,) = [path for path in desk.settings.archive.rglob("*") if file.receipt.sha256 in path.name]
    assert archived.read_bytes() == file.original
    (entry,) = desk.settings.returned.iterdir()
    assert "2021-05.xlsx" in {path.name for path in entry.iterdir()}
    message = Judged().of(file)[0]["message"]
    assert "已于 2021-07-13 停止新报" in message and "申请重新开放" in message


def test_verdicts_do_not_depend_on_when_the_files_were_judged(desk: Desk, new_desk) -> None:
    files = [may("d002", "2021-06-05T10:00"), may("d002", CLOSED, "116"), may("d002", FINAL, "117")]
    for file in files:
        desk.judge(file)
    one_by_one = Judged()
    new_desk().judge(*reversed(files))
    assert Judged().judgements == one_by_one.judgements
