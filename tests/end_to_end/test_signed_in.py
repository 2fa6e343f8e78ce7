"""Real processes: accounts and a key made at the command line, and a partner's program that talks with that key."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ion.client import Ion, NotAuthenticated, NotFound
from tests.servers.ion import ion_server


def ion(environ: dict[str, str], *words: str) -> dict[str, str]:
    """Run a command as an operator would, and return what it says as JSON."""
    told = subprocess.run(
        [sys.executable, "-m", "ion", *words, "--json"], env={**os.environ, **environ}, capture_output=True, check=True
    )
    said: dict[str, str] = json.loads(told.stdout)
    return said


def test_a_key_opens_its_users_conversations_and_nobody_elses(tmp_path: Path) -> None:
    environ = {
        "ION_DATABASE__URL": f"sqlite:///{tmp_path / 'ion.db'}",
        "ION_ACCOUNTS__SIGN_IN": "true",
        "ION_RESONANCE__MODEL": "fast",
    }
    ion(environ, "org", "add", "Blue School", "--slug", "blue-school")
    keys = {}
    for name in ("mina", "jun"):
        email = f"{name}@example.org"
        ion(environ, "user", "add", email, "--org", "blue-school", "--role", "mentee", "--name", name, "--no-password")
        keys[name] = ion(environ, "key", "add", email, "--name", "A program", "--scope", "conversations.own")["key"]

    with ion_server(tmp_path, environ) as server:
        with Ion(server.address, api_key=keys["mina"]) as mina:
            conversation = mina.conversations.create(language="ko")
            mina.messages.send(conversation.id, "면접이 내일인데 너무 떨려요")
        with Ion(server.address, api_key=keys["jun"]) as jun:
            with pytest.raises(NotFound):
                jun.conversations.read(conversation.id)
            theirs = jun.conversations.list().items
        with Ion(server.address) as stranger, pytest.raises(NotAuthenticated) as unknown:
            stranger.conversations.list()

    assert theirs == ()
    assert unknown.value.code == "sign_in_required"
