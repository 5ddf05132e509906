"""Another city, other figures, no line of code: registries under tests/ run through the same commands."""

import csv
import hashlib
import json
import random
import shutil
from collections import defaultdict
from pathlib import Path

import pytest

from ingestion.settings import ROOT
from tests.kill_work import BUILD, INTAKE, JUDGING, PUBLICATION
from tests.killing import (
    SNAPSHOT,
    STAGES,
    Home,
    Moment,
    check_received_once,
    check_visible,
    contents,
    differences,
    snapshot_of,
)
from tests.stages import publish, query, run_stages, write_submission

REGISTRIES = ROOT / "tests" / "registries"
REAL = ROOT / "tests" / "real"


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def hashes(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def air(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, dict[str, str]]:
    """The published air quality of 17 cities, built from a registry in a temporary folder."""
    home = tmp_path_factory.mktemp("air")
    registry = Path(shutil.copytree(REGISTRIES / "air_quality", home / "registry"))
    before = hashes(registry)
    by_city = defaultdict(list)
    for row in read_csv(REAL / "hubei-air-2023.csv"):
        by_city[row["district"]].append(
            {
                "programme": "空气质量2023",
                "reporter": row["district"],
                "period": "2023-12",
                "indicator": row["indicator"],
                "cumulative_value": row["value"],
            }
        )
    for city, rows in by_city.items():
        write_submission(home / "inbox" / f"{city}.csv", rows)
    run_stages(home, YIBIAO_REGISTRY=str(registry))
    publish(home, "annual_assessment", "2023", YIBIAO_REGISTRY=str(registry))
    return home, registry, before


def test_printed_ranks_of_a_real_table_come_out(air: tuple[Path, Path, dict[str, str]]) -> None:
    home, _, _ = air
    ranked = query(
        home,
        """
        select reporters.reporter_name, indicators.indicator_name, rankings.rank
        from marts.indicator_rankings as rankings
        inner join marts.reporters using (programme_id, reporter_id)
        inner join marts.indicators using (programme_id, indicator_id)
        where rankings.period = '2023' and rankings.scope = 'overall'
        """,
    )
    printed = {
        (row["district"], row["indicator"], int(row["published_rank"])) for row in read_csv(REAL / "hubei-air-2023.csv")
    }
    assert len(printed) == 28
    # The excerpt of 重污染天数 stops after 荆门, so ranks beyond the printed ones do not exist there either.
    assert set(ranked) == printed


def test_a_registry_in_a_temporary_folder_is_found_unchanged(air: tuple[Path, Path, dict[str, str]]) -> None:
    _, registry, before = air
    assert hashes(registry) == before


def test_a_notice_of_another_city_names_no_district_of_ours(air: tuple[Path, Path, dict[str, str]]) -> None:
    home, _, _ = air
    (page,) = (home / "published").rglob("notice.html")
    text = page.read_text(encoding="utf-8")
    assert "神农架" in text
    registered = read_csv(ROOT / "dbt_project" / "seeds" / "reporters.csv")
    ours = [row["reporter_name"] for row in registered if row["reporter_kind"] == "district"]
    assert len(ours) >= 16
    assert [name for name in ours if name in text] == []


# About how long each stage takes; where a machine is quicker or slower, another place is hit, and all must hold there.
SECONDS = {INTAKE: 1.0, JUDGING: 2.5, BUILD: 9.0, SNAPSHOT: 0.3, PUBLICATION: 1.0}
SEED = 20211231


def test_a_run_killed_five_times_leaves_what_the_undisturbed_one_left(
    air: tuple[Path, Path, dict[str, str]], tmp_path: Path
) -> None:
    """With all its children, and started again each time; `make bench-kill` does it a hundred times."""
    folder, registry, _ = air
    undisturbed = Home(folder, registry=registry)
    (manifest,) = (folder / "published").rglob("manifest.json")
    as_of = json.loads(manifest.read_text(encoding="utf-8"))["as_of"]
    snapshots = dict([snapshot_of(undisturbed)])
    home = Home(tmp_path / "killed", registry=registry)
    home.drop_as_received(undisturbed)
    shares = random.Random(SEED)
    hits = []
    for stage in STAGES:
        moment = Moment(stage, shares.random())
        hits.append(home.run_until(moment, as_of, SECONDS, ("2023",)))
        print(f"seed {SEED}: {moment}, hit: {hits[-1]}")
        check_visible(home, snapshots)
    home.run(as_of, ("2023",))
    check_visible(home, snapshots)
    check_received_once(home)
    assert any(hits), "nothing was ever killed"
    assert differences(contents(home), contents(undisturbed)) == []


@pytest.fixture(scope="module")
def new_homes(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict[str, str]]]:
    """56 published months of new-home sales: a file a month for the districts, one for the city's own total."""
    home = tmp_path_factory.mktemp("new_homes")
    published = read_csv(shared / "real" / "wuhan-newhome-monthly-2018-2022.csv")
    cumulative = {
        (row["period"].split("..")[1], row["indicator"].removesuffix("(累计)")): row["value"]
        for row in read_csv(shared / "real" / "wuhan-newhome-city-cumulative-2019-2022.csv")
        if row["unit"] == "套"  # areas are published monthly in 平方米 and cumulatively in 万平方米
    }
    files = defaultdict(list)
    for row in published:
        is_total = row["district"] == "合计"
        files[f"{'city' if is_total else 'districts'}-{row['period']}.csv"].append(
            {
                "programme": "新建商品房成交",
                "reporter": row["district"],
                "period": row["period"],
                "indicator": ("全市" if is_total else "") + row["indicator"],
                "month_value": row["value"],
                "cumulative_value": cumulative.get((row["period"], row["indicator"]), "") if is_total else "",
            }
        )
    for name, rows in files.items():
        write_submission(home / "inbox" / name, rows)
    run_stages(home, YIBIAO_REGISTRY=str(REGISTRIES / "new_homes"))
    return home, published


