"""Counters for the operator; labels are closed sets, so that no message, name or id can become one."""

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, Counter, generate_latest

_TURNS = Counter("ion_turns", "Replies given.", ["persona", "engine", "degraded", "language"])
_OVER_LIMIT = Counter("ion_over_limit", "Requests over a limit, by what they were counted as.", ["kind"])
_CRISES = Counter("ion_crisis_answers", "Messages answered with help lines.", ["reason", "language"])


def count_turn(*, persona: str, engine: str, degraded: bool, language: str) -> None:
    """Count a reply."""
    _TURNS.labels(persona, engine, str(degraded).lower(), language).inc()


def count_crisis(reason: str, language: str) -> None:
    """Count an answer of the crisis path; who wrote is not kept here."""
    _CRISES.labels(reason, language).inc()


def count_over_limit(kind: str) -> None:
    """Count a request over a limit: refused, or, as `crisis`, answered for the danger it speaks of."""
    _OVER_LIMIT.labels(kind).inc()


def metrics_text() -> tuple[bytes, str]:
    """Return all metrics in Prometheus' text format, and its content type."""
    return generate_latest(REGISTRY), CONTENT_TYPE_LATEST
