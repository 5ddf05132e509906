"""The rule catalogue `rules.csv`: one row a rule, with its severity and the words that the submitter reads.

Columns: id; severity (退回 or 提醒); columns (contract columns the rule is about, `;` between them); message and
expected (templates; findings.py fills in `{place}`, `{found}`, ...); reminder (the message where a 退回 was overtaken).
"""

import csv
import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

from expectations.errors import CatalogueError
from ingestion.contract import BY_NAME

CATALOGUE_FILE = Path(__file__).with_name("rules.csv")
RETURNED = "退回"
REMINDER = "提醒"
_HEADER = ["id", "severity", "columns", "message", "expected", "reminder"]


@dataclass(frozen=True)
class Rule:
    """One row of the catalogue; `columns` are names of contract columns, empty for a rule about the whole file."""

    id: str
    severity: str
    columns: tuple[str, ...]
    message: str
    expected: str
    reminder: str


def load_catalogue(path: Path = CATALOGUE_FILE) -> dict[str, Rule]:
    """The rules by id, in file order. CatalogueError names the row that cannot be used."""
    reader = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline=""))
    if reader.fieldnames != _HEADER:
        raise CatalogueError(f"{path}: the header is {reader.fieldnames}; expected {_HEADER}")
    rules: dict[str, Rule] = {}
    for number, row in enumerate(reader, start=2):
        rule = _rule(path, number, row)
        if rule.id in rules:
            raise CatalogueError(f"{path} row {number}: {rule.id} stands twice")
        rules[rule.id] = rule
    return rules


def catalogue_sha256(path: Path = CATALOGUE_FILE) -> str:
    """The hash kept with every judgement, so that it is known by which wording and severities it was made."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _rule(path: Path, number: int, row: dict[str, str]) -> Rule:
    columns = tuple(name for name in row["columns"].split(";") if name)
    if row["severity"] not in (RETURNED, REMINDER):
        raise CatalogueError(f"{path} row {number}: severity “{row['severity']}”; expected {RETURNED} or {REMINDER}")
    unknown = [name for name in columns if name not in BY_NAME]
    if unknown or not row["id"] or not row["message"]:
        raise CatalogueError(f"{path} row {number}: id, message and known columns are needed; unknown: {unknown}")
    return Rule(row["id"], row["severity"], columns, row["message"], row["expected"], row["reminder"])
