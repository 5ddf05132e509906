"""Receivers of notifications for the tests of reminders and alerts."""

from collections.abc import Iterator

import pytest

from ingestion.settings import get_settings
from tests.receiver import Server


@pytest.fixture
def serve(monkeypatch) -> Iterator:
    """Starts servers that answer with the given statuses, and sets their addresses."""
    servers: list[Server] = []

    def start(*answers: int) -> list[Server]:
        servers.extend(Server(answer) for answer in answers)
        monkeypatch.setenv("YIBIAO_NOTIFY_URLS", " ".join(server.url for server in servers))
        get_settings.cache_clear()
        return servers

    yield start
    for server in servers:
        server.close()
    get_settings.cache_clear()
