"""`/invitation`: make the account that one was invited to.

An invitation's link holds its secret after the `#`, which browsers send to nobody: it is in no log and no Referer. The
page's script moves it into the form; without the script it is pasted there.
"""

from starlette.requests import Request
from starlette.responses import Response

from ion.accounts import BadName, EmailTaken, InvitationNotFound, Proof, WeakPassword
from ion.audit import Actor, ActorKind
from ion.callers import services_of, visit_of
from ion.rights import ConsentOutdated, NoticeNotAcknowledged, Purpose, check
from ion.web.consents import boxes, check_notice, choices_in
from ion.web.forms import fields_of, fresh, refused_page
from ion.web.pages.sign_in import welcome
from ion.web.preference import preferred_language
from ion.web.rendering import page


async def show(request: Request) -> Response:
    """Show the form for the invitation's secret, a name and a password."""
    return page(request, "invitation.html", {"secret": "", "name": "", **boxes(), **fresh()})


async def accept(request: Request) -> Response:
    """Make the account, and sign in with it."""
    fields, accounts = await fields_of(request), services_of(request).accounts
    secret, name = fields["secret"].strip(), fields["name"]
    choices = [choice for choice in choices_in(fields, Purpose) if choice.is_given]
    try:
        check_notice(fields)
        for choice in choices:
            check(choice)
        user = await accounts.members.accept(
            # Mail programs and people add what is around it in the link.
            secret.rpartition("#")[2],
            name=name,
            language=preferred_language(request),
            password=fields["password"],
        )
    except (BadName, ConsentOutdated, EmailTaken, InvitationNotFound, NoticeNotAcknowledged, WeakPassword) as error:
        chosen = boxes(choice.purpose for choice in choices)
        return refused_page(request, "invitation.html", {"secret": secret, "name": name, **chosen}, error)
    await services_of(request).consents.choose(
        user.id,
        user.organisation,
        choices,
        language=user.language,
        actor=Actor(ActorKind.USER, user.id, Proof.INVITATION),
    )
    signed_in = await accounts.sign_in.as_user(user, Proof.INVITATION, visit_of(request))
    return await welcome(request, signed_in)
