"""What lies before a person to sign, and whether it still is what they signed.

A notice is known by a key: the vintage that it follows and a hash of everything it prints. The as-of is no part of it,
so that another build of the same figures takes no signature away.
"""

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256

from ingestion.settings import get_settings
from ingestion.store import open_warehouse
from reports.changes import changes_between
from reports.errors import ApprovalOutdated
from reports.gates import check, check_build, check_complete, check_newer
from reports.read import ResultSet, load_result, programmes_with, read_result
from reports.revision import revision_table
from reports.vintage import MANIFEST, RESULT, latest_vintage, notice_folder, read_manifest

_MOST_CHANGES_NAMED = 5


def pending(cadence: str, period: str, programme_ids: Sequence[str] | None = None) -> dict[str, str]:
    """Keys of the notices that publishing now (all, or some programmes') would make a new vintage of, by programme.

    A notice whose figures are those of its last vintage is none of them. PublicationError where a gate would refuse:
    nobody is asked to sign what can't be published.
    """
    results = _pending_results(cadence, period, programme_ids)
    return {result.programme_id: _key(result, previous) for result, previous in results}


def drafted(cadence: str, period: str, programme_id: str) -> str | None:
    """The key of the draft that lies in the provisional folder; None where there is none."""
    folder = notice_folder(get_settings().provisional, programme_id, period, cadence)
    if not (folder / MANIFEST).is_file():
        return None
    result = load_result(folder / RESULT, programme_id, cadence, period)
    return _key(result, read_manifest(folder)["previous_version"])


def check_signed(
    cadence: str, period: str, signed: Mapping[str, str], programme_ids: Sequence[str] | None = None
) -> None:
    """ApprovalOutdated unless everything that would be published, and its draft, is what was signed (key by programme).

    What was signed and is published already is no reason to refuse: a publication that was cut off goes on.
    """
    refused = [
        reason
        for result, previous in _pending_results(cadence, period, programme_ids)
        if (reason := _moved(result, previous, signed.get(result.programme_id)))
    ]
    if refused:
        raise ApprovalOutdated("\n".join(refused))


def _pending_results(
    cadence: str, period: str, programme_ids: Sequence[str] | None
) -> list[tuple[ResultSet, int | None]]:
    found: list[tuple[ResultSet, int | None]] = []
    with open_warehouse(read_only=True) as connection:
        check_build(connection)
        for programme_id in programmes_with(connection, cadence, period):
            if programme_ids and programme_id not in programme_ids:
                continue
            result = read_result(connection, programme_id, cadence, period)
            last = latest_vintage(programme_id, period, cadence)
            if last is None or changes_between(last.result(), result):
                check(result, is_draft=False)
                check_complete(connection, result)
                check_newer(result, last)
                found.append((result, last.version if last else None))
    return found


def _moved(result: ResultSet, previous: int | None, signed: str | None) -> str | None:
    """Why a signature does not cover a notice; None where it does."""
    label = f"{result.row('programme')['programme_name']} {result.row('period')['period_label']}"
    in_folder = drafted(result.cadence, result.period, result.programme_id)
    if signed == _key(result, previous) == in_folder:
        return None
    if signed is None:
        return f"{label}：送签时数字与已发布版相同，没有送签，现在已有变动"
    if in_folder is None:
        return f"{label}：所签的征求意见稿已不在 provisional 文件夹，无从核对签的是什么"
    if in_folder != signed:
        return f"{label}：送签以后又排出了内容不同的征求意见稿，签的不是现在这一份"
    return f"{label}：送签以后内容有变动{_named_changes(result)}"


def _named_changes(result: ResultSet) -> str:
    """The first changes of the figures against the draft in the folder, in words."""
    folder = notice_folder(get_settings().provisional, result.programme_id, result.period, result.cadence)
    draft = load_result(folder / RESULT, result.programme_id, result.cadence, result.period)
    rows = revision_table(result, changes_between(draft, result)).rows
    named = [
        f"{row.cell('subject').text} {row.cell('indicator').text} {row.cell('what').text}"
        f" {row.cell('before').text} → {row.cell('after').text}"
        for row in rows[:_MOST_CHANGES_NAMED]
    ]
    return f"，共 {len(rows)} 处，如：{'；'.join(named)}" if named else "（报送情况、提醒、名录或已发布的版次）"


def _key(result: ResultSet, previous_version: int | None) -> str:
    printed = {name: result.rows(name) for name in sorted(result.tables) if name != "build"}
    text = json.dumps(printed, ensure_ascii=False, sort_keys=True, default=str)
    return f"{previous_version or 0}:{sha256(text.encode()).hexdigest()}"
