"""Judge what was received: unjudged receipts and all that stands or falls with them, in one Great Expectations run."""

from dataclasses import dataclass, field, replace
from typing import Any

import duckdb

from expectations.catalogue import RETURNED, Rule, catalogue_sha256, load_catalogue
from expectations.findings import FindingWriter
from expectations.frames import build_frames
from expectations.history import build_history
from expectations.receipts import issue_receipts
from expectations.returns import deliver_returns
from expectations.roster import Roster
from expectations.submissions import Row, Submissions, load_to_judge
from expectations.suites import Frames, find_failures
from expectations.verdicts import Outcome, Pair, Verdict, resolve
from expectations.waivers import Waivers
from ingestion.registry import load_registry
from ingestion.settings import get_settings
from ingestion.store import insert_rows, open_warehouse, transaction

# Judged pair by pair; verdicts.py says which pairs matter to a receipt.
COUNTED_RULE, COUNTS_NOW_RULE = "CUM-002", "CUM-003"


@dataclass(frozen=True)
class JudgementReport:
    """Newly judged receipts by verdict, and the months (ids, sorted) whose counting data changed, told nobody yet."""

    accepted: int = 0
    returned: int = 0
    repeated: int = 0
    months: list[str] = field(default_factory=list)


def judge() -> JudgementReport:
    """Judge all unjudged receipts, write judgements and findings, and lay out returns and receipts for the senders.

    JudgingError when a rule cannot be evaluated: then nothing was written. Without unjudged receipts this is quick.
    """
    settings = get_settings()
    with open_warehouse() as connection:
        batch, unjudged = load_to_judge(connection)
        report = JudgementReport()
        if unjudged:
            report = _judge_batch(connection, batch, unjudged)
        # Also after a crash between verdict and delivery: the journal knows what was laid out.
        deliver_returns(connection, settings)
        issue_receipts(connection, settings)
        return replace(report, months=_take_months(connection))


