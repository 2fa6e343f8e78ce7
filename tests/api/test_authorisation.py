"""Who may do what: every route of the API's own description, each role, and one's own things and others'."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from starlette.routing import Route

from ion.accounts import Permission, Role, permissions_of
from ion.web import create_web
from tests.api.people import Town, town
from tests.api.test_batches import ended as until_it_ends
from tests.web.conftest import settings_in

pytestmark = pytest.mark.asyncio(loop_scope="module")
TALK, OWN = Permission.CONVERSATIONS_OWN, Permission.DATA_OWN
OPEN = "open to everybody"
SIGNED_IN = "signed in"
ONE = "/api/v2/conversations/{conversation_id}"
TURN = f"{ONE}/messages/{{turn_id}}"
SECRET = "the harbour of Ystad at dawn"


@dataclass(frozen=True)
class Asked:
    """What a route takes, and a request to it that holds; `{conversation_id}`, `{turn_id}` and such are filled in."""

    takes: str
    json: Mapping[str, Any] | None = None
    params: Mapping[str, str] | None = None
    names_objects: bool = False
    lines: str | None = None


# In the order in which they leave the conversation usable for the next one. A new route has to be written in here.
ROUTES: Mapping[str, Asked] = {
    "GET /api/v2/health": Asked(OPEN),
    "GET /.well-known/jwks.json": Asked(OPEN),
    "POST /api/v2/auth/token": Asked(OPEN, {"email": "nobody@example.org", "password": "not this one"}),
    "POST /api/v2/auth/refresh": Asked(OPEN, {"refresh_token": "none"}),
    "POST /api/v2/auth/revoke": Asked(OPEN, {"token": "none"}),
    "GET /api/v2/status": Asked(Permission.SYSTEM_OPERATE),
    "GET /api/v2/security-events": Asked(Permission.AUDIT_READ),
    "GET /api/v2/me": Asked(Permission.PROFILE_OWN),
    "GET /api/v2/me/consents": Asked(Permission.PROFILE_OWN),
    "PUT /api/v2/me/consents": Asked(
        Permission.PROFILE_OWN,
        {"consents": [{"purpose": "experiments", "version": 1, "given": True}], "language": "en"},
    ),
    "GET /api/v2/me/export": Asked(OWN),
    "DELETE /api/v2/me": Asked(OWN),
    "DELETE /api/v2/me/erasure": Asked(OWN),
    "GET /api/v2/erasures/{receipt}": Asked(OPEN),
    "GET /api/v2/personas": Asked(SIGNED_IN),
    "GET /api/v2/personas/{name}": Asked(SIGNED_IN),
    "GET /v1/models": Asked(TALK),
    "POST /v1/chat/completions": Asked(TALK, {"model": "ion/auto", "messages": [{"role": "user", "content": "Hi"}]}),
    "POST /api/v2/process": Asked(TALK, {"user_input": "Where do I start?"}),
    "POST /api/v2/analyze": Asked(TALK, {"text": "Where do I start?"}),
    "POST /api/v2/recommend": Asked(TALK, {"scenario": "A code review tomorrow"}),
    "POST /api/v2/chat/multi-persona": Asked(TALK, {"user_input": "Where do I start?"}),
    "POST /api/v2/bulk-process": Asked(TALK, {"requests": [{"user_input": "Where do I start?"}]}),
    "POST /api/v2/batches": Asked(TALK, lines='{"user_input": "Where do I start?"}'),
    "GET /api/v2/batches": Asked(TALK),
    "GET /api/v2/batches/{batch_id}": Asked(TALK, names_objects=True),
    "GET /api/v2/batches/{batch_id}/results": Asked(TALK, names_objects=True),
    "POST /api/v2/batches/{batch_id}/cancel": Asked(TALK, names_objects=True),
    "DELETE /api/v2/batches/{batch_id}": Asked(TALK, names_objects=True),
    "POST /api/v2/conversations": Asked(TALK, {"language": "en"}),
    "GET /api/v2/conversations": Asked(TALK),
    "GET /api/v2/conversations/search": Asked(TALK, params={"q": "harbour"}),
    f"GET {ONE}": Asked(TALK, names_objects=True),
    f"PATCH {ONE}": Asked(TALK, {"title": "A name"}, names_objects=True),
    f"GET {ONE}/export": Asked(TALK, names_objects=True),
    f"GET {ONE}/messages": Asked(TALK, names_objects=True),
    f"POST {ONE}/messages": Asked(TALK, {"content": "And then?"}, names_objects=True),
    f"POST {TURN}/again": Asked(TALK, {"persona": "elro"}, names_objects=True),
    f"POST {TURN}/redo": Asked(TALK, {}, names_objects=True),
    f"POST {TURN}/stop": Asked(TALK, names_objects=True),
    f"POST {TURN}/reading": Asked(TALK, {"tone": "anxious"}, names_objects=True),
    f"GET {TURN}/events": Asked(TALK, names_objects=True),
    "POST /api/v2/feedback": Asked(
        TALK,
        {"conversation_id": "{conversation_id}", "turn_id": "{turn_id}", "thumb": "up"},
        names_objects=True,
    ),
    "GET /api/v2/feedback": Asked(TALK, params={"conversation_id": "{conversation_id}"}, names_objects=True),
    f"DELETE {ONE}": Asked(TALK, names_objects=True),
    f"POST {ONE}/restore": Asked(TALK, names_objects=True),
}
NAMING_OBJECTS = [name for name, asked in ROUTES.items() if asked.names_objects]
ROLES = [role.value for role in Role]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    async with town(settings_in(tmp_path_factory.mktemp("town"))) as made:
        yield made


@dataclass(frozen=True)
class Owned:
    conversation_id: str
    turn_id: str
    batch_id: str


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def owned(place: Town) -> Owned:
    """A conversation of the school's mentee."""
    return await kept_by(place.clients["mentee of the school"])


