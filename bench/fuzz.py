"""Hostile requests from the API's own description, asked as everybody in turn: `make fuzz REQUESTS=200000`."""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.servers.ion import IonServer, ion_server

from ion.accounts import Proof, Role, Visit
from ion.services import open_services
from ion.settings import AccountsSettings, DatabaseSettings, Settings

NOBODY = "nobody"
EVERYBODY = (*(role.value for role in Role), NOBODY)
_CHECKS = Path(__file__).with_suffix(".toml")
_ALL_PHASES = "examples,coverage,fuzzing,stateful"
_WITHOUT_CREDENTIALS = ("--exclude-checks", "ignored_auth", "--generation-with-security-parameters", "false")
# For how long an access token holds, and how often those who fuzz get new ones.
_MINUTES = 60
_NEW_TOKENS_AFTER = 40 * 60.0
_EXAMPLES = 10
_MOST_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Found:
    """How many requests were made, and what was wrong with the answers, by the kind of fault."""

    requests: int
    faults: Counter[str] = field(default_factory=Counter)

    def __add__(self, other: "Found") -> "Found":
        return Found(self.requests + other.requests, self.faults + other.faults)


@contextmanager
def fuzzed_server(folder: Path) -> Iterator[IonServer]:
    """Start an ION at which people sign in; no limit keeps the one who asks most of it away."""
    environ = {
        "ION_ACCOUNTS__SIGN_IN": "true",
        "ION_ACCOUNTS__ACCESS_MINUTES": str(_MINUTES),
        "ION_LIMITS__STREAMS": "0",
        "ION_LOG__LEVEL": "error",
    }
    with ion_server(folder, environ) as server:
        yield server


async def sign_in_everybody(folder: Path) -> Mapping[str, str]:
    """Return an access token for a new user of each role, at the server whose database is in `folder`."""
    database = DatabaseSettings(url=f"sqlite:///{folder / 'ion.db'}")
    accounts = AccountsSettings(sign_in=True, access_minutes=_MINUTES)
    place = f"p{time.time_ns()}"
    async with open_services(Settings(database=database, accounts=accounts)) as services:
        organisation = await services.accounts.members.add_organisation(place, place)
        tokens = {}
        for role in Role:
            user = await services.accounts.members.add(
                organisation, email=f"{role}@{place}.example", name=role.value, language="en", role=role
            )
            visit = Visit("203.0.113.7", "A program")
            tokens[role.value] = (await services.accounts.tokens.issue(user, Proof.PASSWORD, visit)).access_token
    return tokens


def fuzz(
    server: IonServer,
    folder: Path,
    *,
    token: str | None,
    examples: int,
    seed: int = 1,
    phases: str = _ALL_PHASES,
    signs_in: bool = True,
) -> tuple[Found, str]:
    """Ask everything that the description allows and much that it forbids; return what was found, and the story.

    Where nobody `signs_in`, ION rightly takes any credentials, so that none are tried.
    """
    report = folder / "fuzz.json"
    report.unlink(missing_ok=True)
    who = () if token is None else ("--header", f"Authorization: Bearer {token}")
    unasked = () if signs_in else _WITHOUT_CREDENTIALS
    run = subprocess.run(  # noqa: S603
        [
            *(str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(_CHECKS)),
            *("run", f"{server.address}/openapi.json", *who, "--checks", "all", "--phases", phases),
            # It knows no JSON Lines; tests/api/test_batches.py sends hostile ones.
            *("--exclude-name", "POST /api/v2/batches"),
            *("--max-examples", str(examples), "--seed", str(seed), "--continue-on-failure", "--no-color"),
            *("--request-timeout", "60", "--suppress-health-check", "all", "--warnings", "off"),
            *unasked,
            *("--report", "json", "--report-json-path", str(report), "--generation-database", "none"),
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=_MOST_SECONDS,
        check=False,
    )
    story = run.stdout[-60_000:] + run.stderr[-2_000:]
    if not report.exists():
        raise AssertionError(f"schemathesis did not run:\n{story}")
    told = json.loads(report.read_text(encoding="utf-8"))
    faults: Counter[str] = Counter()
    for fault in (*told["failures"], *told["errors"]):
        faults[fault["title"]] += fault.get("count", 1)
    return Found(told["test_cases"]["generated"], faults), story


def main() -> int:
    """Print how far it is as it goes, and then a table; return 1 where anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--examples", type=int, default=_EXAMPLES, help="for each route in one round")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    found = {who: Found(0) for who in EVERYBODY}
    with tempfile.TemporaryDirectory() as name, fuzzed_server(Path(name)) as server:
        for who, one in _rounds(server, Path(name), asked.examples, asked.seed):
            found[who] += one
            total = sum(each.requests for each in found.values())
            print(
                f"{time.strftime('%H:%M:%S')} {total:7,} of {asked.requests:,}: {who}, {dict(one.faults)}", flush=True
            )
            if total >= asked.requests:
                break
    print("\n".join(["| asked as | requests | faults |", "|---|---|---|"]))
    for who, each in found.items():
        print(f"| {who} | {each.requests:,} | {each.faults.total()} |")
    return int(any(each.faults for each in found.values()))


def _rounds(server: IonServer, folder: Path, examples: int, seed: int) -> Iterator[tuple[str, Found]]:
    """Ask as everybody in turn, with another seed in each round, for as long as anybody wants to hear of it."""
    tokens, issued = asyncio.run(sign_in_everybody(folder)), time.monotonic()
    while True:
        for who in EVERYBODY:
            if time.monotonic() - issued > _NEW_TOKENS_AFTER:
                tokens, issued = asyncio.run(sign_in_everybody(folder)), time.monotonic()
            found, story = fuzz(server, folder, token=tokens.get(who), examples=examples, seed=seed)
            if found.faults:
                print(story, flush=True)
            yield who, found
        seed += 1


if __name__ == "__main__":
    sys.exit(main())
