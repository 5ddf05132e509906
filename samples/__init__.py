"""The demonstration year: invented submissions of real form, with deliberate defects, labelled 示例数据 throughout."""

from samples.courses import SampleError
from samples.year import SampleDefect, SampleFile, SampleReport, write_demonstration_year, write_late_correction

__all__ = [
    "SampleDefect",
    "SampleError",
    "SampleFile",
    "SampleReport",
    "write_demonstration_year",
    "write_late_correction",
]
