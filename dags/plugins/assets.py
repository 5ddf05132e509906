"""The assets that connect the DAGs, and what all DAGs share: owner, retries, the one-slot pool."""

from datetime import timedelta

from airflow.sdk import Asset, AssetWatcher
from alerts import alert_of_failure, tell_of_recovery
from inbox import InboxTrigger

WAREHOUSE_POOL = "warehouse_writer"
DEFAULT_ARGS = {
    "owner": "yibiao",
    "retries": 1,
    "retry_delay": timedelta(seconds=20),
    "on_failure_callback": alert_of_failure,
    "on_success_callback": tell_of_recovery,
}

INBOX = Asset(
    name="inbox",
    uri="yibiao://inbox",
    group="yibiao",
    watchers=[AssetWatcher(name="inbox_doorbell", trigger=InboxTrigger())],
)
SUBMISSIONS = Asset(name="submissions", uri="yibiao://submissions", group="yibiao")
MONTHLY_PROGRESS = Asset(name="monthly_progress", uri="yibiao://monthly_progress", group="yibiao")
