"""Ledger items against what an earlier month said of them: a status that goes back, such as 已完成 → 推进中."""

from datetime import datetime
from typing import Any

from expectations.findings import month_label
from ingestion.ledgers import item_key
from ingestion.registry import Registry

Row = dict[str, Any]
FIRST_POSITION = "1"


def step_rows(
    registry: Registry, listed: list[Row], earlier: dict[str, list[Row]], table: Row, span: tuple[datetime, Any]
) -> list[Row]:
    """Each item of a table with a status of the list, against the newest earlier month that has the item.

    `listed` are the table's rows, `earlier` what counts in the months before, by month, the newest word of an item
    last. `advance` is the status, or None where it goes back: out of a final status, or from any other to the first.
    """
    known = {(row["item_kind"], row["status"]): row for row in registry.rows("ledger_statuses")}
    before: dict[tuple[str, str | None], tuple[str, Row]] = {}
    for month in sorted(earlier):
        for row in earlier[month]:
            if status := known.get((row["item_kind"], row["status_text"])):
                before[_item(row)] = (month, status)
    found = []
    for row in listed:
        status = known.get((row["item_kind"], row["status_text"]))
        month, last = before.get(_item(row), (None, None))
        if status is None or last is None:
            continue
        advance = None if _goes_back(last, status) else status["status"]
        found.append(
            {
                "_subject": f"{table['table_id']}/{row['item_kind']}/{row['row_number']}",
                "_facts": (advance, month, last["status"]),
                "_table": table,
                "_row": row,
                "_column": "status",
                "_since": span[0],
                "_until": span[1],
                "_words": {
                    "item": row["item_text"],
                    "earlier_month": month_label(month),
                    "earlier_status": last["status"],
                },
                "advance": advance,
            }
        )
    return found


def _item(row: Row) -> tuple[str, str | None]:
    return row["item_kind"], item_key(row["code_text"], row["item_text"])


def _goes_back(last: Row, status: Row) -> bool:
    left_the_end = last["is_final"] == "true" and status["is_final"] == "false"
    is_first_again = status["position"] == FIRST_POSITION != last["position"]
    return left_the_end or is_first_again
