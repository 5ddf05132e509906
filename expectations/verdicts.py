"""Verdicts: receipt by receipt in the order of their times, so that the result depends on the receipts alone.

A receipt whose own content breaks a 退回 rule is returned for good. Any other counts from the first moment at which
each of its tables agrees with the version of the previous month that counts then, or at which there is none: mostly its
own receipt time; after a disagreement, the moment at which a corrected previous month came to agree. What a version
leaves out, the one before it still says: an addition of one row, or of tasks alone, does not hide the others.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from expectations.frames import previous_month
from expectations.submissions import Chain, Row, Submissions, chain_of, version_key

# A table's id, the id of the previous month's table it was compared with, and the indicator.
Pair = tuple[str, str, str]
_Version = tuple[datetime, datetime, str, str]
# The tables that counted for a month, each from when; the last one counts still.
Counted = dict[tuple[Chain, str], list[tuple[datetime, Row]]]


@dataclass
class Verdict:
    """What became of a receipt. `accepted_at` is naive UTC, None when returned or repeated.

    `is_repeated`: its bytes were those of the version that counted for all its tables when it came; it changes nothing.

    `clashes`: pairs that disagreed when it was received, `waived_clashes` those that a waiver let pass;
    `later_clashes`: pairs that disagree by what counts now.
    """

    accepted_at: datetime | None = None
    is_repeated: bool = False
    clashes: list[Pair] = field(default_factory=list)
    waived_clashes: list[Pair] = field(default_factory=list)
    later_clashes: list[Pair] = field(default_factory=list)

    @property
    def name(self) -> str:
        """As raw.judgements names it."""
        if self.is_repeated:
            return "repeated"
        return "accepted" if self.accepted_at else "returned"


@dataclass(frozen=True)
class Outcome:
    """Every receipt's verdict, by receipt_id, and what counted from when."""

    verdicts: dict[str, Verdict]
    counted: Counted


def resolve(
    batch: Submissions,
    flawed: set[str],
    clashes: set[Pair],
    clashes_now: set[Pair],
    waived: frozenset[Pair] = frozenset(),
) -> Outcome:
    """The verdicts of a batch.

    `flawed` are receipts returned for their own content; `clashes` the pairs of tables that disagree when a receipt
    comes, `waived` those that disagree and may, `clashes_now` those that are worth a reminder to what was accepted
    before.
    """
    chronicle = _Chronicle(batch, clashes, waived)
    for moment, arrivals in groupby(batch.receipts, key=lambda receipt: receipt["received_at"]):
        # Files of one moment speak in the order of their months: the mailbox's order means nothing.
        for receipt in sorted(arrivals, key=lambda row: (_first_month(batch, row), version_key(row))):
            chronicle.receive(receipt, moment, receipt["receipt_id"] in flawed)
        chronicle.settle(moment)
    chronicle.remind(clashes_now)
    return Outcome(chronicle.verdicts, chronicle.counted)


