"""Every kind of bad file or cell goes back with the message it must get; what is odd and harmless is accepted."""

import os
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest

from expectations import judge
from expectations.catalogue import RETURNED
from ingestion.landing import archived_path
from ingestion.settings import Settings, get_settings
from ingestion.store import open_warehouse
from ingestion.sweep import sweep
from tests.bad_kinds import BAD, KINDS, NO_SUBMISSIONS, ODD, OWN, SLOTS, Kind, Slot, valid_xlsx
from tests.stages import registry_that_never_closes

GOOD_FILE = "zz_最后.xlsx"


@dataclass
class Judged:
    settings: Settings
    verdicts: dict[str, str]
    findings: dict[str, list[tuple[str, str]]]
    receipt_ids: dict[str, str]
    sha256s: dict[str, str]
    dropped: dict[str, bytes]


def name_of(defect: str, kind: Kind) -> str:
    """Below the inbox; each kind's file in the folder that the kind asks for, its name begins with the defect."""
    folder = f"{kind.in_folder}/".replace(OWN, SLOTS[defect].reporter_id) if kind.in_folder else ""
    return f"{folder}{defect}-{kind.file_name}"


def content_of(defect: str, kind: Kind) -> bytes:
    slot = SLOTS[defect]
    return kind.make(slot.next if kind.is_next_month else slot)


def drop(inbox: Path, name: str, content: bytes, age: float = 10) -> None:
    path = inbox / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (time.time() - age,) * 2)


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judged]:
    """One sweep over all kinds, what leads up to some of them, things that are no submission, and a good file last."""
    home = tmp_path_factory.mktemp("kinds")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YIBIAO_HOME", str(home))
        patch.setenv("YIBIAO_REGISTRY", str(registry_that_never_closes(home / "registry")))
        get_settings.cache_clear()
        settings = get_settings()
        # A workbook that is cut short is waited for, as if it were still being copied.
        patch.setattr("ingestion.inbox.PATIENCE_SECONDS", 1)
        dropped = {name_of(defect, kind): content_of(defect, kind) for defect, kind in KINDS.items()}
        for name, content in dropped.items():
            drop(settings.inbox, name, content)
        for defect, kind in KINDS.items():
            if kind.lead:
                drop(settings.inbox, f"lead-{defect}.xlsx", kind.lead(SLOTS[defect]), age=20)
        drop(settings.inbox, GOOD_FILE, valid_xlsx(Slot("jiangan", 12)))
        for name in NO_SUBMISSIONS:
            drop(settings.inbox, name, b"file_name,sha256,received_at,source\n")
        sweep()
        judge()
        yield read_back(settings, dropped)
    get_settings.cache_clear()


def read_back(settings: Settings, dropped: dict[str, bytes]) -> Judged:
    with open_warehouse() as connection:
        receipts = connection.execute(
            "select file_name, receipt_id, sha256, verdict from raw.receipts "
            "left join raw.judgements using (receipt_id)"
        ).fetchall()
        found = connection.execute(
            "select file_name, rule_id, message from raw.findings join raw.receipts using (receipt_id) "
            "where severity = ?",
            [RETURNED],
        ).fetchall()
    findings: dict[str, list[tuple[str, str]]] = {}
    for name, rule_id, message in found:
        findings.setdefault(name, []).append((rule_id, message))
    return Judged(
        settings,
        {name: verdict for name, _, _, verdict in receipts},
        findings,
        {name: receipt_id for name, receipt_id, _, _ in receipts},
        {name: sha256 for name, _, sha256, _ in receipts},
        dropped,
    )


def test_there_are_sixty_kinds_and_a_slot_for_each() -> None:
    assert len(BAD) >= 60 and len(SLOTS) == len(KINDS)
    assert not set(BAD) & set(ODD)


def test_all_that_was_dropped_is_received_and_the_good_file_goes_through(judged: Judged) -> None:
    leads = {f"lead-{defect}.xlsx" for defect, kind in KINDS.items() if kind.lead}
    assert set(judged.verdicts) == {name_of(*item) for item in KINDS.items()} | leads | {GOOD_FILE}
    assert {judged.verdicts[name] for name in leads | {GOOD_FILE}} == {"accepted"}
    left = {path.name for path in judged.settings.inbox.rglob("*") if path.is_file()}
    assert left == set(NO_SUBMISSIONS)


@pytest.mark.parametrize("defect", KINDS)
def test_the_verdict_is_the_kinds(judged: Judged, defect: str) -> None:
    name = name_of(defect, KINDS[defect])
    assert judged.verdicts[name] == KINDS[defect].expected_verdict(), judged.findings.get(name)
    assert archived_path(judged.settings.archive, judged.sha256s[name]).read_bytes() == judged.dropped[name]


@pytest.mark.parametrize("defect", BAD)
def test_the_message_names_the_defect_and_nothing_else_is_found(judged: Judged, defect: str) -> None:
    kind = BAD[defect]
    found = judged.findings[name_of(defect, kind)]
    assert {rule_id for rule_id, _ in found} == {kind.rule, *kind.also}, found
    assert any(all(words in message for words in kind.words) for _, message in found), found


@pytest.mark.parametrize("defect", BAD)
def test_the_message_stands_in_the_returned_workbook(judged: Judged, defect: str) -> None:
    name = name_of(defect, BAD[defect])
    (folder,) = judged.settings.returned.glob(f"{judged.receipt_ids[name]}-*")
    (workbook,) = [path for path in folder.iterdir() if is_return(path)]
    cells = {cell.value for row in openpyxl.load_workbook(workbook).worksheets[0].iter_rows() for cell in row}
    assert cells >= {message.replace("\x00", "�") for _, message in judged.findings[name]}


def is_return(path: Path) -> bool:
    """Whether a file of a return is the workbook that we made, not the original beside it."""
    if not zipfile.is_zipfile(path):
        return False
    return "xl/workbook.xml" in zipfile.ZipFile(path).namelist() and (
        path.name == "退回说明.xlsx" or not (path.parent / "退回说明.xlsx").exists()
    )
