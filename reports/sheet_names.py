"""Names of sheets: what Excel accepts, each given once.

A sheet's name may have 31 characters, none of []:*?/\\, and differs from the others by more than its capitals; names of
reporters and indicators come from the registry and know nothing of this.
"""

import re
from collections.abc import Iterable

_LONGEST = 31
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f\x7f]")
_RESERVED = {"history"}  # Excel keeps this one for itself


class SheetNames:
    """Hands out names of one workbook."""

    def __init__(self, kept: Iterable[str] = ()) -> None:
        """`kept` are the names of sheets that are called so in every workbook; nothing else gets them."""
        self._taken = _RESERVED | {name.casefold() for name in kept}

    def give(self, wanted: str) -> str:
        """The name nearest to the wanted one that Excel accepts and no other sheet has."""
        clean = _FORBIDDEN.sub("_", wanted).strip().strip("'").strip() or "_"
        name, number = _cut(clean, _LONGEST), 1
        while name.casefold() in self._taken:
            number += 1
            suffix = f"({number})"
            name = _cut(clean, _LONGEST - len(suffix)) + suffix
        self._taken.add(name.casefold())
        return name


def _cut(name: str, length: int) -> str:
    """The beginning of a name: Excel counts characters outside the basic plane as two."""
    while len(name.encode("utf-16-le")) > 2 * length:
        name = name[:-1]
    return name.strip().strip("'")
