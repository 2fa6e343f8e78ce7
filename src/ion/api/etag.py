"""What a client has already need not be sent again."""

import hashlib


def etag_of(content: bytes, *, weak: bool = False) -> str:
    """Return the tag of this content; a weak one where what is sent differs in what does not matter."""
    digest = hashlib.sha256(content).hexdigest()[:32]
    return f'W/"{digest}"' if weak else f'"{digest}"'


def is_known(etag: str, if_none_match: str | None) -> bool:
    """Tell whether the client's `If-None-Match` names this tag; weak and strong ones count alike."""
    known = {tag.strip().removeprefix("W/") for tag in (if_none_match or "").split(",")}
    return "*" in known or etag.removeprefix("W/") in known
