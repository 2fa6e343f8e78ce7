"""ION Mentoring: the right mentor answers, in Korean and English, and says why."""

__version__ = "0.1.0"
