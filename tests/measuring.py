"""Which tests coverage is measured in: tracing every line doubles what a test takes, whatever it adds."""

from collections import Counter
from collections.abc import Iterable

import pytest

# The cases of one test after these take the same paths with other data.
_MEASURED_CASES = 8
# What runs on both databases takes the same paths on either; what is one's own is tested for it alone.
_SECOND_DATABASE = "postgresql"
_ADDS_NOTHING = pytest.StashKey[bool]()


def choose_measured(items: Iterable[pytest.Item]) -> None:
    """Leave out later cases of a test, the second database, and browsers: tests without one ask for the same pages."""
    cases: Counter[str] = Counter()
    for item in items:
        test = item.nodeid.partition("[")[0]
        cases[test] += 1
        in_browser = "browser" in getattr(item, "fixturenames", ())
        again = _SECOND_DATABASE in item.nodeid.partition("[")[2]
        item.stash[_ADDS_NOTHING] = in_browser or again or cases[test] > _MEASURED_CASES


def measure_if_chosen(item: pytest.Item) -> None:
    """Pause coverage before a test that was left out, and go on before the next that was not."""
    plugin = item.config.pluginmanager.getplugin("_cov")
    controller = plugin and plugin.cov_controller
    if controller is None or controller.started is not item.stash[_ADDS_NOTHING]:
        return
    if item.stash[_ADDS_NOTHING]:
        controller.pause()
    else:
        controller.resume()
