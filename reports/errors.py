"""What can go wrong between the marts and the published folder.

    YibiaoError
    └── ReportsError
        ├── NoticeNotFound      the programme, cadence or period asked for has no notice in the marts
        ├── PublicationError    a gate refused: the last good vintage stays in place
        │   └── ApprovalOutdated  what was signed is no longer what would be published
        ├── ObjectionError      an objection or answer that can't be recorded
        ├── NotReproducible     what a vintage was made from is not there any more
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


class ApprovalOutdated(PublicationError):
    """The figures moved between the draft that was signed and its publication: the signature does not cover them."""


class ObjectionError(ReportsError):
    """An objection or an answer names what there is not, or says nothing."""


class VintageError(ReportsError):
    """A published vintage cannot be read as its manifest describes it."""


class NotReproducible(ReportsError):
    """A vintage can't be rebuilt: an input, the registry or the vintage before it is missing or damaged."""
