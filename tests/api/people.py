"""People of two organisations, signed in at one ION, and what one of them keeps there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx2

from ion.accounts import Organisation, Proof, Role, User, Visit
from ion.app import create_app
from ion.llm import Model
from ion.services import Services
from ion.settings import AccountsSettings, Settings

HERE = Visit("203.0.113.7", "A browser")
ADDRESS = "http://127.0.0.1"


@dataclass(frozen=True)
class Town:
    """Two organisations with one person of each role, and a second mentee in the first; `clients` by their names."""

    services: Services
    transport: httpx2.ASGITransport
    people: dict[str, User]
    clients: dict[str, httpx2.AsyncClient]

    def client(self, **headers: str) -> httpx2.AsyncClient:
        """Return a client that nobody is signed in with; use it as a context."""
        return httpx2.AsyncClient(transport=self.transport, base_url=ADDRESS, headers=headers, timeout=30)

    async def key_of(self, name: str, *scopes: str) -> str:
        """Return a new API key of somebody's."""
        return (await self.services.accounts.keys.make(self.people[name], name="A key", scopes=scopes))[1]


@asynccontextmanager
async def town(settings: Settings, *, model: Model | None = None) -> AsyncIterator[Town]:
    """Open an ION that asks who everybody is."""
    asking = settings.model_copy(update={"accounts": AccountsSettings(sign_in=True)})
    app = create_app(asking, model=model)
    async with app.router.lifespan_context(app):
        services: Services = app.state.services
        made = Town(services, httpx2.ASGITransport(app, raise_app_exceptions=False), {}, {})
        for place in ("school", "company"):
            organisation = await services.accounts.members.add_organisation(place.title(), place)
            for role in Role:
                await _come(made, f"{role} of the {place}", organisation, role)
            if place == "school":
                await _come(made, "neighbour", organisation, Role.MENTEE)
        made.clients["nobody"] = made.client()
        try:
            yield made
        finally:
            for client in made.clients.values():
                await client.aclose()


async def _come(town: Town, name: str, organisation: Organisation, role: Role) -> None:
    accounts = town.services.accounts
    email = f"{name.replace(' ', '.')}@example.org"
    user = await accounts.members.add(organisation, email=email, name=name, language="en", role=role)
    signed_in = await accounts.sign_in.as_user(user, Proof.INVITATION, HERE)
    town.people[name] = user
    town.clients[name] = httpx2.AsyncClient(
        transport=town.transport, base_url=ADDRESS, cookies={"ion_session": signed_in.session}, timeout=30
    )
