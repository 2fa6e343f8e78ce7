"""Moments as the log keeps them: whole microseconds since 1970, which nothing rounds."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def microseconds(moment: datetime) -> int:
    """Return a moment as it is kept."""
    return (moment - EPOCH) // _MICROSECOND


def moment_of(kept: int) -> datetime:
    """Return the moment that was kept."""
    return EPOCH + kept * _MICROSECOND
