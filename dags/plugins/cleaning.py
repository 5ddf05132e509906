"""The cleaning of Airflow's own database, from a DAG.

Airflow keeps its database from tasks, and a Celery worker does not even know where it is. So the task hands over to the
triggerer, which knows it under every executor, and waits for the outcome without holding a worker.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator
from airflow.triggers.base import BaseTrigger, TriggerEvent

if TYPE_CHECKING:
    from airflow.sdk import Context


class DatabaseCleaning(BaseTrigger):
    """Deletes the rows older than a moment (ISO, with offset); its event holds what was printed, or the problem."""

    def __init__(self, before: str) -> None:
        super().__init__()
        self.before = before

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """What Airflow stores."""
        return "cleaning.DatabaseCleaning", {"before": self.before}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """One event, at the end."""
        from operations.housekeeping import HousekeepingError, clean_database

        try:
            printed = await asyncio.to_thread(clean_database, datetime.fromisoformat(self.before))
        except HousekeepingError as error:
            yield TriggerEvent({"problem": str(error)})
        else:
            yield TriggerEvent({"printed": printed})


class CleanDatabase(BaseOperator):
    """Has the rows deleted that are older than what is kept at the time of the run."""

    def execute(self, context: "Context") -> None:
        """Hands over to the triggerer."""
        from operations.housekeeping import cutoff

        before = cutoff(context["dag_run"].run_after).isoformat()
        self.defer(trigger=DatabaseCleaning(before), method_name="finish")

    def finish(self, context: "Context", event: dict[str, str]) -> None:
        """Writes down what was deleted; fails where it could not be."""
        from operations.housekeeping import HousekeepingError

        if "problem" in event:
            raise HousekeepingError(event["problem"])
        logging.getLogger(__name__).info(event["printed"])
