"""What can go wrong between the marts and the published folder.

    YibiaoError
    └── ReportsError
        ├── NoticeNotFound      the programme, cadence or period asked for has no notice in the marts
        ├── PublicationError    a gate refused: the last good vintage stays in place
        └── VintageError        a published folder is not what its manifest says

Messages are Chinese sentences: they end on the screen of whoever started the publication.
"""

from ingestion.errors import YibiaoError


class ReportsError(YibiaoError):
    """Base of everything that reports/ raises on purpose."""


class NoticeNotFound(ReportsError):
    """No such programme, cadence or period."""


class PublicationError(ReportsError):
    """A gate before publication refused; nothing new became visible."""


class VintageError(ReportsError):
    """A published vintage cannot be read as its manifest describes it."""
