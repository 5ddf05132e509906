"""A correction signed by the city: used, named in the notice, and stopping the build once it no longer fits."""

import shutil
from pathlib import Path

import pytest

from ingestion.settings import ROOT
from samples import write_demonstration_year
from tests.stages import WITHOUT_TESTS, publish, query, run_stages

AS_OF = "2021-02-20T00:00+08:00"
KEY = "innovation_2021,jiangan,2021-01,technology_contract_value"
ROW = KEY + ",{column},{expected},{corrected},重复登记,王某,2021-02-15\n"


def value(home: Path) -> object:
    return query(
        home,
        "select cumulative_value from marts.indicator_progress where programme_id = 'innovation_2021' "
        "and reporter_id = 'jiangan' and period = '2021-01' and indicator_id = 'technology_contract_value'",
    )[0][0]


def test_a_signed_correction_counts_until_something_else_was_sent(tmp_path: Path) -> None:
    home, registry = tmp_path / "home", tmp_path / "registry"
    shutil.copytree(ROOT / "dbt_project" / "seeds", registry)
    settings = {"YIBIAO_TRUST_RECEIPTS": "1", "YIBIAO_REGISTRY": str(registry)}
    write_demonstration_year(home / "inbox", ["2021-01"])
    run_stages(home, AS_OF, WITHOUT_TESTS, **settings)
    reported = value(home)
    corrections = registry / "submission_corrections.csv"
    header = corrections.read_text(encoding="utf-8")
    signed = [
        ROW.format(column=column, expected=reported, corrected="1.25") for column in ("month_value", "cumulative_value")
    ]
    corrections.write_text(header + "".join(signed), encoding="utf-8")
    run_stages(home, AS_OF, **settings)
    assert float(value(home)) == 1.25
    publish(home, "monthly_dispatch", "2021-01", **settings)
    page = next((home / "published").rglob("innovation_2021-monthly_dispatch/v1/notice.html")).read_text("utf-8")
    assert f"签批更正：江岸区 2021-01“技术合同成交额”累计数由 {reported:.2f} 更正为 1.25，原因：重复登记；王某" in page
    corrections.write_text(header + signed[0].replace(str(reported), "99"), encoding="utf-8")
    with pytest.raises(AssertionError, match="signed_corrections_still_fit"):
        run_stages(home, AS_OF, **settings)
