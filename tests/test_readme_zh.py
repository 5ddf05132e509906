"""README.zh-CN.md says what README.md says: sections, tables, commands, names and figures."""

import re
from itertools import zip_longest

import pytest

from ingestion.settings import ROOT

ENGLISH = (ROOT / "README.md").read_text(encoding="utf-8")
CHINESE = (ROOT / "README.zh-CN.md").read_text(encoding="utf-8")
# Numbers that the two languages group differently, and numerals that are words in one of them.
SAME = (("34 million", "3400 万"),)


def sections(text: str) -> list[str]:
    return re.split(r"(?m)^## ", text)


def commands(text: str) -> list[list[str]]:
    """The bash blocks without their remarks."""
    blocks = re.findall(r"```bash\n(.*?)```", text, re.DOTALL)
    return [[line.split("#")[0].strip() for line in block.splitlines()] for block in blocks]


def arrows(text: str) -> list[list[str]]:
    """Who leads to whom in the pictures; words are of the language."""
    blocks = re.findall(r"```mermaid\n(.*?)```", text, re.DOTALL)
    return [re.findall(r"\w+(?=[\[(]|\s*--|\s*-\.)|(?<=> )\w+|(?<=& )\w+", block) for block in blocks]


def tables(text: str) -> list[list[list[str]]]:
    """Rows of cells of each run of lines that begin with a bar."""
    blocks = re.findall(r"(?m)(?:^\|.*\n)+", text)
    return [[[cell.strip() for cell in line.strip("|").split("|")] for line in block.splitlines()] for block in blocks]


def numbers(text: str) -> list[str]:
    for english, chinese in SAME:
        text = text.replace(english, chinese)
    prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    return sorted(re.findall(r"\d[\d,.:-]*\d|\d", prose))


def code(text: str) -> list[str]:
    """What stands in backticks, but for placeholders in the reader's language."""
    prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    return sorted(re.sub(r"<[^>]*>", "<>", found) for found in re.findall(r"`([^`]+)`", prose))


@pytest.mark.parametrize("of", [commands, arrows], ids=["commands", "pictures"])
def test_blocks_are_the_same(of) -> None:
    assert of(ENGLISH)
    assert of(CHINESE) == of(ENGLISH)


def test_sections_are_as_many() -> None:
    assert len(sections(CHINESE)) == len(sections(ENGLISH)) > 5


def test_tables_have_the_same_shape() -> None:
    shapes = [[len(row) for row in table] for table in tables(ENGLISH)]
    assert len(shapes) > 5
    assert [[len(row) for row in table] for table in tables(CHINESE)] == shapes


def test_each_section_has_the_same_numbers_commands_names_and_links() -> None:
    links = re.compile(r"\]\(([^)]+)\)")
    for english, chinese in zip_longest(sections(ENGLISH), sections(CHINESE), fillvalue=""):
        title = english.splitlines()[0]
        assert numbers(chinese) == numbers(english), title
        assert code(chinese) == code(english), title
        assert sorted(links.findall(chinese)) == sorted(links.findall(english)), title
        assert chinese.count("\n- ") == english.count("\n- "), title


def test_each_row_of_figures_has_the_same_figures_in_the_same_place() -> None:
    wanted = [[numbers(cell) for cell in row] for table in tables(ENGLISH) for row in table]
    assert any(any(row) for row in wanted)
    assert [[numbers(cell) for cell in row] for table in tables(CHINESE) for row in table] == wanted
