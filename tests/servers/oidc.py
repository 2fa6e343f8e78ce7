"""A real OpenID Connect provider: the certified `oidc-provider`, run by Node as a process of its own."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import httpx2

from ion.settings import OidcSettings

_FOLDER = Path(__file__).parents[1] / "web" / "js"
_ACTION = re.compile(r'<form[^>]*action="([^"]+)"[^>]*method="post"')
_PROMPT = re.compile(r'name="prompt" value="(\w+)"')
_MOST_STEPS = 12


@dataclass(frozen=True)
class OidcProvider:
    issuer: str

    def registered(self, ion: str, *, is_public: bool = False, **settings: Any) -> OidcSettings:
        """Register ION at this address, and return what it has to be told then."""
        asked = {
            "redirect_uris": [f"{ion}/sign-in/oidc/callback"],
            "token_endpoint_auth_method": "none" if is_public else "client_secret_basic",
        }
        request = Request(
            f"{self.issuer}/reg", json.dumps(asked).encode(), {"Content-Type": "application/json"}, method="POST"
        )
        with urlopen(request, timeout=20) as response:
            made = json.load(response)
        given = {"name": "Blue School ID", "organisation": "blue-school", **settings}
        return OidcSettings(
            issuer=self.issuer, client_id=made["client_id"], client_secret=made.get("client_secret"), **given
        )


@contextmanager
def oidc_provider() -> Iterator[OidcProvider]:
    """Start a provider on a free port, and stop it."""
    node = Path(sys.executable).with_name("node")
    command = [str(node if node.exists() else shutil.which("node")), "provider.mjs"]
    with subprocess.Popen(
        command, cwd=_FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            issuer = process.stdout.readline().strip()
            assert issuer.startswith("http://127.0.0.1:"), process.communicate(timeout=20)[1]
            yield OidcProvider(issuer)
        finally:
            process.terminate()


async def signed_in_there(address: str, who: str, *, until: str) -> str:
    """Go through the provider's own pages as a browser does; return the address below `until` that it leads back to."""
    async with httpx2.AsyncClient(timeout=20) as browser:
        response = await browser.get(address)
        for _ in range(_MOST_STEPS):
            if response.is_redirect:
                following = str(response.url.join(response.headers["location"]))
                if following.startswith(until):
                    return following
                response = await browser.get(following)
            else:
                action, prompt = _ACTION.search(response.text), _PROMPT.search(response.text)
                assert action, response.text
                assert prompt, response.text
                data = {"prompt": prompt[1], "login": who, "password": "any"}
                response = await browser.post(response.url.join(action[1]), data=data)
    raise AssertionError("The provider leads in circles.")
