"""People who sign in at the pages, as browsers without a script do."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx2
import pyotp

from ion.accounts import Organisation, Role, User
from ion.app import create_app
from ion.services import Services
from ion.settings import AccountsSettings, ServerSettings, Settings

PASSWORD = "seven quiet herons wade"
EMAIL = "mina@example.org"


@dataclass(frozen=True)
class School:
    """An ION that asks who everybody is, with one organisation in it."""

    services: Services
    organisation: Organisation
    transport: httpx2.ASGITransport
    address: str

    def browser(self, language: str = "en", **headers: str) -> httpx2.AsyncClient:
        """Return a browser that nobody has signed in with; use it as a context."""
        return httpx2.AsyncClient(
            transport=self.transport,
            base_url=self.address,
            headers={"Accept-Language": language, "Origin": self.address, **headers},
            timeout=30,
        )

    async def add(self, email: str = EMAIL, *, role: Role = Role.MENTEE, name: str = "Mina Park") -> User:
        return await self.services.accounts.members.add(
            self.organisation, email=email, name=name, language="en", role=role, password=PASSWORD
        )

    async def with_second_factor(self, user: User) -> tuple[str, tuple[str, ...]]:
        """Turn somebody's second factor on; returns the app's secret and the recovery codes."""
        factors = self.services.accounts.second_factors
        secret = (await factors.begin(user)).secret
        return secret, await factors.confirm(user, code_of(secret, steps_ago=1))


@asynccontextmanager
async def school(settings: Settings, *, public_url: str | None = None) -> AsyncIterator[School]:
    asking = settings.model_copy(
        update={"accounts": AccountsSettings(sign_in=True), "server": ServerSettings(public_url=public_url)}
    )
    app = create_app(asking)
    async with app.router.lifespan_context(app):
        services: Services = app.state.services
        organisation = await services.accounts.members.add_organisation("Blue School", "blue-school")
        transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
        yield School(services, organisation, transport, public_url or "http://127.0.0.1")


def code_of(secret: str, *, steps_ago: int = 0) -> str:
    """Return what the app shows now, or showed so many half minutes ago."""
    return pyotp.TOTP(secret).at(datetime.now(UTC) - steps_ago * timedelta(seconds=30))


async def sign_in(browser: httpx2.AsyncClient, email: str = EMAIL, **fields: str) -> httpx2.Response:
    return await browser.post("/sign-in", data={"email": email, "password": PASSWORD, **fields})


def cookies_set(response: httpx2.Response) -> dict[str, str]:
    """Return the cookies that a response sets, by name, with all that is said of them."""
    return {line.partition("=")[0]: line.partition("=")[2] for line in response.headers.get_list("set-cookie")}
