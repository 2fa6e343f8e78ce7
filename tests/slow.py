"""Which tests `make test` leaves to `make slow`: what takes minutes for what it adds, and is run before a release."""

from collections.abc import Iterable

import pytest

# Killed processes, loads, every reply there can be, and pages in a real browser beyond the first walk through them.
_FILES = (
    "tests/cli/test_bench.py",
    "tests/cli/test_corpus.py",
    "tests/cli/test_judging.py",
    "tests/end_to_end/test_batches.py",
    "tests/end_to_end/test_limits.py",
    "tests/end_to_end/test_signed_in.py",
    "tests/evaluation/test_baselines.py",
    "tests/evaluation/test_check_corpus.py",
    "tests/playbooks/test_every_reply.py",
    "tests/web/browser/test_actions.py",
    "tests/web/browser/test_hostile.py",
    "tests/web/browser/test_refusals.py",
    "tests/web/browser/test_resuming.py",
    "tests/web/browser/test_windows.py",
    "tests/web/test_axe.py::TestEveryState",
    "tests/web/test_copies.py",
    "tests/web/test_highlighting.py",
    "tests/web/test_history_browser.py",
    "tests/web/test_offline.py",
    "tests/web/test_walk.py",
    "tests/api/test_fuzz.py::test_where_people_sign_in",
)
# Here both databases are asked through the same stores, whose own tests ask both.
_ON_ONE_DATABASE = (
    "tests/api/",
    "tests/mentoring/test_following",
    "tests/mentoring/test_pipeline",
    "tests/mentoring/test_redo",
)


def mark_slow(items: Iterable[pytest.Item]) -> None:
    """Mark those as slow."""
    for item in items:
        again = item.nodeid.startswith(_ON_ONE_DATABASE) and "postgresql" in item.nodeid.partition("[")[2]
        if again or item.nodeid.startswith(_FILES):
            item.add_marker(pytest.mark.slow)
