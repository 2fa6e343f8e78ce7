"""Logs and metrics: how to say what happens, never with anyone's words in it."""

from ion.monitoring.logs import MaskingFormatter, configure_logs, log
from ion.monitoring.metrics import count_crisis, count_over_limit, count_turn, metrics_text
from ion.monitoring.recent import WINDOW, Recent, Tally

__all__ = [
    "WINDOW",
    "MaskingFormatter",
    "Recent",
    "Tally",
    "configure_logs",
    "count_crisis",
    "count_over_limit",
    "count_turn",
    "log",
    "metrics_text",
]