async def kept_by(client: httpx2.AsyncClient) -> Owned:
    conversation = (await client.post("/api/v2/conversations", json={"language": "en"})).json()["id"]
    sent = await client.post(f"/api/v2/conversations/{conversation}/messages", json={"content": f"Look at {SECRET}."})
    lines = json.dumps({"user_input": f"Look at {SECRET}."})
    batch = await client.post("/api/v2/batches", content=lines, headers={"Content-Type": "application/jsonl"})
    kept = Owned(conversation, sent.json()["id"], batch.json()["id"])
    await until_it_ends(client, kept.batch_id)
    return kept


async def ask(client: httpx2.AsyncClient, route: str, owned: Owned | None = None) -> httpx2.Response:
    method, _, path = route.partition(" ")
    asked, ids = ROUTES[route], {"{conversation_id}": "c", "{turn_id}": "t", "{batch_id}": "b", "{name}": "lua"}
    if owned is not None:
        ids |= {"{conversation_id}": owned.conversation_id, "{turn_id}": owned.turn_id, "{batch_id}": owned.batch_id}
    for name, value in ids.items():
        path = path.replace(name, value)
    filled = None if asked.json is None else {name: ids.get(str(value), value) for name, value in asked.json.items()}
    params = None if asked.params is None else {name: ids.get(value, value) for name, value in asked.params.items()}
    if asked.lines is not None:
        return await client.request(method, path, content=asked.lines, headers={"Content-Type": "application/jsonl"})
    return await client.request(method, path, json=filled, params=params)


def not_let_in(answered: httpx2.Response) -> tuple[int, str] | None:
    """Return how whoever asks was kept out; None where they were not, whatever else was wrong."""
    if answered.status_code not in (401, 403):
        return None
    code = str(answered.json()["error"]["code"])
    return (answered.status_code, code) if code in ("sign_in_required", "not_allowed") else None


def described(document: Mapping[str, Any]) -> dict[str, str]:
    """Return what each route takes, as the API's own description says it."""
    found = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            (names,) = [each["bearer"] for each in operation.get("security", [{"bearer": [OPEN]}])]
            (takes,) = names or [SIGNED_IN]
            found[f"{method.upper()} {path}"] = takes
    return found


