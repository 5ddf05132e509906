"""Everything that can go wrong before a submission is judged.

    YibiaoError
    ├── RegistryError     a registry folder that cannot be used: file, row and column are named
    ├── PeriodError       a text that is no period
    ├── DocumentError     a policy document that is no text
    ├── HomeError         a data folder that cannot be used as it is
    │   ├── DiskFull      nothing more can be written
    │   ├── WarehouseBusy another program keeps the warehouse open
    │   └── ClockError    a clock that cannot be right
    └── UnreadableFile    a dropped file that is no table; its text is what the clerk is told

A file that cannot be read is never an exception that leaves the sweep: it ends as a returned submission.
"""


class YibiaoError(Exception):
    """Base of all errors raised on purpose by this project."""


class RegistryError(YibiaoError):
    """A registry folder is incomplete or inconsistent."""


class PeriodError(YibiaoError):
    """A text does not name a period."""


class DocumentError(YibiaoError):
    """A policy document cannot be read as text."""


class HomeError(YibiaoError):
    """The data folder cannot be used as it is."""


class DiskFull(HomeError):
    """Nothing more can be written where the data folder lies."""


class WarehouseBusy(HomeError):
    """Another program keeps the warehouse open and does not take part in waiting for each other."""


class ClockError(HomeError):
    """The machine's clock contradicts what was received or is asked for."""


class UnreadableFile(YibiaoError):
    """A dropped file cannot be read as a table; `code` is stable, the message is for the clerk (Chinese)."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
