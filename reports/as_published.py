"""Any mart as it stood in the notices that were published by a moment, from the vintages' frozen results."""

from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from ingestion.settings import get_settings
from reports.errors import NoticeNotFound, ReportsError
from reports.read import QUERIES
from reports.snapshot import MACROS

# The marts whose frozen table has another name (reports.read.QUERIES); as_published.sql says the same.
FROZEN_AS = {
    "indicator_progress": "progress",
    "indicator_rankings": "rankings",
    "programmes": "programme",
    "periods": "period",
    "builds": "build",
}
FROZEN_MARTS = sorted({*QUERIES, *FROZEN_AS} - set(FROZEN_AS.values()))


def as_published(mart: str, moment: datetime) -> pa.Table:
    """Rows of a mart (one of FROZEN_MARTS) in the newest edition of every notice that was made as of then or before.

    `moment` is aware. The first five columns say which notice and edition a row is of. What two notices print, such as
    the submissions of a month and of its quarter, is there once for each. NoticeNotFound for another mart, and when
    nothing was published by then.
    """
    if mart not in FROZEN_MARTS:
        raise NoticeNotFound(f"已发布的通报中没有“{mart}”这张表；有的是：{'、'.join(FROZEN_MARTS)}")
    root = get_settings().published
    frozen = FROZEN_AS.get(mart, mart)
    if not any(root.glob(f"*/*/v*/result/{frozen}.parquet")):
        raise NoticeNotFound(f"{root} 中还没有含“{mart}”的已发布通报；请先发布")
    with duckdb.connect() as memory:
        memory.execute("set TimeZone = 'UTC'")
        memory.execute((MACROS / "as_published.sql").read_text(encoding="utf-8"))
        table = memory.execute(
            "select * from as_published(?, ?, folder := ?) order by all", [mart, moment.isoformat(), str(root)]
        ).to_arrow_table()
    if not table.num_rows and not _was_published(moment):
        raise NoticeNotFound(f"到 {moment.isoformat()} 为止还没有发布过通报；最早的版次见 python -m reports list")
    return table


def export_as_published(mart: str, moment: datetime, out: Path) -> int:
    """Write `as_published` to a .parquet or .csv file; gives the number of rows."""
    if out.suffix not in (".parquet", ".csv"):
        raise ReportsError(f"不会写“{out.name}”这种文件，应为 .parquet 或 .csv")
    table = as_published(mart, moment)
    with duckdb.connect() as memory:
        memory.execute("set TimeZone = 'UTC'")
        rows = memory.from_arrow(table)
        out.parent.mkdir(parents=True, exist_ok=True)
        rows.write_parquet(str(out)) if out.suffix == ".parquet" else rows.write_csv(str(out))
    return table.num_rows


def _was_published(moment: datetime) -> bool:
    with duckdb.connect() as memory:
        memory.execute((MACROS / "as_published.sql").read_text(encoding="utf-8"))
        query = "select count(*) from as_published('builds', ?, folder := ?)"
        (count,) = memory.execute(query, [moment.isoformat(), str(get_settings().published)]).fetchone() or (0,)
    return bool(count)