def test_56_real_months_are_taken_in_and_ranked_by_growth(new_homes: tuple[Path, list[dict[str, str]]]) -> None:
    home, published = new_homes
    months = {row["period"] for row in published}
    assert len(months) == 56
    taken = query(
        home,
        "select count(*), count(distinct period) from marts.indicator_progress "
        "where cadence = 'monthly_dispatch' and indicator_id = 'sold_count' and reporter_id != 'total' "
        "and value_state in ('reported', 'zero')",
    )
    assert taken == [(56 * 15, 56)]
    ranked = query(
        home,
        "select distinct period from marts.indicator_rankings "
        "where cadence = 'monthly_dispatch' and basis = 'growth' and scope = 'overall' order by period",
    )
    # Growth needs a whole January-to-month sum in both years: the months never published (2019-12 to 2020-03) leave
    # 2020 and the comparison of 2021 with it unknown, not smaller.
    known = [f"2019-{month:02d}" for month in range(1, 12)] + [f"2022-{month:02d}" for month in range(1, 13)]
    assert [row[0] for row in ranked] == known


def test_growth_of_real_months_is_recomputed_from_the_published_figures(
    new_homes: tuple[Path, list[dict[str, str]]],
) -> None:
    home, published = new_homes
    sums: dict[tuple[str, str, int], int] = defaultdict(int)
    for row in published:
        if row["indicator"].endswith("套数"):
            sums[row["district"], row["period"][:4], int(row["period"][5:])] = int(row["value"])

    def total(district: str, year: str, month: int) -> int:
        return sum(sums[district, year, number] for number in range(1, month + 1))

    growth = query(
        home,
        """
        select reporter_name, period, yoy_ratio from marts.indicator_progress
        inner join marts.reporters using (programme_id, reporter_id)
        where indicator_id = 'sold_count' and cadence = 'monthly_dispatch' and reporter_kind = 'district'
            and yoy_ratio is not null
        """,
    )
    assert len(growth) == 23 * 15
    for name, period, ratio in growth:
        year, month = period[:4], int(period[5:])
        before = total(name, str(int(year) - 1), month)
        assert float(ratio) == pytest.approx(total(name, year, month) / before - 1, abs=1e-11)


def test_real_revisions_are_found_by_the_cumulative_check(new_homes: tuple[Path, list[dict[str, str]]]) -> None:
    home, _ = new_homes
    found = query(
        home,
        "select file_name[6:12], count(*) from marts.findings where file_name like 'city-%' and severity = '退回' "
        "group by all order by all",
    )
    # The city's own totals equal the sums of months in 2019 and 2022, and were revised in 2020 and 2021.
    assert {month[:4] for month, _ in found} == {"2020", "2021"}
    assert len(found) == 6
    returned = "select count(*) from marts.receipts where verdict = 'returned' and file_name like 'districts-%'"
    assert query(home, returned) == [(0,)]
