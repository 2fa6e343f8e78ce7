"""What is out of the ordinary is noticed at the doors, told once, and shown to whoever may see it."""

import random
from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from ion.accounts import Proof, SignInRefused, Visit
from ion.audit import SECURITY, Wanted, documents_of
from ion.settings import AbuseSettings, Settings
from tests.api.people import Town, town

EVENTS = "/api/v2/security-events"
MINA, AUDITOR = "mentee of the school", "auditor of the school"
FEW = AbuseSettings(networks=3, denials=4, bad_keys=3, walked=6, sprayed=3)


@pytest.fixture
def watched(settings: Settings) -> Settings:
    return settings.model_copy(update={"abuse": FEW})


async def told(place: Town) -> list[tuple[str, int, str | None, str | None]]:
    entries = await place.services.audit.store.newest(Wanted(only=SECURITY), limit=50)
    documents = await documents_of(place.services.audit, entries)
    names = {str(user.id): name for name, user in place.people.items()}
    return [
        (one["action"], one["details"]["count"], names.get(one["target"] or ""), one["network"]) for one in documents
    ][::-1]


def client_from(place: Town, address: str, **headers: str) -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(place.transport.app, client=(address, 1))
    return httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1", headers=headers, timeout=30)


class TestDoors:
    async def test_tell_of_denials_walking_and_keys_once_each(self, watched: Settings) -> None:
        async with town(watched) as place:
            for number in range(12):
                await place.clients[MINA].get(f"/api/v2/conversations/none-{number}")
            key = await place.key_of("neighbour", "conversations.own")
            for third in (1, 1, 2, 3, 4):
                async with client_from(place, f"198.51.{third}.9", Authorization=f"Bearer {key}") as program:
                    assert (await program.get("/api/v2/conversations")).status_code == 200
            async with client_from(place, "192.0.2.9", Authorization="Bearer a.b.c") as guesser:
                for _ in range(8):
                    await guesser.get("/api/v2/conversations")

            assert await told(place) == [
                ("security.denials", 4, MINA, "127.0.0.0/24"),
                ("security.walking", 6, MINA, "127.0.0.0/24"),
                ("security.many_networks", 3, "neighbour", "198.51.3.0/24"),
                ("security.bad_keys", 3, None, "192.0.2.0/24"),
            ]

    async def test_tell_of_many_accounts_tried_from_one_network(self, watched: Settings) -> None:
        async with town(watched) as place:
            sign_in, there = place.services.accounts.sign_in, Visit("192.0.2.9", "A program")
            names = [MINA, "neighbour", "manager of the school"]
            for name in (names[0], *names):
                with pytest.raises(SignInRefused):
                    await sign_in.with_password(place.people[name].email, "not the password", there)

            assert await told(place) == [("security.spraying", 3, None, "192.0.2.0/24")]


class TestNewNetwork:
    async def test_is_told_and_shown_to_whoever_signed_in(self, settings: Settings) -> None:
        async with town(settings) as place:
            user = await place.services.accounts.users.with_email(place.people[MINA].email)
            before = await place.clients[MINA].get("/profile")
            await place.services.accounts.sign_in.as_user(user, Proof.PASSWORD, Visit("203.0.113.99", "Home"))
            assert await told(place) == []
            for address in ("198.51.100.9", "198.51.100.10"):
                await place.services.accounts.sign_in.as_user(user, Proof.PASSWORD, Visit(address, "Elsewhere"))
            after = await place.clients[MINA].get("/profile")

            assert await told(place) == [("security.new_network", 1, MINA, "198.51.100.0/24")]
            said = "You had never signed in from this network before"
            assert said not in before.text
            assert after.text.count(said) == 2

    async def test_of_a_mentee_on_the_move_is_told_seldom(self, settings: Settings) -> None:
        """Four weeks: signing in twice a day from home, school and a telephone, which gets one of 40 networks."""
        chance = random.Random(20)  # noqa: S311 - a simulation
        async with town(settings) as place:
            accounts = place.services.accounts
            user = await accounts.users.with_email(place.people[MINA].email)
            lately = accounts.watch.lately
            moment = [0.0]
            lately.clock = lambda: moment[0]
            for _ in range(28):
                moment[0] += 86_400
                for address in (
                    chance.choice(["203.0.113.7", "203.0.113.8", "192.0.2.5"]),
                    f"198.51.{chance.randrange(40)}.7",
                ):
                    await accounts.sign_in.as_user(user, Proof.PASSWORD, Visit(address, "A browser"))
            for _ in range(100):
                await place.clients[MINA].get("/api/v2/conversations")
            events = await told(place)

            assert {event[0] for event in events} == {"security.new_network"}
            assert 3 <= len(events) <= 8


class TestApi:
    async def test_gives_an_organisation_its_own_page_by_page(self, watched: Settings) -> None:
        async with town(watched) as place:
            for name in (MINA, "neighbour", "mentee of the company"):
                for number in range(4):
                    await place.clients[name].get(f"/api/v2/conversations/none-{number}")
            first = (await place.clients[AUDITOR].get(EVENTS, params={"limit": 1})).json()
            second = (await place.clients[AUDITOR].get(EVENTS, params={"before": first["next"]})).json()
            later = datetime.now(UTC) + timedelta(hours=1)
            none = (await place.clients[AUDITOR].get(EVENTS, params={"since": later.isoformat()})).json()
            admin = (await place.clients["admin of the company"].get(EVENTS)).json()
            refused = await place.clients[MINA].get(EVENTS)

            (one,) = first["items"]
            assert (one["kind"], one["severity"], one["count"]) == ("security.denials", "medium", 4)
            assert one["user"] == place.people["neighbour"].id
            assert [each["user"] for each in second["items"]] == [place.people[MINA].id]
            assert second["next"] is None
            assert none == {"items": [], "next": None}
            assert [each["user"] for each in admin["items"]] == [place.people["mentee of the company"].id]
            assert refused.status_code == 403
