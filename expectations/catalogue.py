"""The rule catalogue `rules.csv`: one row a rule, with its severity and the words that the submitter reads.

Columns: id; severity (退回 or 提醒); columns (contract columns the rule is about, `;` between them); message and
expected (templates; findings.py fills in `{place}`, `{found}`, ...); reminder (the message of an overtaken 退回);
parameters (thresholds, `name=number` with `;` between them); waiver (empty where nobody can waive the rule, `whole`
where it is waived or not, else the entry of its frame that the tolerance of a waiver is held against).
"""

import csv
import hashlib
import io
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path

from expectations.errors import CatalogueError
from ingestion.contract import BY_NAME

CATALOGUE_FILE = Path(__file__).with_name("rules.csv")
RETURNED = "退回"
REMINDER = "提醒"
WHOLE = "whole"
_HEADER = ["id", "severity", "columns", "message", "expected", "reminder", "parameters", "waiver"]


@dataclass(frozen=True)
class Rule:
    """One row of the catalogue; `columns` are names of contract columns, empty for a rule about the whole file."""

    id: str
    severity: str
    columns: tuple[str, ...]
    message: str
    expected: str
    reminder: str
    parameters: dict[str, Decimal] = field(default_factory=dict)
    waiver: str = ""


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
    parameters = _parameters(path, number, row["parameters"])
    words = (row["message"], row["expected"], row["reminder"])
    return Rule(row["id"], row["severity"], columns, *words, parameters, row["waiver"])


def _parameters(path: Path, number: int, text: str) -> dict[str, Decimal]:
    """The thresholds of a rule by name."""
    pairs = [part.partition("=") for part in text.split(";") if part]
    try:
        return {name: Decimal(value) for name, _, value in pairs}
    except InvalidOperation:
        raise CatalogueError(f"{path} row {number}: parameters “{text}”; expected name=number;name=number") from None
