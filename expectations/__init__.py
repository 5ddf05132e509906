"""Judging: the rule catalogue, one Great Expectations run a sweep, findings, and what goes back to the sender."""

from expectations.catalogue import Rule, load_catalogue
from expectations.errors import CatalogueError, JudgingError
from expectations.run import JudgementReport, judge

__all__ = ["CatalogueError", "JudgementReport", "JudgingError", "Rule", "judge", "load_catalogue"]
