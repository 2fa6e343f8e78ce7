"""Signing in, and going on with tokens that expire on the way."""

import asyncio
import json
from collections.abc import Iterator
from random import Random

import pytest

from ion.client import AsyncIon, Done, Ion, NotAuthenticated, Tokens, TooManyRequests
from ion.client.outcomes import Answer
from ion.client.personas import Personas
from ion.client.signed_in import SignedIn
from ion.client.steps import Manner, Pause, Send, performed
from ion.services import accounts_in, open_kept
from ion.settings import AccountsSettings, Settings
from tests.accounts.opened import GOOD, OTHER
from tests.client.both import ONE_TRY, Asking, Kind
from tests.client.conftest import Open
from tests.servers.misbehaving import MisbehavingServer, Raw, misbehaving_server
from tests.web.conftest import ENGLISH, serve, settings_in

EMAIL = "local@localhost"
OLD = Tokens(access_token="old-access", token_type="Bearer", expires_in=900, refresh_token="old-refresh", scope="s")
NEW = OLD.model_copy(update={"access_token": "new-access", "refresh_token": "new-refresh"})
MENTORS = Raw(200, json.dumps({"total": 0, "personas": [], "timestamp": "2026-01-01T00:00:00Z"}))
RENEWED = Raw(200, NEW.model_dump_json())


def refused(code: str) -> Raw:
    return Raw(401, json.dumps({"error": {"code": code, "message": "No.", "field": None}, "request_id": "r1"}))


EXPIRED = refused("bad_access_token")


