"""What a conversation is called until the mentee gives it a name."""

_MOST_CHARS = 48


def title_of(message: str) -> str:
    """Return a title for a conversation that begins with `message`."""
    line = " ".join(message.split())
    return line if len(line) <= _MOST_CHARS else line[: _MOST_CHARS - 1].rstrip() + "…"
