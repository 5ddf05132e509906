"""Rebuilds a published vintage from what its manifest names, and compares it with what was published, cell by cell."""

from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from ingestion.errors import YibiaoError
from ingestion.periods import parse_moment
from ingestion.registry import load_registry
from ingestion.registry_archive import kept_registry
from ingestion.settings import get_settings
from reports.cells import WHOLE_ROW, Comparison, compare
from reports.change_words import label_of
from reports.errors import NotReproducible
from reports.manifest import code_version
from reports.notice import compose
from reports.publish import forms_of, next_edition
from reports.read import ResultSet, read_result
from reports.rebuild import Inputs, check_archive, rebuild, receipts_known
from reports.vintage import Vintage, vintages_of

# What a killed run leaves in the folder for temporary files is known by it.
TEMPORARY_PREFIX = "yibiao-reproduce-"


@dataclass(frozen=True)
class FileDifference:
    """A file whose hash is not that of the manifest; None is “no such file”."""

    name: str
    published: str
    found: str | None


@dataclass
class Reproduction:
    """What came out.

    Attributes:
        comparison: the frozen result against the rebuilt one.
        file_count: how many files were rendered again.
        files: those of them that came out otherwise than the manifest says.
        damaged: published files that are not what the manifest says any more.
        remarks: what is not the same as then, and need not matter.
    """

    comparison: Comparison
    file_count: int = 0
    files: list[FileDifference] = field(default_factory=list)
    damaged: list[FileDifference] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def is_equal(self) -> bool:
        """Whether every cell and file came out as it was published."""
        return not (self.comparison.differences or self.files or self.damaged)


def reproduce(vintage: Vintage) -> Reproduction:
    """Rebuild a vintage in a temporary folder and compare; NotReproducible says what is missing.

    The data folder is only read.
    """
    manifest = vintage.manifest()
    inputs = _inputs(manifest)
    previous = _previous(vintage, manifest)
    with TemporaryDirectory(prefix=TEMPORARY_PREFIX, ignore_cleanup_errors=True) as folder:
        rebuilt = _read(rebuild(inputs, Path(folder).resolve() / "home"), vintage)
    reproduction = Reproduction(compare(vintage.result(), rebuilt))
    reproduction.damaged = _damaged(vintage, manifest)
    reproduction.remarks = _remarks(manifest, rebuilt, reproduction.comparison)
    forms = forms_of(compose(rebuilt, next_edition(rebuilt, previous)), rebuilt)
    published = {name: digest for name, digest in manifest["files"].items() if "/" not in name}
    found = {name: sha256(content).hexdigest() for name, content in forms.items()}
    reproduction.file_count = len(published)
    reproduction.files = _differences(published, found)
    return reproduction


def _inputs(manifest: dict[str, Any]) -> Inputs:
    as_of = parse_moment(manifest["as_of"])
    # Older manifests don't say how many receipts there were, nor the setting.
    receipts = receipts_known(as_of, manifest.get("receipt_count"))
    known = {entry["receipt_id"] for entry in receipts}
    unknown = [row for row in manifest["inputs"] if row["receipt_id"] not in known]
    if unknown:
        listed = "\n".join(f"{row['sha256']}（{row['file_name']}）" for row in unknown)
        raise NotReproducible(f"收件登记里没有该版采用的报送，无法重建；请先从备份恢复登记：\n{listed}")
    check_archive(receipts)
    requires = manifest.get("requires_reporter_folder", get_settings().require_reporter_folder)
    return Inputs(receipts, _registry(manifest["registry_sha256"]), as_of, requires)


def _registry(wanted: str) -> Path:
    """The registry of then: the present one, or the copy that was kept."""
    settings = get_settings()
    if kept := kept_registry(settings.archive, wanted):
        return kept
    try:
        present = load_registry(settings.registry).sha256
    except YibiaoError:
        present = "（读不出来）"
    if present == wanted:
        return settings.registry
    raise NotReproducible(
        f"登记册已不是当时的：该版依据 {wanted}，现在的 {settings.registry} 是 {present}，"
        f"{settings.archive / 'registry' / wanted} 也没有留存或已损坏；请恢复当时的登记册再试"
    )


def _previous(vintage: Vintage, manifest: dict[str, Any]) -> Vintage | None:
    """The vintage that the revision notice compares with."""
    wanted = manifest["previous_version"]
    if wanted is None:
        return None
    for other in vintages_of(vintage.programme_id, vintage.period, vintage.cadence):
        if other.version == wanted:
            return other
    raise NotReproducible(f"修订说明对照的 v{wanted} 不在了，无法重排 v{vintage.version}；请先从备份恢复")


def _read(warehouse: Path, vintage: Vintage) -> ResultSet:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        return read_result(connection, vintage.programme_id, vintage.cadence, vintage.period)


def _damaged(vintage: Vintage, manifest: dict[str, Any]) -> list[FileDifference]:
    found = {
        name: sha256((vintage.folder / name).read_bytes()).hexdigest()
        for name in manifest["files"]
        if (vintage.folder / name).is_file()
    }
    return _differences(manifest["files"], found)


def _differences(published: dict[str, str], found: dict[str, str]) -> list[FileDifference]:
    return [
        FileDifference(name, digest, found.get(name))
        for name, digest in sorted(published.items())
        if found.get(name) != digest
    ]


def _remarks(manifest: dict[str, Any], rebuilt: ResultSet, comparison: Comparison) -> list[str]:
    remarks = []
    if (now := code_version()) != manifest["code_version"]:
        remarks.append(
            f"代码版本不同：当时 {manifest['code_version']}，现在 {now}；以下用现在的代码重建，差异可能由此而来。"
        )
    if rebuilt.row("build")["fingerprint"] != manifest["build_fingerprint"]:
        remarks.append("输入指纹不同：数据仓库当时还有截至时间之后的报送，或计算代码已变；数字以逐格比对为准。")
    if comparison.unmatched:
        remarks.append(f"只有一方有、未比对的表或列：{'、'.join(comparison.unmatched)}。")
    return remarks


def report_of(reproduction: Reproduction) -> list[str]:
    """What was compared and what differs, line by line, for people."""
    comparison = reproduction.comparison
    lines = list(reproduction.remarks)
    lines.append(
        f"比对了 {comparison.table_count} 张表、{comparison.row_count} 行、{comparison.cell_count} 格，"
        f"重排了 {reproduction.file_count} 个文件。"
    )
    lines += [
        f"不一致：{cell.table} {cell.key or '（唯一一行）'} {_column(cell.column)}："
        f"公布 {cell.published}，重建 {cell.rebuilt}"
        for cell in comparison.differences
    ]
    lines += [
        f"文件不一致：{file.name}：清单 {file.published}，重排 {file.found or '没有'}" for file in reproduction.files
    ]
    lines += [
        f"公布后的文件已变：{file.name}：清单 {file.published}，现为 {file.found or '没有'}"
        for file in reproduction.damaged
    ]
    counts = (len(comparison.differences), len(reproduction.files), len(reproduction.damaged))
    outcome = (
        "全部一致。"
        if reproduction.is_equal
        else "不一致：{} 格或行，{} 个重排的文件，{} 个已变的文件。".format(*counts)
    )
    return [*lines, outcome]


def _column(name: str) -> str:
    return name if name in (WHOLE_ROW, label_of(name)) else f"{label_of(name)}（{name}）"