def seen(server: MisbehavingServer) -> list[tuple[str, str | None]]:
    return [(request.path.rpartition("/")[2], request.headers.get("authorization")) for request in server.requests]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that asks everybody who they are."""
    asks = AccountsSettings(sign_in=True)
    settings = settings_in(tmp_path_factory.mktemp("served")).model_copy(update={"accounts": asks})
    with serve(settings) as running:
        asyncio.run(give_password(settings))
        yield running


async def give_password(settings: Settings) -> None:
    async with open_kept(settings) as kept:
        accounts = accounts_in(kept, settings.accounts)
        await accounts.members.set_password(await accounts.users.with_email(EMAIL), GOOD)


class TestOnARealServer:
    def test_signs_in_refreshes_and_signs_out(self, asked: Asking, ion: Ion) -> None:
        tokens = asked.do(ion.auth.sign_in(EMAIL, GOOD, scopes=["conversations.own"]))
        renewed = asked.do(ion.auth.refresh(tokens.refresh_token))
        again = asked.do(ion.auth.refresh(tokens.refresh_token))
        asked.do(ion.auth.revoke(renewed.access_token))

        assert (tokens.token_type, tokens.expires_in, tokens.scope) == ("Bearer", 900, "conversations.own")
        assert renewed.refresh_token == again.refresh_token != tokens.refresh_token
        assert tokens.access_token not in repr(tokens)
        assert tokens.refresh_token not in repr(tokens)
        with pytest.raises(NotAuthenticated, match="bad_refresh_token"):
            asked.do(ion.auth.refresh(renewed.refresh_token))

    def test_goes_on_when_the_access_token_has_expired(self, ask: Open, address: str) -> None:
        first = ask(address)
        tokens = first.do(first.ion.auth.sign_in(EMAIL, GOOD))
        expired = tokens.model_copy(update={"access_token": f"{tokens.access_token[:-4]}AAAA"})
        asked = ask(address, tokens=expired, retries=ONE_TRY)

        conversation = asked.do(asked.ion.conversations.create())
        renewed = asked.ion.tokens
        turn = asked.do(asked.ion.messages.send(conversation.id, ENGLISH))
        later = ask(address, tokens=renewed.model_copy(update={"access_token": "x.y.z"}) if renewed else None)
        heard = list(later.all(later.ion.messages.follow(conversation.id, turn.id)))

        assert renewed is not None
        assert later.ion.tokens is not None
        assert len({each.refresh_token for each in (tokens, renewed, later.ion.tokens)}) == 3
        assert isinstance(heard[-1], Done)
        with pytest.raises(NotAuthenticated):
            first.do(first.ion.conversations.list())

    def test_a_wrong_password_is_no_reason_to_try_again(self, asked: Asking, ion: Ion, kind: Kind) -> None:
        for _ in range(5):
            with pytest.raises(NotAuthenticated, match="sign_in_refused"):
                asked.do(ion.auth.sign_in(f"{kind}@example.org", OTHER))
        with pytest.raises(TooManyRequests) as caught:
            asked.do(ion.auth.sign_in(f"{kind}@example.org", OTHER))

        assert asked.waits == []
        assert caught.value.retry_after is not None


class TestTokensThatExpire:
    def test_are_refreshed_and_the_call_is_made_again(self, ask: Open) -> None:
        with misbehaving_server(EXPIRED, RENEWED, MENTORS) as server:
            asked = ask(server.address, tokens=OLD, retries=ONE_TRY)
            mentors = asked.do(asked.ion.personas.list())
            asked.do(asked.ion.personas.list())

        assert mentors == ()
        assert seen(server) == [
            ("personas", "Bearer old-access"),
            ("refresh", None),
            ("personas", "Bearer new-access"),
            ("personas", "Bearer new-access"),
        ]
        assert server.requests[1].body == {"refresh_token": "old-refresh"}
        assert asked.ion.tokens == NEW
        assert asked.waits == []

    def test_are_refreshed_before_a_reply_is_followed(self, ask: Open) -> None:
        with misbehaving_server(EXPIRED, RENEWED, refused("session_ended")) as server:
            asked = ask(server.address, tokens=OLD, retries=ONE_TRY)
            with pytest.raises(NotAuthenticated, match="session_ended"):
                list(asked.all(asked.ion.messages.follow("c", "t")))

        assert seen(server) == [
            ("events", "Bearer old-access"),
            ("refresh", None),
            ("events", "Bearer new-access"),
        ]

    def test_are_refreshed_once_for_a_call(self, ask: Open) -> None:
        with misbehaving_server(EXPIRED, RENEWED, EXPIRED, EXPIRED, RENEWED, EXPIRED) as server:
            asked = ask(server.address, tokens=OLD, retries=ONE_TRY)
            with pytest.raises(NotAuthenticated, match="bad_access_token"):
                asked.do(asked.ion.personas.list())
            with pytest.raises(NotAuthenticated, match="bad_access_token"):
                list(asked.all(asked.ion.messages.follow("c", "t")))

        assert [path for path, _ in seen(server)] == ["personas", "refresh", "personas", "events", "refresh", "events"]

    def test_are_not_refreshed_to_refresh_them(self, ask: Open) -> None:
        with misbehaving_server(EXPIRED) as server:
            asked = ask(server.address, tokens=OLD, retries=ONE_TRY)
            with pytest.raises(NotAuthenticated, match="bad_access_token"):
                asked.do(asked.ion.personas.list())

        assert [path for path, _ in seen(server)] == ["personas", "refresh"]

    def test_that_cannot_be_refreshed_say_so(self, ask: Open) -> None:
        with misbehaving_server(EXPIRED, refused("bad_refresh_token")) as server:
            asked = ask(server.address, tokens=OLD, retries=ONE_TRY)
            with pytest.raises(NotAuthenticated, match="bad_refresh_token"):
                asked.do(asked.ion.personas.list())

        assert asked.ion.tokens == OLD

    @pytest.mark.parametrize("answer", [refused("session_ended"), refused("bad_api_key"), Raw(401, "")])
    def test_are_left_alone_where_something_else_is_wrong(self, ask: Open, answer: Raw) -> None:
        with misbehaving_server(answer) as server:
            asked = ask(server.address, tokens=OLD, retries=ONE_TRY)
            with pytest.raises(NotAuthenticated):
                asked.do(asked.ion.personas.list())

        assert len(server.requests) == 1

    def test_a_key_is_not_refreshed(self, ask: Open) -> None:
        with misbehaving_server(EXPIRED) as server:
            asked = ask(server.address, api_key="ion_live_k", retries=ONE_TRY)
            with pytest.raises(NotAuthenticated):
                asked.do(asked.ion.personas.list())

        assert seen(server) == [("personas", "Bearer ion_live_k")]
        assert asked.ion.tokens is None

    def test_refreshed_by_another_thread_are_not_refreshed_again(self) -> None:
        manner = Manner(ONE_TRY, Random(1), SignedIn(tokens=OLD))  # noqa: S311 - nothing secret is drawn
        one, other = (performed(Personas.list.describe(None), manner) for _ in range(2))
        sent = [path_of(next(one)), path_of(next(other))]

        sent += [path_of(one.send(answer)) for answer in (as_answer(EXPIRED), as_answer(RENEWED))]
        sent += [path_of(other.send(as_answer(EXPIRED)))]

        assert sent == ["/personas", "/personas", "/auth/refresh", "/personas", "/personas"]
        assert manner.signed_in.tokens == NEW


def path_of(step: Send | Pause) -> str:
    assert isinstance(step, Send)
    return step.call.path


def as_answer(raw: Raw) -> Answer:
    return Answer(raw.status, {}, raw.body.encode())


class TestWhatIsGiven:
    @pytest.mark.parametrize("kind", [Ion, AsyncIon])
    def test_is_a_key_or_tokens(self, kind: type[Ion] | type[AsyncIon]) -> None:
        with pytest.raises(ValueError, match="not both"):
            kind(api_key="ion_live_k", tokens=OLD)

    def test_has_to_fit_into_a_header_and_is_not_shown(self) -> None:
        bad = OLD.model_copy(update={"access_token": "two words"})
        with pytest.raises(ValueError, match="tokens has to be visible ASCII") as raised:
            Ion(tokens=bad)

        assert "two words" not in str(raised.value)
        with Ion(tokens=OLD) as ion:
            shown = [repr(ion), repr(ion.line), repr(ion.auth), repr(ion.line.manner)]
        assert [text for text in shown if "old-" in text] == []
