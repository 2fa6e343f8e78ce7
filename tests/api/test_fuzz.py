"""Hostile requests, generated from the API's own description, to running servers: `make fuzz` asks more of them."""

import asyncio
from pathlib import Path

import pytest
from bench.fuzz import EVERYBODY, fuzz, fuzzed_server, sign_in_everybody

from tests.servers.ion import ion_server

# The edges of every parameter by themselves, and what follows from what, `make fuzz` alone looks at: they take minutes.
PHASES = "fuzzing"


@pytest.mark.timeout(330)
def test_an_ion_for_one_person_answers_all_that_its_description_allows_as_it_says(tmp_path: Path) -> None:
    with ion_server(tmp_path) as server:
        found, story = fuzz(server, tmp_path, token=None, examples=1, phases=PHASES, signs_in=False)
        alive = server.process.poll() is None

    assert not found.faults, story
    assert found.requests > 20
    assert alive


@pytest.mark.timeout(330)
def test_where_people_sign_in_everybody_is_answered_as_the_description_says(tmp_path: Path) -> None:
    with fuzzed_server(tmp_path) as server:
        tokens = asyncio.run(sign_in_everybody(tmp_path))
        for who in EVERYBODY:
            found, story = fuzz(server, tmp_path, token=tokens.get(who), examples=1, phases=PHASES)
            assert not found.faults, f"as {who}: {story}"
            assert found.requests > 20
        alive = server.process.poll() is None

    assert alive
