"""What tests of the pages ask for, and what they look at in the answers."""

import uuid
from collections.abc import Sequence
from dataclasses import replace

import httpx2

from ion.mentoring import ConversationId, Turn
from tests.web.conftest import ENGLISH, Site
from tests.web.reading import between
from tests.web.seeds import keep_answered, keep_conversation, keep_turn, turn_like

# What the page's script sends, to be answered at once with the turn.
AT_ONCE = {"Prefer": "respond-async", "Accept-Language": "en"}
STRANGE_NUMBERS = ["x", "", "-1", "+1", "1.5", "1e3", "²", "٣", "１", "1 ", str(10**9), str(10**30), "9" * 400, "\0"]


async def page_of(site: Site, conversation: str, *, language: str = "en", **query: str) -> str:
    response = await site.client.get(f"/c/{conversation}", params=query, headers={"Accept-Language": language})
    assert response.status_code == 200, response.text
    return response.text


def turn_on(page: str, position: int = 1) -> str:
    return between(page, f'<article class="turn" id="turn-{position}"', "</article>")


async def post(site: Site, address: str, *, at_once: bool = False, **fields: str) -> httpx2.Response:
    return await site.client.post(address, data=fields, headers=AT_ONCE if at_once else {"Accept-Language": "en"})


async def follow(site: Site, response: httpx2.Response, *, language: str = "en") -> str:
    """Return the page that a form leads to."""
    assert response.status_code == 303, response.text
    return (await site.client.get(response.headers["location"], headers={"Accept-Language": language})).text


async def only_turn(site: Site, conversation: str) -> Turn:
    (turn,) = await site.services.turns.of(ConversationId(conversation))
    return turn


async def keep_many(site: Site, count: int) -> ConversationId:
    """Keep a conversation of so many turns, each of which says which one it is."""
    conversation = await keep_conversation(site.services)
    turn = await turn_like(site.services, ENGLISH)
    for position in range(1, count + 1):
        await keep_turn(site.services, conversation, replace(turn, reply=f"Reply number {position}."))
    return conversation


async def addresses_of_nothing(site: Site) -> Sequence[str]:
    """Return addresses of turns that are not there: unknown, of another conversation, of an unknown conversation."""
    conversation, turn = await keep_answered(site.services, ENGLISH)
    other = await keep_conversation(site.services)
    return [
        f"/c/{conversation}/turns/{uuid.uuid4()}",
        f"/c/{conversation}/turns/{conversation}",
        f"/c/{conversation}/turns/%F0%9F%99%82",
        f"/c/{other}/turns/{turn.id}",
        f"/c/{uuid.uuid4()}/turns/{turn.id}",
        f"/c/{turn.id}/turns/{turn.id}",
    ]