class _Chronicle:
    """What counts, as time goes by."""

    def __init__(self, batch: Submissions, clashes: set[Pair], waived: frozenset[Pair]) -> None:
        self.batch = batch
        self.clashes = clashes
        self.waived = waived
        self.verdicts: dict[str, Verdict] = {}
        self.counted: Counted = {}
        self._waiting: list[Row] = []
        self._counting: dict[tuple[Chain, str], tuple[_Version, Row]] = {}
        # All accepted versions, newest first.
        self._accepted: dict[tuple[Chain, str], list[tuple[_Version, Row]]] = {}
        self._told: dict[str, list[str]] = {}
        for row in batch.values:
            if row["indicator_id"] and row["cumulative_value"] is not None:
                self._told.setdefault(row["table_id"], []).append(row["indicator_id"])

    def receive(self, receipt: Row, moment: datetime, is_flawed: bool) -> None:
        """A receipt arrives and is compared with what counts at that moment."""
        if not is_flawed and self._repeats(receipt):
            self.verdicts[receipt["receipt_id"]] = Verdict(is_repeated=True)
            return
        verdict = self.verdicts[receipt["receipt_id"]] = Verdict(
            clashes=self._clashing(receipt, self.clashes), waived_clashes=self._clashing(receipt, self.waived)
        )
        if is_flawed:
            return
        if verdict.clashes:
            self._waiting.append(receipt)
        else:
            self._accept(receipt, moment)

    def settle(self, moment: datetime) -> None:
        """Accept returned receipts that agree with what counts by now; one can bring the next."""
        agreeing = True
        while agreeing:
            agreeing = [receipt for receipt in self._waiting if not self._clashing(receipt, self.clashes)][:1]
            for receipt in agreeing:
                self._waiting.remove(receipt)
                self._accept(receipt, moment)

    def remind(self, clashes_now: set[Pair]) -> None:
        """Note where the version that counts in the end disagrees with the previous month's that counts in the end."""
        for versions in self._accepted.values():
            newer: set[str] = set()
            for _, table in versions:
                pairs = [pair for pair in self._pairs([table]) if pair in clashes_now and pair[2] not in newer]
                self.verdicts[table["receipt_id"]].later_clashes += pairs
                newer |= set(self._told.get(table["table_id"], []))

    def _repeats(self, receipt: Row) -> bool:
        """Whether every table of the receipt already counts in a version with the same bytes."""
        tables = self.batch.tables_by_receipt.get(receipt["receipt_id"], [])
        counting = [self._counting.get((chain_of(table), table["period"])) for table in tables]  # type: ignore[arg-type]
        versions = [self.batch.receipt_by_id[known[1]["receipt_id"]]["sha256"] if known else None for known in counting]
        return bool(versions) and set(versions) == {receipt["sha256"]}

    def _clashing(self, receipt: Row, clashes: Collection[Pair]) -> list[Pair]:
        tables = self.batch.tables_by_receipt.get(receipt["receipt_id"], [])
        return [pair for pair in self._pairs(tables) if pair in clashes]

    def _pairs(self, tables: list[Row]) -> list[Pair]:
        """Each figure of a table with the previous month's table that counts for it: its own file's, else the newest
        version accepted by now that has the figure."""
        pairs = []
        for table in tables:
            chain = chain_of(table)
            month = previous_month(table["period"]) if chain else None
            if not (chain and month):
                continue
            siblings = self.batch.tables_by_receipt[table["receipt_id"]]
            own = [other for other in siblings if (chain_of(other), other["period"]) == (chain, month)]
            earlier = [*own[:1], *(other for _, other in self._accepted.get((chain, month), []))]
            for indicator_id in self._told.get(table["table_id"], []):
                with_it = (
                    other["table_id"] for other in earlier if indicator_id in self._told.get(other["table_id"], [])
                )
                if neighbour := next(with_it, None):
                    pairs.append((table["table_id"], neighbour, indicator_id))
        return pairs

    def _accept(self, receipt: Row, moment: datetime) -> None:
        self.verdicts[receipt["receipt_id"]].accepted_at = moment
        version = version_key(receipt)
        for table in self.batch.tables_by_receipt.get(receipt["receipt_id"], []):
            chain = chain_of(table)
            known = self._counting.get((chain, table["period"])) if chain else None
            if chain:
                accepted = self._accepted.setdefault((chain, table["period"]), [])
                accepted.append((version, table))
                accepted.sort(key=lambda pair: pair[0], reverse=True)
            if chain and (known is None or known[0] <= version):
                self._counting[chain, table["period"]] = (version, table)
                # Of what came in one moment the last counts; the others never did.
                versions = self.counted.setdefault((chain, table["period"]), [])
                versions[:] = [(since, other) for since, other in versions if since < moment] + [(moment, table)]


def _first_month(batch: Submissions, receipt: Row) -> str:
    months = [table["period"] for table in batch.tables_by_receipt.get(receipt["receipt_id"], []) if table["period"]]
    return min(months, default="")
