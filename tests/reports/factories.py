"""A small warehouse with the marts that the contract promises, filled from `small_case/`.

One month, five reporters in two groups and their city, four indicators: a tie, a zero, a missing submission, a missing
target, illustrative targets, a level without target, and a yearly indicator that is not due. Every table takes its
column names and types from the dbt contract, so that the fixture can't drift from it; the CSV files name only the
columns in play, and an empty field is null.
"""

import csv
from functools import cache
from pathlib import Path

import duckdb
import yaml

from ingestion.settings import ROOT
from ingestion.store import RAW_TABLES
from reports.read import ResultSet, read_result

CONTRACTS = sorted((ROOT / "dbt_project" / "models" / "marts").glob("_*__models.yml"))
PROGRAMME, MONTH, MONTHLY = "pilot", "2021-03", "monthly_dispatch"
SMALL_CASE, LEDGER_CASE = Path(__file__).parent / "small_case", Path(__file__).parent / "ledger_case"
Row = dict[str, str]


@cache
def contract() -> dict[str, dict[str, str]]:
    """Column types by mart, as the dbt contract promises them."""
    models = [model for path in CONTRACTS for model in yaml.safe_load(path.read_text(encoding="utf-8"))["models"]]
    return {
        model["name"].removeprefix("dim_"): {column["name"]: column["data_type"] for column in model["columns"]}
        for model in models
    }


def rows_of(mart: str, folder: Path = SMALL_CASE) -> list[Row]:
    """A case's rows of one mart, as text; none where it has no file."""
    path = folder / f"{mart}.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def ledger_rows(mart: str) -> list[Row]:
    """Rows that the small case has besides: scores, movers, ledgers, quality."""
    return rows_of(mart, LEDGER_CASE)


def finding(**more: str) -> Row:
    """The small case's warning with other contents."""
    (row,) = rows_of("findings")
    return row | more


def create_warehouse(path: Path, **replaced: list[Row]) -> Path:
    """A warehouse file with the small case; a keyword replaces the rows of the mart of that name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema marts")
        connection.execute("create schema raw")
        connection.execute("create table raw.runs (fingerprint varchar, is_complete boolean)")
        connection.execute("insert into raw.runs values ('build-1', true)")
        connection.execute(f"create table raw.tables ({RAW_TABLES['tables']})")
        for mart, columns in contract().items():
            connection.execute(f"create table marts.{mart} ({', '.join(f'{c} {t}' for c, t in columns.items())})")
            for row in replaced.get(mart, rows_of(mart)):
                marks = ", ".join("nullif(?, '')" for _ in row)
                connection.execute(f"insert into marts.{mart} ({', '.join(row)}) values ({marks})", list(row.values()))
    return path


def execute(warehouse: Path, *statements: str) -> None:
    """Change the marts as another build would."""
    with duckdb.connect(str(warehouse)) as connection:
        for statement in statements:
            connection.execute(statement)


def result_of(warehouse: Path, cadence: str = MONTHLY, period: str = MONTH) -> ResultSet:
    """The result set of one notice of the case."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return read_result(connection, PROGRAMME, cadence, period)


def correct_one_reporter(warehouse: Path) -> None:
    """A later submission doubles 甲区's enterprises and takes it from the shared second place to the first."""
    execute(
        warehouse,
        "update marts.indicator_progress set cumulative_value = 60, completion_ratio = 0.6, progress_gap = 0.35 "
        "where reporter_id = 'jia' and indicator_id = 'enterprises'",
        "update marts.indicator_rankings set rank = 1 where reporter_id = 'jia' and indicator_id = 'enterprises'",
        "update marts.indicator_rankings set rank = case reporter_id when 'ding' then 2 else 3 end "
        "where indicator_id = 'enterprises' and scope = 'overall' and reporter_id in ('ding', 'yi')",
        "insert into marts.receipts (receipt_id, file_name, sha256, source, verdict, is_counted, received_at) values "
        "('R-jia2', 'jia/2021-03 更正.xlsx', repeat('9', 64), 'inbox', 'accepted', true, '2021-05-01 03:00:00')",
        "update marts.submission_status set counted_receipt_id = 'R-jia2' where reporter_id = 'jia'",
        "update marts.builds set fingerprint = 'build-2'",
    )
