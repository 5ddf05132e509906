"""The assets that connect the DAGs, and what all DAGs share: owner, retries, parameters, the one-slot pool."""

from datetime import timedelta

from airflow.sdk import Asset, AssetWatcher, Param
from inbox import InboxTrigger

WAREHOUSE_POOL = "warehouse_writer"
DEFAULT_ARGS = {"owner": "yibiao", "retries": 1, "retry_delay": timedelta(seconds=20)}

INBOX = Asset(
    name="inbox",
    uri="yibiao://inbox",
    group="yibiao",
    watchers=[AssetWatcher(name="inbox_doorbell", trigger=InboxTrigger())],
)
SUBMISSIONS = Asset(name="submissions", uri="yibiao://submissions", group="yibiao")
MONTHLY_PROGRESS = Asset(name="monthly_progress", uri="yibiao://monthly_progress", group="yibiao")


def run_params(period_example: str) -> dict[str, Param]:
    """The two inputs of a run started by hand; both may stay empty where the partition key and the default as-of do."""
    return {
        "period": Param(
            None,
            type=["null", "string"],
            title="期次",
            description=f"例如 {period_example}。按分区运行（定时、补跑、上游触发）时留空；手工触发且没有分区键时必填。",  # noqa: E501
        ),
        "as_of": Param(
            None,
            type=["null", "string"],
            title="数据截止时刻",
            description="例如 2022-01-20T00:00+08:00，只计此刻及以前收到的报表；没有时区按北京时间理解。"
            "留空时：汇总取所含各月的截止时刻，其他为本次运行开始之时。",
        ),
    }
