"""The catalogue and the package's front door."""

from pathlib import Path

import pytest

import expectations
from expectations import CatalogueError, load_catalogue

HEADER = "id,severity,columns,message,expected,reminder,parameters,waiver\n"


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        pytest.param("id,severity\n", "the header is", id="other_header"),
        pytest.param(HEADER + "X-1,警告,,m,e,,,\n", "row 2: severity “警告”", id="unknown_severity"),
        pytest.param(HEADER + "X-1,退回,amount,m,e,,,\n", "unknown: .'amount'", id="unknown_column"),
        pytest.param(HEADER + "X-1,退回,,m,e,,,\nX-1,提醒,,m,e,,,\n", "row 3: X-1 stands twice", id="id_twice"),
        pytest.param(HEADER + "X-1,退回,,,e,,,\n", "row 2: id, message", id="no_message"),
        pytest.param(HEADER + "X-1,提醒,,m,e,,mads=few,\n", "row 2: parameters “mads=few”", id="parameter_no_number"),
    ],
)
def test_unusable_catalogue_names_the_row(tmp_path: Path, content: str, complaint: str):
    path = tmp_path / "rules.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(CatalogueError, match=complaint):
        load_catalogue(path)


def test_public_names_are_sorted_and_complete():
    names = expectations.__all__
    assert names == sorted(names)
    assert names
    assert all(getattr(expectations, name).__doc__ for name in names)
