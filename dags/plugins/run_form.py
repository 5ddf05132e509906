"""The form of a run started by hand or by backfill: period, programme, as-of, publish or draft, and what it says.

The programmes are read from the registry each time a DAG file is parsed, from two small files and with nothing heavy.
"""

import csv
import re
from pathlib import Path

from airflow.sdk import Param

PUBLISH, DRAFT = "publish", "draft"
_OPTIONAL_TEXT = ["null", "string"]

FORM_DOC = """
**参数** 期次、方案、数据截止时刻、发布或只排草稿（配置 JSON 里是 `period`、`programme`、`as_of`、`mode`）。
定时运行和上游触发一律不用填。在“执行回填”（只有月调度能回填）里填了参数的，必须勾选“覆盖现有执行的参数”：
不勾选的，Airflow 不把所填的参数交给运行，照常发布。只选一个方案时，其他方案的通报不动。
只排草稿时，草稿在 `provisional/`，“发布”一步显示为跳过（skipped），没有发布，也不通知汇总。
"""

_BROKEN_LINE = re.compile(r"(?<=[^\x00-\xff])\n(?=[^\s\x00-\x29])")


def documentation(text: str | None) -> str:
    """The page of a DAG; without the blanks that a browser puts where a line of the source ends within a sentence."""
    return _BROKEN_LINE.sub("", text or "")


def run_params(cadence: str, period_example: str, *, is_publishing: bool = True) -> dict[str, Param]:
    """The inputs of a run of a cadence; all may stay empty where the partition key and the defaults do.

    Without `is_publishing` there is nothing to choose between publishing and drafting.
    """
    mode = {"mode": _mode()} if is_publishing else {}
    return {
        "period": Param(
            None,
            type=_OPTIONAL_TEXT,
            title="期次",
            description=f"例如 {period_example}。按分区运行（定时、补跑、上游触发）时留空；手工触发且没有分区键时必填。",  # noqa: E501
        ),
        "programme": _programme(cadence),
        "as_of": Param(
            None,
            type=_OPTIONAL_TEXT,
            title="数据截止时刻",
            description="例如 2022-01-20T00:00+08:00，只计此刻及以前收到的报表；没有时区按北京时间理解。"
            "留空时：汇总取所含各月的截止时刻，其他为本次运行开始之时。",
        ),
    } | mode


def _programme(cadence: str) -> Param:
    names = programmes_with_notice(cadence)
    return Param(
        None,
        type=_OPTIONAL_TEXT,
        enum=[None, *names],
        values_display={"None": "全部方案", **names},
        title="方案",
        description="不选为全部方案。只选一个时，其他方案的通报不动；其他方案的这一期发布以前，不通知汇总。",
    )


def _mode() -> Param:
    return Param(
        PUBLISH,
        type="string",
        enum=[PUBLISH, DRAFT],
        values_display={PUBLISH: "发布", DRAFT: "只排草稿"},
        title="发布或草稿",
        description="只排草稿：放入 provisional/，不发布，不通知汇总。回填时须勾选“覆盖现有执行的参数”，否则照常发布。",
    )


def programmes_with_notice(cadence: str) -> dict[str, str]:
    """Names by id of the programmes with a notice of this cadence, in the order of the registry.

    None at all where the registry can't be read: a DAG must not vanish for it, its tasks say what is wrong.
    """
    from ingestion.settings import get_settings

    registry = get_settings().registry
    try:
        programmes, cadences = (_rows(registry / f"{name}.csv") for name in ("programmes", "programme_cadences"))
        held = {(row["programme_id"], row["reporter_kind"]) for row in cadences if row["cadence"] == cadence}
        return {
            row["programme_id"]: row["programme_name"]
            for row in programmes
            if (row["programme_id"], row["reporter_kind"]) in held
        }
    except (OSError, ValueError, KeyError, csv.Error):
        return {}


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
