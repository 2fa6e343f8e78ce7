"""Read a page as tests need it: elements by class or tag, and their text."""

import html
import re


def text_of(markup: str) -> str:
    """Return what a reader sees of the markup, on one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", markup)).split())


def between(page: str, start: str, end: str) -> str:
    """Return what is between `start` and the next `end`; both have to be there."""
    _, found, rest = page.partition(start)
    assert found, f"{start!r} is not on the page"
    inside, found, _ = rest.partition(end)
    assert found, f"{end!r} is not on the page"
    return inside


def ids_and_fragments(page: str) -> tuple[list[str], set[str]]:
    """Return the ids of a page, and those that its own links lead to."""
    return re.findall(r'\sid="([^"]+)"', page), set(re.findall(r'href="#([^"]+)"', page))
