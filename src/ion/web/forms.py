"""What short forms bring, and what they show when it cannot be taken."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from ion.accounts import SignInRefused, User, WeakPassword
from ion.callers import services_of, visit_of
from ion.errors import Invalid, IonError
from ion.statuses import retry_after, status_of
from ion.web.rendering import page, texts_of

_MAX_FIELDS = 30
_MAX_FIELD_BYTES = 10_000
_MINUTE = 60


class WrongPassword(Invalid):
    """Somebody who is signed in has typed another password than theirs."""

    code = "wrong_password"


class NotConfirmed(Invalid):
    """Somebody without a password has typed something else than their address, which confirms what is not undone."""

    code = "not_confirmed"


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of a form; what was not sent is empty."""

    sent: FormData

    def __getitem__(self, name: str) -> str:
        """Return one field's text."""
        given = self.sent.get(name, "")
        return given if isinstance(given, str) else ""

    def all(self, name: str) -> list[str]:
        """Return all texts of a field that can be there several times."""
        return [given for given in self.sent.getlist(name) if isinstance(given, str)]


async def fields_of(request: Request) -> Fields:
    """Return what was sent with a form.

    No form has a token against forged requests: `OriginGuard` lets a request that changes something pass only from
    ION's own origin, which browsers state themselves, and the cookie of a session is `SameSite=Lax`, so that it does
    not come along from elsewhere in the first place. Nothing is changed by a GET.
    """
    return Fields(await request.form(max_files=0, max_fields=_MAX_FIELDS, max_part_size=_MAX_FIELD_BYTES))


def refused_because(request: Request, error: IonError) -> str:
    """Return in the reader's language why something was not done."""
    texts = texts_of(request)
    if isinstance(error, WeakPassword):
        return texts(f"weak.{error.details['weakness']}")
    minutes = ceil((retry_after(error) or 0) / _MINUTE)
    return texts.nearest(f"refused.{error.code}", "error.other").format(minutes=texts.number(minutes))


def refused_page(request: Request, template: str, values: Mapping[str, object], error: IonError) -> Response:
    """Return a form again, with what was typed and why it was not taken; `wrong` names the field at fault."""
    said = {"refused": refused_because(request, error), "wrong": error.field or ""}
    response = page(request, template, {**values, **said}, status=status_of(error))
    if (seconds := retry_after(error)) is not None:
        response.headers["Retry-After"] = str(seconds)
    return response


async def check_present_password(request: Request, user: User, password: str) -> None:
    """Ask somebody for the password again, before what a stolen session must not be able to do.

    Raises:
        WrongPassword: it is another.
        SignInLocked: there were too many tries.
    """
    try:
        await services_of(request).accounts.sign_in.check_password(user, password, visit_of(request))
    except SignInRefused:
        raise WrongPassword("This is not your present password.", field="present") from None


async def check_confirmed(request: Request, user: User, fields: Fields) -> None:
    """Ask somebody to confirm what is not undone: with their password, or by typing their address without one.

    Raises:
        NotConfirmed, WrongPassword: it is another.
        SignInLocked: there were too many tries.
    """
    if user.has_password:
        await check_present_password(request, user, fields["present"])
    elif fields["email"].strip().lower() != user.email:
        raise NotConfirmed("This is not your e-mail address.", field="email")


def fresh() -> Mapping[str, object]:
    """Return what a form shows that nothing was refused in."""
    return {"refused": "", "wrong": ""}
