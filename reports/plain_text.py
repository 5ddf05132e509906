"""Free text of people where it leaves for a terminal or a markdown text: words, and nothing that acts."""

import re
import unicodedata

# Control characters, format characters such as those that turn the direction of writing, and broken halves. Not those
# for private use: rare characters of names stand there.
_ACTING = {"Cc", "Cf", "Cs", "Zl", "Zp", "Zs"}


def one_line(text: str) -> str:
    """The text on one line, without control and direction characters that would act on a terminal or reorder it."""
    kept = (" " if unicodedata.category(character) in _ACTING else character for character in text)
    return " ".join("".join(kept).split())


def markdown_literal(text: str) -> str:
    """The text as a markdown code span: there it is no link, no markup and no html, whatever it holds."""
    line = one_line(text)
    longest = max((len(run) for run in re.findall(r"`+", line)), default=0)
    fence = "`" * (longest + 1)
    padding = " " if "`" in line else ""
    return f"{fence}{padding}{line}{padding}{fence}" if line else ""
