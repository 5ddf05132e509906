"""Publishing: selects marts, lays out, freezes a vintage, publishes the analysts' snapshot. No arithmetic on figures.

The entry point is `reports.publish.publish`; it is not lifted up here because it would hide the module of its name.
"""

from reports.errors import NoticeNotFound, PublicationError, ReportsError, VintageError
from reports.vintage import Vintage, latest_manifest, list_vintages, published_months

__all__ = [
    "NoticeNotFound",
    "PublicationError",
    "ReportsError",
    "Vintage",
    "VintageError",
    "latest_manifest",
    "list_vintages",
    "published_months",
]
