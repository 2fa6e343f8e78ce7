"""What a setting is read into: lists, origins, networks, folders."""

import json
import os
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict


class Section(BaseModel):
    """Settings that belong together, of which no one is unknown or changed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def from_json(value: object) -> object:
    """Return what a text is as JSON; a value that is no text as it is."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise ValueError('write a JSON list, e.g. ["openai:gpt-5-mini"]') from None


def from_commas(value: object) -> object:
    """Return the parts of a text between commas; a value that is no text as it is."""
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _origin(value: object) -> str:
    """Return an origin as browsers write it: scheme, name and port if it is not the usual one."""
    parts = urlsplit(str(value).rstrip("/"))
    is_bare = parts.scheme in ("http", "https") and parts.hostname and not (parts.path or parts.query or parts.fragment)
    if not is_bare or parts.username is not None or "*" in parts.netloc:
        raise ValueError("write addresses without a path, e.g. https://mentor.example.org")
    return f"{parts.scheme}://{parts.netloc.lower()}"


def is_loopback(host: str) -> bool:
    """Tell whether only this machine reaches an address."""
    name = host.strip("[]").lower()
    try:
        return name == "localhost" or ip_address(name).is_loopback
    except ValueError:
        return False


Origin = Annotated[str, BeforeValidator(_origin)]
Network = Annotated[IPv4Network | IPv6Network, BeforeValidator(lambda value: ip_network(value))]


def data_home() -> Path:
    """Return the folder for what ION keeps of its own accord (XDG Base Directory)."""
    base = os.environ.get("XDG_DATA_HOME")  # noqa: TID251 - the one reader of the environment
    return (Path(base) if base else Path.home() / ".local" / "share") / "ion"
