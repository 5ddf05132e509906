"""The doorbell of the inbox: tells Airflow that files lie there.

Airflow may merge or lose events that come close together, so an event never carries a message: the sweep looks for
itself, and what still lies there after a while is rung for again.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Hashable
from typing import Any

from airflow.triggers.base import BaseEventTrigger, TriggerEvent

REST_SECONDS = 2.0
REMIND_SECONDS = 60.0
POLL_SECONDS = 1.0


class Doorbell:
    """Decides when to ring. A sighting is a file as it looked: name, size, time of change; times are seconds of any
    clock that only goes forward.
    """

    def __init__(self, rest_seconds: float = REST_SECONDS, remind_seconds: float = REMIND_SECONDS) -> None:
        """A file rests once it was seen unchanged for `rest_seconds`."""
        self.rest_seconds = rest_seconds
        self.remind_seconds = remind_seconds
        self.first_seen: dict[Hashable, float] = {}
        self.rung_for: set[Hashable] = set()
        self.rung_at = float("-inf")

    def should_ring(self, sightings: set[Hashable], now: float) -> bool:
        """True when a file has rested that was not rung for yet, or when files still lie there a while after the last
        ring. Files that were taken away since then are no news.
        """
        self.first_seen = {sighting: self.first_seen.get(sighting, now) for sighting in sightings}
        rested = {sighting for sighting, seen in self.first_seen.items() if now - seen >= self.rest_seconds}
        is_reminder_due = now - self.rung_at >= self.remind_seconds
        if not rested or (rested <= self.rung_for and not is_reminder_due):
            return False
        self.rung_for, self.rung_at = rested, now
        return True


class InboxTrigger(BaseEventTrigger):
    """Watches the inbox of this machine's settings and rings for what lies there.

    The folder is read from the settings where the trigger runs, so that the stored DAG names no folder of any machine.
    """

    def __init__(self, poll_seconds: float = POLL_SECONDS) -> None:
        """Looks into the inbox every `poll_seconds`."""
        super().__init__()
        self.poll_seconds = poll_seconds

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """What Airflow stores."""
        return "inbox.InboxTrigger", {"poll_seconds": self.poll_seconds}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Rings for ever; never ends by itself."""
        from ingestion.inbox import look
        from ingestion.settings import get_settings

        folder = get_settings().inbox
        doorbell = Doorbell()
        while True:
            sightings = set(await asyncio.to_thread(look, folder))
            if doorbell.should_ring(sightings, time.monotonic()):
                yield TriggerEvent({"waiting_count": len(sightings)})
            await asyncio.sleep(self.poll_seconds)
