"""A plain list of what was published, for where no overview page was written."""

from pathlib import Path
from urllib.parse import quote

from operations.pages import environment


def render_published(folder: Path) -> str:
    """The page: newest period first, with links relative to it. Hidden files are half-written ones and left out."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for path in sorted(folder.glob("*/*/v*/*")):
        parts = path.relative_to(folder).parts
        if path.is_file() and not path.is_symlink() and not any(part.startswith(".") for part in parts):
            groups.setdefault(parts[0], []).append((quote("/".join(parts)), "/".join(parts[1:])))
    return environment().get_template("published.html.j2").render(groups=sorted(groups.items(), reverse=True))