class TestEveryRoute:
    async def test_takes_what_is_written_down_here(self, place: Town) -> None:
        document = (await place.clients["nobody"].get("/openapi.json")).json()

        assert described(document) == {route: asked.takes for route, asked in ROUTES.items()}

    @pytest.mark.parametrize("route", ROUTES)
    async def test_lets_those_in_who_may_and_nobody_else(self, place: Town, route: str) -> None:
        asked = ROUTES[route]
        takes = asked.takes
        for role in Role:
            answered = await ask(place.clients[f"{role} of the company"], route)
            let_in = takes == SIGNED_IN or takes in permissions_of(role)
            if takes == OPEN:
                assert not_let_in(answered) is None, answered.text
            elif let_in:
                # The ids that are filled in are those of nothing.
                assert answered.is_success or (answered.status_code == 404 and asked.names_objects), answered.text
            else:
                assert not_let_in(answered) == (403, "not_allowed"), role
        unknown = await ask(place.clients["nobody"], route)
        assert not_let_in(unknown) == (None if takes == OPEN else (401, "sign_in_required"))
        assert takes == OPEN or unknown.headers["WWW-Authenticate"] == "Bearer"

    @pytest.mark.parametrize("route", NAMING_OBJECTS)
    async def test_keeps_what_is_somebodys_from_all_others(self, place: Town, owned: Owned, route: str) -> None:
        before = await all_of(place, owned)
        for name, client in place.clients.items():
            if name == "mentee of the school":
                continue
            refused = await ask(client, route, owned)

            if route == "GET /api/v2/feedback" and refused.status_code == 200:
                assert refused.json() == {"items": []}
            else:
                assert refused.status_code in (401, 403, 404), (name, refused.text)
            assert SECRET not in refused.text
        assert await all_of(place, owned) == before

    async def test_lets_the_owner_do_all_of_it(self, place: Town) -> None:
        mine = place.clients["mentee of the company"]
        kept = await kept_by(mine)

        for route in NAMING_OBJECTS:
            answered = await ask(mine, route, kept)
            assert answered.is_success, (route, answered.text)

    @pytest.mark.parametrize("name", ["manager", "admin", "auditor", "operator"])
    async def test_shows_no_list_and_no_search_of_what_others_said(self, place: Town, owned: Owned, name: str) -> None:
        client = place.clients[f"{name} of the school"]
        listed = await client.get("/api/v2/conversations")
        found = await client.get("/api/v2/conversations/search", params={"q": "harbour"})

        assert owned.conversation_id not in listed.text
        assert SECRET not in found.text


async def all_of(place: Town, owned: Owned) -> tuple[Any, ...]:
    """Return everything that the owner sees of a conversation and a batch."""
    client = place.clients["mentee of the school"]
    kept = await client.get(f"/api/v2/conversations/{owned.conversation_id}")
    said = await client.get("/api/v2/feedback", params={"conversation_id": owned.conversation_id})
    batch = await client.get(f"/api/v2/batches/{owned.batch_id}")
    came = await client.get(f"/api/v2/batches/{owned.batch_id}/results")
    assert {answered.status_code for answered in (kept, said, batch, came)} == {200}
    return kept.json(), said.json(), batch.json(), came.text


OPEN_PAGES = {
    *("/static/{version}/{name}", "/manifest.webmanifest", "/sw.js", "/offline"),
    *("/sign-in", "/sign-in/code", "/sign-in/oidc", "/sign-in/oidc/callback", "/sign-out", "/invitation", "/privacy"),
    *("/errors", "/errors/{code}", "/reference"),
}
# What a page takes that is not about one's own conversations; a new one has to be written in here.
TAKES = {
    "/profile": Permission.PROFILE_OWN,
    "/profile/data": OWN,
    "/keys": Permission.KEYS_OWN,
    "/members": Permission.MEMBERS_READ,
    "/members/keys": Permission.KEYS_MANAGE,
    **{f"/members/{rest}": Permission.MEMBERS_MANAGE for rest in ("invitations", "{member_id}")},
}
IDS = {"prefix": "x", "member_id": "x", "invitation_id": "x"}
PAGES = [route for route in create_web().routes if isinstance(route, Route) and route.path not in OPEN_PAGES]


def name_of(route: Route) -> str:
    return f"{'POST' if 'POST' in (route.methods or ()) else 'GET'} {route.path}"


def taken_by(address: str) -> Permission:
    """Return what a page takes: what is written down for the longest beginning of its address."""
    known = [beginning for beginning in TAKES if f"{address}/".startswith(f"{beginning}/")]
    return TAKES[max(known, key=len)] if known else TALK


class TestEveryPage:
    @pytest.mark.parametrize("name", [name_of(page) for page in PAGES])
    async def test_is_its_owners_alone(self, place: Town, owned: Owned, name: str) -> None:
        method, _, address = name.partition(" ")
        path = address.format(conversation_id=owned.conversation_id, turn_id=owned.turn_id, **IDS)
        before = await all_of(place, owned)
        for who in ("nobody", "neighbour", "auditor of the school", "admin of the school", "mentee of the company"):
            refused = await place.clients[who].request(
                method, path, data={"message": "Hello", "title": "Mine"} if method == "POST" else None
            )

            if who == "nobody" and method == "GET":
                assert refused.status_code == 303
                assert refused.headers["location"].startswith("/sign-in?next=%2F")
            elif who == "nobody":
                assert refused.status_code == 401
            elif taken_by(address) not in permissions_of(place.people[who].role):
                assert refused.status_code == 403
            elif "{" in address:
                assert refused.status_code in (404, 422), refused.text
            else:
                assert refused.status_code not in (401, 403, 404, 500), refused.text
            assert SECRET not in refused.text
        assert await all_of(place, owned) == before