def _take_months(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The months still to be announced, those of a run that failed after its verdicts stood too; each is given once."""
    taken = connection.execute("delete from raw.unannounced_months returning period").fetchall()
    return sorted({period for (period,) in taken})


def _judge_batch(connection: duckdb.DuckDBPyConnection, batch: Submissions, unjudged: set[str]) -> JudgementReport:
    settings = get_settings()
    catalogue = load_catalogue()
    registry = load_registry(settings.registry)
    roster, waivers = Roster(registry), Waivers(registry, catalogue)
    broken = _broken_rows(build_frames(batch, roster, catalogue, settings.require_reporter_folder), catalogue)
    _apply_waivers(batch, waivers, catalogue, broken)
    outcome = _outcome(batch, catalogue, broken)
    # What counted when is known only now; nothing found from here on can return a file.
    broken |= _broken_rows(build_history(batch, roster, catalogue, outcome.counted), catalogue)
    verdicts = outcome.verdicts
    findings = _findings(FindingWriter(batch, roster, catalogue), broken, verdicts)
    before = _accepted_before(connection, list(verdicts))
    changed = {id_ for id_, verdict in verdicts.items() if verdict.accepted_at != before.get(id_)}
    months = {table["period"] for table in batch.tables if table["receipt_id"] in changed and table["period"]}
    _write(connection, verdicts, findings, sorted(months))
    outcomes = [verdicts[receipt_id].name for receipt_id in unjudged]
    return JudgementReport(*(outcomes.count(name) for name in ("accepted", "returned", "repeated")))


def _broken_rows(frames: Frames, catalogue: dict[str, Rule]) -> dict[str, list[Row]]:
    """Rule id → the frame rows that broke it."""
    rows = {row["key"]: row for frame in frames.values() for row in frame}
    return {rule_id: [rows[key] for key in keys] for rule_id, keys in find_failures(frames, catalogue).items()}


def _apply_waivers(
    batch: Submissions, waivers: Waivers, catalogue: dict[str, Rule], broken: dict[str, list[Row]]
) -> None:
    """Put the waiver that acts on a row beside it; one row can break several rules."""
    for rule_id, rows in broken.items():
        if not catalogue[rule_id].waiver:
            continue
        for row in rows:
            if waiver := waivers.of(rule_id, row, batch):
                row.setdefault("_waivers", {})[rule_id] = waiver


def _outcome(batch: Submissions, catalogue: dict[str, Rule], broken: dict[str, list[Row]]) -> Outcome:
    flawed = {
        _receipt_id(row)
        for rule_id, rows in broken.items()
        if catalogue[rule_id].severity == RETURNED and rule_id != COUNTED_RULE
        for row in rows
        if not _waiver(rule_id, row)
    }
    clashes = {row["_pair"] for row in broken[COUNTED_RULE] if not _waiver(COUNTED_RULE, row)}
    waived: frozenset[Pair] = frozenset(row["_pair"] for row in broken[COUNTED_RULE] if _waiver(COUNTED_RULE, row))
    return resolve(batch, flawed, clashes, {row["_pair"] for row in broken[COUNTS_NOW_RULE]}, waived)


def _findings(writer: FindingWriter, broken: dict[str, list[Row]], verdicts: dict[str, Verdict]) -> list[Row]:
    """The rows of raw.findings: every broken rule, of the pairs those that mattered, each from when it was known."""
    findings = []
    for rule_id, rows in broken.items():
        for row in rows:
            verdict = verdicts[_receipt_id(row)]
            if not _matters(rule_id, row, verdict):
                continue
            waiver = _waiver(rule_id, row)
            finding = writer.write(rule_id, row, waiver=waiver)
            if rule_id == COUNTED_RULE and verdict.accepted_at and not waiver:
                findings.append(finding | {"known_until_at": verdict.accepted_at})
                finding = writer.write(rule_id, row, verdict.accepted_at)
            elif rule_id == COUNTS_NOW_RULE:
                neighbour = verdicts[writer.batch.receipt_of_table[row["_pair"][1]]]
                finding |= {"known_from_at": max(filter(None, (verdict.accepted_at, neighbour.accepted_at)))}
            findings.append(finding)
    return findings


def _matters(rule_id: str, row: Row, verdict: Verdict) -> bool:
    """Of the pairs only those with the version that counted, or counts; of all else everything."""
    if verdict.is_repeated:
        return False
    if rule_id == COUNTED_RULE:
        return row["_pair"] in (verdict.waived_clashes if _waiver(rule_id, row) else verdict.clashes)
    if rule_id == COUNTS_NOW_RULE:
        # What was waived when the file came is known already.
        is_known = _waiver(COUNTED_RULE, row) and row["_pair"] in verdict.waived_clashes
        return row["_pair"] in verdict.later_clashes and not is_known
    return True


def _waiver(rule_id: str, row: Row) -> Row | None:
    """The waiver that acts where a row broke a rule."""
    found: Row | None = row.get("_waivers", {}).get(rule_id)
    return found


def _receipt_id(row: Row) -> str:
    return (row.get("_receipt") or row["_table"])["receipt_id"]


def _accepted_before(connection: duckdb.DuckDBPyConnection, receipt_ids: list[str]) -> dict[str, Any]:
    """accepted_at by receipt as judged so far."""
    query = "select receipt_id, accepted_at from raw.judgements where receipt_id in (select unnest(?))"
    return dict(connection.execute(query, [receipt_ids]).fetchall())


def _write(
    connection: duckdb.DuckDBPyConnection, verdicts: dict[str, Verdict], findings: list[Row], months: list[str]
) -> None:
    """Replace judgements and findings of these receipts and note the changed months, all or nothing."""
    rules_sha256 = catalogue_sha256()
    judgements = [
        {"receipt_id": id_, "verdict": v.name, "accepted_at": v.accepted_at, "rules_sha256": rules_sha256}
        for id_, v in sorted(verdicts.items())
    ]
    with transaction(connection):
        for table in ("judgements", "findings"):
            connection.execute(f"delete from raw.{table} where receipt_id in (select unnest(?))", [list(verdicts)])
        insert_rows(connection, "judgements", judgements)
        insert_rows(connection, "findings", findings)
        insert_rows(connection, "unannounced_months", [{"period": month} for month in months])
