"""Two entries of Airflow's navigation: the published notices, and what was found in the received tables.

Every process of Airflow reads this module, only the API server serves the pages: the application is made there, at the
first request.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from airflow.plugins_manager import AirflowPlugin

PREFIX = "/yibiao"
_Message = MutableMapping[str, Any]


async def serve_pages(
    scope: _Message, receive: Callable[[], Awaitable[_Message]], send: Callable[[_Message], Awaitable[None]]
) -> None:
    """The ASGI application that Airflow mounts; it answers logged-in users only."""
    from operations.reports_view import application

    await application()(scope, receive, send)


class ReportsView(AirflowPlugin):
    """Airflow shows the pages in a frame of its own window. Addresses are relative to where its interface lies."""

    name = "yibiao_reports"
    fastapi_apps = [{"name": "yibiao_reports", "app": serve_pages, "url_prefix": PREFIX}]
    external_views = [
        {
            "name": name,
            "href": f"{PREFIX.removeprefix('/')}/{page}/",
            "destination": "nav",
            "category": "一区一表",
            "url_route": f"yibiao-{page}",
        }
        for name, page in (("已发布的通报", "published"), ("报表中的问题", "findings"))
    ]
