"""`index.html` of the published folder: every notice with all its vintages, newest first, from the manifests alone.

A plain page without a script: the filters are radio buttons that the style looks at. The same vintages give the same
bytes.
"""

import os
from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ingestion.access import SHARED_FILE, create
from ingestion.contract import SAMPLE_LABEL
from ingestion.periods import CADENCES, parse_moment, parse_period
from ingestion.settings import get_settings
from reports import figures
from reports.vintage import MANIFEST, Vintage, list_vintages

INDEX = "index.html"
# In the order in which they are offered.
_FORMS = {"notice.html": "网页", "notice.xlsx": "表格", "notice.docx": "文档", "notice.pdf": "PDF"}
_TEMPLATES = Path(__file__).parent / "templates"
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class IndexedVintage:
    """One vintage as the page shows it; `links` are labels and addresses relative to the page."""

    version: int
    as_of: datetime
    is_revision: bool
    is_sample: bool
    is_signed: bool
    links: list[tuple[str, str]]

    @property
    def known_at(self) -> str:
        """The as-of time in local wall clock."""
        return figures.moment(self.as_of.replace(tzinfo=None)) if self.as_of > _NEVER else "不详"


@dataclass(frozen=True)
class IndexedNotice:
    """One notice with its vintages, newest first."""

    programme_id: str
    cadence: str
    period: str
    programme_name: str
    cadence_label: str
    period_label: str
    vintages: list[IndexedVintage]

    @property
    def newest(self) -> IndexedVintage:
        """The vintage that stands."""
        return self.vintages[0]


def write_index() -> bool:
    """Write the index into the published folder by rename; False where nothing is published, or it says so already."""
    vintages = list_vintages()
    if not vintages:
        return False
    content = render_index(indexed(vintages)).encode()
    path = get_settings().published / INDEX
    if path.is_file() and path.read_bytes() == content:
        return False
    partial = path.with_name(f".{INDEX}.partial")
    with create(partial, SHARED_FILE) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    return True


def indexed(vintages: list[Vintage]) -> list[IndexedNotice]:
    """The notices of these vintages: what is known latest first, of these the latest period."""
    by_notice: dict[tuple[str, str, str], list[tuple[Vintage, dict[str, Any]]]] = {}
    for vintage in vintages:
        key = (vintage.programme_id, vintage.cadence, vintage.period)
        by_notice.setdefault(key, []).append((vintage, vintage.manifest()))
    notices = [_notice(editions) for _, editions in sorted(by_notice.items())]
    # Sorted by the least important first, as each sort keeps the order of equals.
    notices.sort(key=lambda notice: (list(CADENCES).index(notice.cadence), notice.programme_id))
    notices.sort(key=lambda notice: (notice.newest.as_of, parse_period(notice.period).last_date), reverse=True)
    return notices


def render_index(notices: list[IndexedNotice]) -> str:
    """The page as text."""
    programmes = dict(sorted((notice.programme_id, notice.programme_name) for notice in notices))
    labels = {notice.cadence: notice.cadence_label for notice in notices}
    cadences = {cadence: labels[cadence] for cadence in CADENCES if cadence in labels}
    style = (_TEMPLATES / "index.css").read_text(encoding="utf-8") + _filters(len(programmes), len(cadences))
    return (
        _environment()
        .get_template("index.html.j2")
        .render(
            groups=[(day, list(group)) for day, group in groupby(notices, lambda notice: notice.newest.known_at)],
            notice_count=len(notices),
            vintage_count=sum(len(notice.vintages) for notice in notices),
            programmes=programmes,
            cadences=cadences,
            programme_numbers={name: number for number, name in enumerate(programmes, start=1)},
            cadence_numbers={name: number for number, name in enumerate(cadences, start=1)},
            style=style,
            # Only this very style may act, and no script at all.
            style_hash=b64encode(sha256(style.encode()).digest()).decode(),
            sample_label=SAMPLE_LABEL,
        )
    )


def _notice(editions: list[tuple[Vintage, dict[str, Any]]]) -> IndexedNotice:
    """The newest manifest names the notice; older ones did not yet."""
    editions = sorted(editions, key=lambda edition: edition[0].version, reverse=True)
    vintage, manifest = editions[0]
    return IndexedNotice(
        programme_id=vintage.programme_id,
        cadence=vintage.cadence,
        period=vintage.period,
        programme_name=manifest.get("programme_name") or vintage.programme_id,
        cadence_label=manifest.get("cadence_label") or vintage.cadence,
        period_label=manifest.get("period_label") or parse_period(vintage.period).label,
        vintages=[_vintage(*edition) for edition in editions],
    )


def _vintage(vintage: Vintage, manifest: dict[str, Any]) -> IndexedVintage:
    folder = vintage.folder.relative_to(get_settings().published).as_posix()
    published = manifest.get("files", {})
    links = [(label, quote(f"{folder}/{name}")) for name, label in _FORMS.items() if name in published]
    return IndexedVintage(
        version=vintage.version,
        as_of=parse_moment(manifest["as_of"]) if manifest.get("as_of") else _NEVER,
        is_revision=manifest.get("previous_version") is not None,
        is_sample=bool(manifest.get("is_sample")),
        is_signed=bool(manifest.get("signed")),
        links=[*links, ("清单", quote(f"{folder}/{MANIFEST}"))],
    )


def _filters(programme_count: int, cadence_count: int) -> str:
    """Style rules that hide what the chosen filters leave out; number 0 of each is “all”."""
    rules = []
    for programme in range(programme_count + 1):
        for cadence in range(cadence_count + 1):
            wanted = f'[data-programme="{programme}"]' * (programme > 0) + f'[data-cadence="{cadence}"]' * (cadence > 0)
            if wanted:
                chosen = f"body:has(#programme-{programme}:checked):has(#cadence-{cadence}:checked)"
                rules.append(f"{chosen} .notice:not({wanted}) {{ display: none; }}")
                rules.append(f"{chosen} .group:not(:has({wanted})) {{ display: none; }}")
                rules.append(f"{chosen} .groups:not(:has({wanted})) + .none {{ display: block; }}")
    return "\n".join(rules) + "\n"


def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
