"""What can go wrong between ION and a provider. Nothing that a provider said is in any of it."""

from ion.errors import Misconfigured, Unauthenticated, Unavailable


class ProviderUnavailable(Unavailable):
    """The identity provider does not answer, or with what is no answer."""

    code = "oidc_unavailable"


class BadProvider(Misconfigured):
    """The identity provider cannot be used as it is set up, here or there."""

    code = "oidc_misconfigured"


class ProviderDenied(Unauthenticated):
    """Somebody was not signed in at the identity provider, or did not want to be."""

    code = "oidc_denied"


class ProviderRefused(Unauthenticated):
    """What came from the identity provider does not prove who somebody is."""

    code = "oidc_refused"


class FlowUnknown(Unauthenticated):
    """Somebody comes back from the identity provider who did not leave from this browser, or too long ago."""

    code = "oidc_not_begun"


def unavailable() -> ProviderUnavailable:
    """Return the error for a provider that does not answer as one does."""
    return ProviderUnavailable("The identity provider does not answer; try again in a moment.")


def refused() -> ProviderRefused:
    """Return the error for every proof that does not hold; why it does not is nobody's business who shows it."""
    return ProviderRefused("What the identity provider sent does not prove who you are; begin again.")
