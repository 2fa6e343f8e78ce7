"""`/invitation`: make the account that one was invited to.

An invitation's link holds its secret after the `#`, which browsers send to nobody: it is in no log and no Referer. The
page's script moves it into the form; without the script it is pasted there.
"""

from starlette.requests import Request
from starlette.responses import Response

from ion.accounts import BadName, EmailTaken, InvitationNotFound, Proof, WeakPassword
from ion.callers import services_of, visit_of
from ion.web.forms import fields_of, fresh, refused_page
from ion.web.pages.sign_in import welcome
from ion.web.preference import preferred_language
from ion.web.rendering import page


async def show(request: Request) -> Response:
    """Show the form for the invitation's secret, a name and a password."""
    return page(request, "invitation.html", {"secret": "", "name": "", **fresh()})


async def accept(request: Request) -> Response:
    """Make the account, and sign in with it."""
    fields, accounts = await fields_of(request), services_of(request).accounts
    secret, name = fields["secret"].strip(), fields["name"]
    try:
        user = await accounts.members.accept(
            # Mail programs and people add what is around it in the link.
            secret.rpartition("#")[2],
            name=name,
            language=preferred_language(request),
            password=fields["password"],
        )
    except (BadName, EmailTaken, InvitationNotFound, WeakPassword) as error:
        return refused_page(request, "invitation.html", {"secret": secret, "name": name}, error)
    signed_in = await accounts.sign_in.as_user(user, Proof.INVITATION, visit_of(request))
    return await welcome(request, signed_in)
