"""The page on entering a document and a city: its commands, followed in order, end with a notice of the new city."""

import os
import re
import subprocess
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from ingestion.settings import ROOT

PAGE = (ROOT / "docs" / "registry.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```bash\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The page's folder, and what its commands printed."""
    temporary = tmp_path_factory.mktemp("page")
    result = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "".join(BLOCKS)],
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert result.returncode == 0, result.stdout[-4000:]
    (texts,) = temporary.glob("*/texts")
    return texts.parent, result.stdout


def test_every_number_of_the_text_is_classified(followed: tuple[Path, str]) -> None:
    assert "目标草稿 4 行" in followed[1]
    assert "不一致 0 处" in followed[1]


def test_the_new_city_has_the_notice_that_the_page_promises(followed: tuple[Path, str]) -> None:
    (notice,) = (followed[0] / "data" / "published" / "2024-01").glob("*/v1")
    city = f"read_parquet('{notice}/result/city_progress.parquet')"
    rankings = f"read_parquet('{notice}/result/rankings.parquet')"
    assert duckdb.sql(f"select target_id, actual_value, is_met from {city} order by target_id").fetchall() == [
        ("education_2024-inclusive_share", 86, True),
        ("education_2024-open_days", None, False),
        ("education_2024-schools_built", 1, False),
        ("education_2024-schools_built-stretch", 1, False),
    ]
    ranked = duckdb.sql(f"select reporter_id, rank, ranked_value from {rankings} where scope = 'overall' order by rank")
    assert ranked.fetchall() == [("east", 1, 1), ("west", 2, 0.5)]


def test_the_marks_are_those_that_the_page_calculates(followed: tuple[Path, str]) -> None:
    with duckdb.connect(str(followed[0] / "data" / "warehouse" / "analyst.duckdb"), read_only=True) as connection:
        parts = connection.sql("""
            select reporter_id, part_id, points from marts.score_parts where period = '2024-01' order by all
        """).fetchall()
        scores = connection.sql("""
            select reporter_id, rank, score from marts.composite_rankings
            where period = '2024-01' and scope = 'overall' order by rank
        """).fetchall()
    assert parts == [
        ("east", "late", Decimal("-0.5")),
        ("east", "open_days", 60),
        ("east", "schools_built", 40),
        ("west", "late", Decimal("-0.5")),
        ("west", "open_days", 30),
        ("west", "schools_built", 38),
    ]
    assert scores == [("east", 1, Decimal("99.5")), ("west", 2, Decimal("67.5"))]
    assert "99.5" in PAGE and "67.5" in PAGE
    assert re.search(r"west +│ schools_built │ +40\.000000 │ +38\.000000", followed[1])
