"""Writes the demonstration year into an inbox, as if a mailbox had been taken over."""

import csv
import hashlib
import io
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ingestion.access import make_folder
from ingestion.inbox import RECEIPTS_FILE
from ingestion.periods import parse_period
from ingestion.receipts import COLUMNS as RECEIPT_COLUMNS
from ingestion.registry import Row, load_registry
from ingestion.settings import get_settings
from samples.courses import SampleError
from samples.forms import content_of
from samples.submissions import CSV_FORM, LATE_CORRECTION, Plan, Submission

_SOURCE = "示例邮箱"
_DEFECT_SENTENCES = {
    CSV_FORM: "全年以GB18030编码的CSV报送",
    "late": "逾期报送",
    "missing": "未报送，下一月的累计数含本月",
    "corrected": "先报后更正",
    "mistaken": "首次报送有误（应被退回），随后重报",
}


@dataclass(frozen=True)
class SampleFile:
    """One written file; `file_name` is relative to the inbox, `received_at` is in Asia/Shanghai."""

    file_name: str
    sha256: str
    received_at: datetime
    reporter_id: str
    month: str


@dataclass(frozen=True)
class SampleDefect:
    """One deliberate defect: its kind, whose and when (month None: all months), its files, and a Chinese sentence."""

    kind: str
    reporter_id: str
    month: str | None
    file_names: tuple[str, ...]
    sentence: str


@dataclass(frozen=True)
class SampleReport:
    """What was written, in order of receipt, and which defects are in it."""

    inbox: Path
    files: tuple[SampleFile, ...]
    defects: tuple[SampleDefect, ...]

    @property
    def lines(self) -> list[str]:
        """The report for people."""
        head = f"已写入示例数据{len(self.files)}个文件（数值为虚构）：{self.inbox}"
        return [head, *(f"· {defect.sentence}" for defect in self.defects)]


def write_demonstration_year(inbox: Path, months: list[str] | None = None) -> SampleReport:
    """Write the year's files, or those of some months ('2021-03'), and their receipts; the same bytes every time.

    Receipts come first and every file appears whole, by rename, in the order of receipt. SampleError names a month
    that is not of the demonstration year, or a registry that does not fit.
    """
    plan = _plan()
    chosen = plan.months if months is None else months
    if wrong := [month for month in chosen if month not in plan.months]:
        raise SampleError(f"示例年度只有 {plan.months[0]} 至 {plan.months[-1]}；没有 {'、'.join(wrong)}")
    submissions = plan.submissions(sorted(set(chosen)))
    contents = list(map(content_of, submissions))
    files = tuple(map(_sample_file, submissions, contents))
    _replace(inbox / RECEIPTS_FILE, _receipts(files))
    for file, content in zip(files, contents, strict=True):
        _replace(inbox / file.file_name, content)
    return SampleReport(inbox, files, _defects(plan, files, set(chosen)))


def write_late_correction(inbox: Path) -> Path:
    """Write the one correction that arrives after the year was published; returns the file's path.

    Its line is added to the receipts that lie in the inbox, once however often this is called.
    """
    plan = _plan()
    submission = plan.late_correction()
    content = content_of(submission)
    receipts = inbox / RECEIPTS_FILE
    known = receipts.read_bytes() if receipts.exists() else _receipts(())
    line = _receipts((_sample_file(submission, content),), with_header=False)
    _replace(receipts, known if line in known else known + line)
    path = inbox / submission.file_name
    _replace(path, content)
    return path


def _plan() -> Plan:
    return Plan(load_registry(get_settings().registry))


def _sample_file(submission: Submission, content: bytes) -> SampleFile:
    return SampleFile(
        file_name=submission.file_name,
        sha256=hashlib.sha256(content).hexdigest(),
        received_at=submission.received_at,
        reporter_id=submission.reporter["reporter_id"],
        month=submission.month,
    )


def _receipts(files: tuple[SampleFile, ...], with_header: bool = True) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    if with_header:
        writer.writerow(RECEIPT_COLUMNS)
    for file in files:
        writer.writerow((file.file_name, file.sha256, file.received_at.isoformat(timespec="minutes"), _SOURCE))
    return text.getvalue().encode()


def _replace(path: Path, content: bytes) -> None:
    """Write under a dot-name, which a sweep ignores, then rename, so that nobody sees half a file."""
    make_folder(path.parent)
    unfinished = path.with_name(f".{path.name}.unfinished")
    unfinished.write_bytes(content)
    unfinished.replace(path)


def _defects(plan: Plan, files: tuple[SampleFile, ...], months: set[str]) -> tuple[SampleDefect, ...]:
    """The defects that lie in the written months; the late correction is not written with the year."""
    rows = [row for row in plan.defects if row["defect"] != LATE_CORRECTION]
    return tuple(_defect(plan, row, files) for row in rows if not row["month"] or row["month"] in months)


def _defect(plan: Plan, row: Row, files: tuple[SampleFile, ...]) -> SampleDefect:
    month = row["month"] or None
    own = [f for f in files if f.reporter_id == row["reporter_id"] and month in (None, f.month)]
    own = [f for f in own if row["defect"] != CSV_FORM or f.file_name.endswith(".csv")]
    name = next(r["reporter_name"] for r in plan.reporters if r["reporter_id"] == row["reporter_id"])
    where = f"{name}{parse_period(month).label}" if month else name
    listed = [f"{f.file_name}（{f.received_at:%Y-%m-%d %H:%M} 收到）" for f in own] if month else [f"{len(own)}个文件"]
    sentence = f"{where}：{_DEFECT_SENTENCES[row['defect']]}" + (f"：{'、'.join(listed)}" if own else "")
    return SampleDefect(row["defect"], row["reporter_id"], month, tuple(f.file_name for f in own), sentence)
