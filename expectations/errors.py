"""Everything that can stop judging itself. A bad submission is never one of these: it ends as findings.

YibiaoError (ingestion.errors)
├── JudgingError        judging could not be done; nothing was written
│   └── CatalogueError  rules.csv cannot be used, or does not fit the rule classes
└── DeliveryError       what goes back to a sender could not be laid out; the next run tries again
"""

from ingestion.errors import YibiaoError


class JudgingError(YibiaoError):
    """Judging could not be done; no verdict was written."""


class CatalogueError(JudgingError):
    """The rule catalogue cannot be used as it is."""


class DeliveryError(YibiaoError):
    """A return could not be laid out; verdicts stand, and the next run tries again."""
