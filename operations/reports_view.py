"""What Airflow's API server shows of ours, read-only: the published folder and the findings of the snapshot.

Airflow mounts a plugin's application without its login, so every route here asks for a user who may see the site.
"""

import os
import re
from functools import cache
from http import HTTPStatus
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Annotated

from airflow.api_fastapi.auth.managers.models.resource_details import AccessView
from airflow.api_fastapi.core_api.security import requires_access_view
from fastapi import Depends, FastAPI, HTTPException, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

from ingestion.settings import get_settings
from operations.findings_page import render_findings
from operations.published_list import render_published

if TYPE_CHECKING:
    from starlette.types import Scope

INDEX = "index.html"
_MOST_HEAD_BYTES = 65_536
_SCRIPT_HASH = re.compile(rb"'(sha256-[A-Za-z0-9+/]{43}=)'")
_META_POLICY = re.compile(rb"<meta http-equiv=\"Content-Security-Policy\" content=\"([^\"]*)\"")
_NOT_FOUND = "没有这个文件；只能查看已发布文件夹里的文件。"


class PublishedFiles(StaticFiles):
    """The files of one folder; what leads out of it (also by a link) and what is hidden (half-written) is not found."""

    async def get_response(self, path: str, scope: "Scope") -> Response:
        """The file at a path below the folder; 404 where there is none."""
        if "\0" in path or any(part.startswith(".") for part in PurePath(path).parts):
            raise HTTPException(HTTPStatus.NOT_FOUND, _NOT_FOUND)
        return await super().get_response(path, scope)


@cache
def application() -> FastAPI:
    """The pages, each for logged-in users only; without pages of documentation, which would need no login."""
    app = FastAPI(
        openapi_url=None, dependencies=[Depends(requires_access_view(AccessView.WEBSITE))], redirect_slashes=False
    )

    @app.get("/published/{path:path}")
    async def published(path: str, request: Request) -> Response:
        folder = get_settings().published
        if path in ("", INDEX) and not (folder / INDEX).is_file():
            return _page(await run_in_threadpool(render_published, folder))
        files = PublishedFiles(directory=folder, check_dir=False, follow_symlink=False)
        response = await files.get_response(os.path.normpath(path or INDEX), request.scope)
        return _protected(response)

    @app.get("/findings/")
    def findings(period: Annotated[str, Query(max_length=20)] = "") -> Response:
        return _page(render_findings(get_settings().analyst_file, period))

    return app


def script_hashes(page: bytes) -> list[str]:
    """The scripts that a page of ours allows itself, from the policy in its head."""
    policy = _META_POLICY.search(page[:_MOST_HEAD_BYTES])
    return [] if policy is None else sorted({found.decode() for found in _SCRIPT_HASH.findall(policy[1])})


def content_policy(hashes: list[str]) -> str:
    """Nothing from elsewhere, no script but these, and no frame but Airflow's own."""
    scripts = " ".join(f"'{found}'" for found in hashes) or "'none'"
    return (
        "default-src 'none'; img-src data: 'self'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
        f"frame-ancestors 'self'; script-src {scripts}"
    )


def _page(html: str) -> Response:
    return _guard(HTMLResponse(html), [])


def _protected(response: Response) -> Response:
    """A served file with the policy that its own head states, and no other script."""
    if response.status_code == HTTPStatus.NOT_MODIFIED:
        # The browser keeps the policy that came with the file; one sent now would replace it.
        return response
    path = getattr(response, "path", None)
    if path is None or response.media_type != "text/html":
        return _guard(response, [])
    with Path(path).open("rb") as file:
        return _guard(response, script_hashes(file.read(_MOST_HEAD_BYTES)))


def _guard(response: Response, hashes: list[str]) -> Response:
    response.headers["Content-Security-Policy"] = content_policy(hashes)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "private, no-cache"
    return response
