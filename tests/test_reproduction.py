"""A published vintage is built again from archive, journal and the registry of then, after both went on."""

import csv
import json
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from ingestion.settings import ROOT
from reports.read import QUERIES
from tests.reports.test_publishing import contents
from tests.stages import publish, query, run, run_stages, write_submission

NOTICE = Path("published") / "2023" / "air_2023-annual_assessment"
Published = tuple[Path, dict[str, str]]


def submit(home: Path, name: str, reporter: str, value: str) -> None:
    row = {"programme": "空气质量2023", "reporter": reporter, "period": "2023-12", "cumulative_value": value}
    write_submission(home / "inbox" / name, [row | {"indicator": "环境空气质量综合指数"}])


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def reproduce(published: Published, version: str) -> tuple[int, str]:
    home, environment = published
    arguments = ("air_2023", "2023", version)
    done = subprocess.run(
        [sys.executable, "-m", "reports", "reproduce", *arguments],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "YIBIAO_HOME": str(home)} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return done.returncode, done.stdout


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """Two vintages of a year's notice, the second from a correction; then the registry went on."""
    home = tmp_path_factory.mktemp("reproduction") / "home"
    registry = Path(shutil.copytree(ROOT / "tests" / "registries" / "air_quality", home / "seeds"))
    environment = {"YIBIAO_REGISTRY": str(registry)}
    submit(home, "a.csv", "神农架", "2.21")
    submit(home, "b.csv", "恩施", "2.93")
    run_stages(home, **environment)
    publish(home, "annual_assessment", "2023", **environment)
    submit(home, "c.csv", "恩施", "2.11")
    run_stages(home, **environment)
    publish(home, "annual_assessment", "2023", **environment)
    assert sorted(path.name for path in (home / NOTICE).iterdir()) == ["v1", "v2"]
    edit(registry / "reporters.csv", "恩施", "恩施州")
    return home, environment


def test_an_old_vintage_comes_out_again_and_nothing_in_the_data_folder_changes(published: Published) -> None:
    home, _ = published
    before = contents(home)
    code, printed = reproduce(published, "v1")
    assert (code, printed.splitlines()[-1]) == (0, "全部一致。"), printed
    assert "重排了 4 个文件" in printed and f"比对了 {len(QUERIES)} 张表" in printed
    assert contents(home) == before


def test_a_revision_is_rebuilt_too_and_each_changed_cell_is_named(published: Published) -> None:
    """One figure of the frozen result and one file are changed behind the manifest's back."""
    home, _ = published
    folder = home / NOTICE / "v2"
    aside = shutil.copytree(folder, home.parent / "v2")
    path = folder / "result" / "progress.parquet"
    table = pq.ParquetFile(path).read()
    states = [f"{state}?" if number == 0 else state for number, state in enumerate(table["value_state"].to_pylist())]
    place = table.column_names.index("value_state")
    for frozen in (path, folder / "notice.html"):
        frozen.chmod(0o600)
    pq.write_table(table.set_column(place, "value_state", [states]), path)
    (folder / "notice.html").write_bytes(b"another page")
    code, printed = reproduce(published, "v2")
    shutil.rmtree(folder)
    aside.rename(folder)
    assert code == 1
    lines = printed.splitlines()
    (cell,) = [line for line in lines if line.startswith("不一致：progress")]
    row = table.to_pylist()[0]
    assert f"progress {row['reporter_id']} {row['indicator_id']} 报送状态（value_state）" in cell
    assert cell.endswith(f"公布 {states[0]}，重建 {states[0].rstrip('?')}")
    assert [line.split("：")[1] for line in lines if line.startswith("公布后的文件已变")] == [
        "notice.html",
        "result/progress.parquet",
    ]
    # The files that the rebuilt result gives are those that were published.
    assert not [line for line in lines if line.startswith("文件不一致")]
    assert lines[-1] == "不一致：1 格或行，0 个重排的文件，2 个已变的文件。"


def test_what_is_missing_is_named_before_anything_is_built(published: Published) -> None:
    home, _ = published
    manifest = json.loads((home / NOTICE / "v1" / "manifest.json").read_text(encoding="utf-8"))
    digest, registry = manifest["inputs"][0]["sha256"], manifest["registry_sha256"]
    original = home / "archive" / digest[:2] / digest
    kept = home / "archive" / "registry" / registry
    journal = home / "archive" / "journal" / "receipts.jsonl"
    for path, reason in ((original, digest), (kept, registry), (journal, "只有 0 件")):
        aside = path.rename(path.with_name("aside"))
        code, printed = reproduce(published, "v1")
        aside.rename(path)
        assert (code, "无法重建" in printed, reason in printed) == (1, True, True), printed
    content = original.read_bytes()
    original.chmod(0o600)
    original.write_bytes(content + b"\n")
    code, printed = reproduce(published, "v1")
    original.write_bytes(content)
    assert (code, "内容已变" in printed) == (1, True)
    code, printed = reproduce(published, "v9")
    assert (code, "已发布的有 v1、v2" in printed) == (1, True)


def test_the_warehouse_comes_out_again_and_the_one_cell_that_was_changed_is_found(published: Published) -> None:
    """Rebuilt with the registry that it was built with; a difference replaces nothing."""
    home, environment = published
    warehouse = home / "warehouse" / "pipeline.duckdb"
    edit(Path(environment["YIBIAO_REGISTRY"]) / "reporters.csv", "恩施州", "恩施")
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("update marts.receipts set source = '别处' where file_name = 'b.csv'")
    done = subprocess.run(
        [sys.executable, "-m", "operations.rebuild"],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "YIBIAO_HOME": str(home)} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    edit(Path(environment["YIBIAO_REGISTRY"]) / "reporters.csv", "恩施", "恩施州")
    assert done.returncode == 1, done.stdout
    (differing,) = [line for line in done.stdout.splitlines() if "：原库 " in line and not line.startswith(" ")]
    assert differing == "receipts：原库 3 行，重建 3 行；1 行不同（source 1 格）"
    assert "source：原库 别处，重建 收件箱" in done.stdout and "1 张表不一致：没有更换" in done.stdout
    assert "登记册在原库计算之后改动过" not in done.stdout
    assert query(home, "select count(*) from marts.receipts where source = '别处'") == [(1,)]
    rebuilt = home / "warehouse" / "pipeline.rebuilt.duckdb"
    with duckdb.connect(str(rebuilt), read_only=True) as connection:
        assert connection.execute("select is_complete from raw.runs").fetchall() == [(True,)]
    assert not (home / "warehouse" / ".rebuild").exists()


def test_what_was_taken_in_later_with_an_earlier_time_was_not_known_then(published: Published) -> None:
    """The receipt of a mailbox taken over: received before the as-of, in the journal after the publication."""
    home, environment = published
    submit(home, "mailbox/d.csv", "神农架", "1.99")
    path = home / "inbox" / "mailbox" / "d.csv"
    digest = sha256(path.read_bytes()).hexdigest()
    with (home / "inbox" / "receipts.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file_name", "sha256", "received_at", "source"])
        writer.writerow(["mailbox/d.csv", digest, "2024-01-05T09:00:00+08:00", "邮箱"])
    run(sys.executable, "-m", "ingestion", home=home, YIBIAO_TRUST_RECEIPTS="1", **environment)
    code, printed = reproduce(published, "v1")
    assert (code, printed.splitlines()[-1]) == (0, "全部一致。"), printed
