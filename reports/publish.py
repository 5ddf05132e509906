"""Publishes the notices of one period: gate, compare with the last vintage, lay out, freeze, rename into place."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from ingestion import journal
from ingestion.clock import check_not_ahead
from ingestion.periods import CADENCES, parse_period
from ingestion.registry_archive import keep_registry
from ingestion.settings import get_settings
from ingestion.store import open_warehouse
from reports.actor import recorded_now
from reports.changes import changes_between, inputs_added
from reports.document import render_document
from reports.errors import NoticeNotFound, PublicationError
from reports.gates import check, check_build, check_complete, check_newer
from reports.index import write_index
from reports.manifest import Origin, build_manifest, origin_of
from reports.notice import Edition, Notice, compose
from reports.page import render_page
from reports.read import ResultSet, programmes_with, read_result
from reports.read_back import check_forms
from reports.signature import Signature
from reports.snapshot import publish_snapshot
from reports.typeset import render_pdf
from reports.vintage import Vintage, latest_vintage, notice_folder, remove_edition, write_edition
from reports.workbook import render_workbook

logger = logging.getLogger(__name__)

WORKBOOK, DOCUMENT, PDF, PAGE = "notice.xlsx", "notice.docx", "notice.pdf", "notice.html"


@dataclass(frozen=True)
class Publication:
    """What became of one notice.

    Attributes:
        version: the vintage that now stands; None for a draft and where nothing was ever published.
        folder: where the files lie; None for outcome nothing.
        outcome: published (a new vintage), unchanged (the last one still says the same), draft, or nothing
            (a draft that would say the same as the last vintage was left out).
    """

    programme_id: str
    period: str
    cadence: str
    version: int | None
    folder: Path | None
    outcome: str


def publish(
    cadence: str,
    period: str,
    programme_ids: Sequence[str] | None = None,
    is_draft: bool = False,
    signature: Signature | None = None,
) -> list[Publication]:
    """Publish (or draft) the period's notice of every programme that has it, and the analysts' snapshot.

    Reads the marts of the last build. A notice that a gate refuses keeps its last vintage and does not stop the others;
    PublicationError then carries every reason. No programme with this cadence at all: an empty list. A signature goes
    into the manifest and the journal of what becomes a new vintage, and into nothing else.
    """
    _check_period(cadence, period)
    done, refused = [], []
    if not get_settings().pipeline_file.exists():
        raise PublicationError("还没有数据仓库，请先接收报送并完成一次计算")
    with open_warehouse(read_only=True) as connection:
        check_build(connection)
        origin = origin_of(connection)
        for programme_id in _programmes(connection, cadence, period, programme_ids):
            try:
                result = read_result(connection, programme_id, cadence, period)
                check(result, is_draft)
                check_complete(connection, result)
                done.append(_draft(result, origin) if is_draft else _publish(result, origin, signature))
            except (NoticeNotFound, PublicationError) as error:
                refused.append(error)
        publish_snapshot(connection)
        write_index()
    if refused:
        raise (refused[0] if len(refused) == 1 else PublicationError("\n".join(map(str, refused))))
    return done


def _check_period(cadence: str, period: str) -> None:
    if cadence not in CADENCES:
        raise NoticeNotFound(f"没有“{cadence}”这种周期；可用的有：{'、'.join(CADENCES)}")
    if parse_period(period).cadence != cadence:
        raise NoticeNotFound(f"“{period}”不是 {cadence} 的期号")


def _programmes(
    connection: duckdb.DuckDBPyConnection, cadence: str, period: str, wanted: Sequence[str] | None
) -> list[str]:
    if wanted:
        return list(dict.fromkeys(wanted))
    covering = programmes_with(connection, cadence, period)
    if not covering and programmes_with(connection, cadence):
        raise NoticeNotFound(f"没有方案覆盖“{period}”这一期")
    return covering


def _publish(result: ResultSet, origin: Origin, signature: Signature | None) -> Publication:
    last = latest_vintage(result.programme_id, result.period, result.cadence)
    edition = next_edition(result, last)
    drafted = notice_folder(get_settings().provisional, result.programme_id, result.period, result.cadence)
    if last is not None and not edition.changes:
        remove_edition(drafted)
        _record_missing(last)
        return _publication(result, last.version, last.folder, "unchanged")
    check_newer(result, last)
    # A guard only: nothing that is printed comes from the clock.
    check_not_ahead(result.as_of.replace(tzinfo=UTC), datetime.now(UTC))
    _keep_registry(result)
    root = notice_folder(get_settings().published, result.programme_id, result.period, result.cadence)
    manifest = build_manifest(result, edition, origin, signature)
    folder = write_edition(root / f"v{edition.version}", result, _forms(result, edition), manifest)
    remove_edition(drafted)
    _record(manifest, folder)
    return _publication(result, edition.version, folder, "published")


def _draft(result: ResultSet, origin: Origin) -> Publication:
    last = latest_vintage(result.programme_id, result.period, result.cadence)
    edition = next_edition(result, last, is_draft=True)
    folder = notice_folder(get_settings().provisional, result.programme_id, result.period, result.cadence)
    if last is not None and not edition.changes:
        remove_edition(folder)
        return _publication(result, last.version, None, "nothing")
    manifest = build_manifest(result, edition, origin)
    write_edition(folder, result, _forms(result, edition), manifest, is_replacing=True)
    return _publication(result, None, folder, "draft")


def _keep_registry(result: ResultSet) -> None:
    """So that the vintage can be rebuilt after the registry changed."""
    settings, sha256 = get_settings(), result.row("build")["registry_sha256"]
    if not keep_registry(settings.registry, sha256, settings.archive):
        logger.warning(
            "登记册 %s 在计算之后改动过，计算所用的 %s 没有留存：这一版以后无法重建。改动登记册后请先重新计算再发布。",
            settings.registry,
            sha256,
        )


def next_edition(result: ResultSet, last: Vintage | None, is_draft: bool = False) -> Edition:
    """The edition that comes after a vintage (None: the first), with what moved against it."""
    if last is None:
        return Edition(None if is_draft else 1, is_draft)
    before = last.result()
    return Edition(
        version=None if is_draft else last.version + 1,
        is_draft=is_draft,
        previous_version=last.version,
        changes=changes_between(before, result),
        inputs_added=inputs_added(before, result),
    )


def _forms(result: ResultSet, edition: Edition) -> dict[str, bytes]:
    notice = compose(result, edition)
    forms = forms_of(notice, result)
    check_forms(notice, forms)
    return forms


def forms_of(notice: Notice, result: ResultSet) -> dict[str, bytes]:
    """The files of a notice by name; the same notice gives the same bytes."""
    return {
        PAGE: render_page(notice, result).encode(),
        WORKBOOK: render_workbook(notice, result),
        DOCUMENT: render_document(notice, result.as_of),
        PDF: render_pdf(notice, result.as_of),
    }


def _publication(result: ResultSet, version: int | None, folder: Path | None, outcome: str) -> Publication:
    return Publication(result.programme_id, result.period, result.cadence, version, folder, outcome)


def _record(manifest: Mapping[str, Any], folder: Path) -> None:
    journal.append(
        "publications",
        {name: manifest[name] for name in ("programme_id", "period", "cadence", "version", "as_of")}
        | {
            "folder": folder.relative_to(get_settings().published).as_posix(),
            "fingerprint": manifest["build_fingerprint"],
            "change_count": len(manifest["changes"]),
            "signed": manifest.get("signed"),
        }
        | recorded_now(),
    )


def _record_missing(last: Vintage) -> None:
    """Make up the journal line of a vintage whose publication was cut off after the rename."""
    known = {(e["programme_id"], e["period"], e["cadence"], e["version"]) for e in journal.read("publications")}
    if (last.programme_id, last.period, last.cadence, last.version) not in known:
        _record(last.manifest(), last.folder)
