"""The identity provider that the settings name."""

from ion.oidc import Registration
from ion.settings import OidcSettings


def registration_in(settings: OidcSettings) -> Registration | None:
    """Return how ION is known to the provider; None where there is none."""
    if settings.issuer is None or settings.client_id is None:
        return None
    secret = None if settings.client_secret is None else settings.client_secret.get_secret_value()
    return Registration(settings.issuer, settings.client_id, secret)
