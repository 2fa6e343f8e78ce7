"""`/reference`: every route of the APIs, from their own description."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from ion.language import LANGUAGES
from ion.web.reference import kind_of, reference_of
from tests.api.people import town
from tests.web.conftest import settings_in
from tests.web.reading import ids_and_fragments

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def nobody(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx2.AsyncClient]:
    async with town(settings_in(tmp_path_factory.mktemp("reference"))) as place:
        yield place.clients["nobody"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def document(nobody: httpx2.AsyncClient) -> Mapping[str, Any]:
    described: Mapping[str, Any] = (await nobody.get("/openapi.json")).json()
    return described


@pytest.mark.parametrize("language", LANGUAGES)
async def test_shows_every_route_schema_and_code_to_everybody(
    nobody: httpx2.AsyncClient, document: Mapping[str, Any], language: str
) -> None:
    shown = await nobody.get("/reference", headers={"Accept-Language": language})
    everything = [each for all_of_tag in reference_of(document).operations.values() for each in all_of_tag]

    assert shown.status_code == 200
    assert f'<html lang="{language}"' in shown.text
    assert len(everything) == sum(map(len, document["paths"].values()))
    assert [each.anchor for each in everything if f'id="{each.anchor}"' not in shown.text] == []
    assert [each.path for each in everything if f"<code>{each.method} {each.path}</code>" not in shown.text] == []
    assert 'href="/errors/empty_message"' in shown.text
    assert 'id="schema-ProcessRequest"' in shown.text


async def test_links_lead_to_places_on_the_page(nobody: httpx2.AsyncClient) -> None:
    ids, fragments = ids_and_fragments((await nobody.get("/reference")).text)

    assert len(ids) == len(set(ids))
    assert fragments - set(ids) == set()


async def test_says_who_may(document: Mapping[str, Any]) -> None:
    takes = {
        each.anchor: each.takes for all_of_tag in reference_of(document).operations.values() for each in all_of_tag
    }

    assert takes["get-api-v2-health"] is None
    assert takes["get-api-v2-personas"] == ""
    assert takes["post-api-v2-process"] == "conversations.own"


async def test_every_body_has_an_example_in_each_language(document: Mapping[str, Any]) -> None:
    without = [
        each.anchor
        for all_of_tag in reference_of(document).operations.values()
        for each in all_of_tag
        if each.body and [example.language for example in each.examples] != ["ko", "en"]
    ]

    assert without == []


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({}, "any"),
        ({"type": "string", "minLength": 1, "maxLength": 80}, "string 1..80"),
        ({"type": "integer", "minimum": 1, "default": 50}, "integer 1.. = 50"),
        ({"type": "string", "format": "date-time"}, "date-time"),
        ({"enum": ["ko", "en"], "type": "string"}, '"ko" | "en"'),
        ({"const": "text"}, '"text"'),
        ({"anyOf": [{"$ref": "#/components/schemas/KeyParts"}, {"type": "null"}]}, "KeyParts | null"),
        ({"type": "array", "items": {"type": "string"}, "maxItems": 10}, "array of string ..10"),
        ({"type": "object", "additionalProperties": {"type": "number"}}, "object of number"),
        ({"type": "object", "additionalProperties": True, "default": None}, "object"),
    ],
)
async def test_a_kind_is_said_in_openapis_words(schema: Mapping[str, Any], kind: str) -> None:
    assert kind_of(schema) == kind
