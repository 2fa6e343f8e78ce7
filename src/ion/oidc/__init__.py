"""Whom an organisation's OpenID Connect provider says somebody is."""

from ion.oidc.errors import BadProvider, FlowUnknown, ProviderDenied, ProviderRefused, ProviderUnavailable
from ion.oidc.flow import FLOW_LIFE, Flow
from ion.oidc.opening import open_provider
from ion.oidc.port import Answer, Identity, IdentityProvider, Registration

__all__ = [
    "FLOW_LIFE",
    "Answer",
    "BadProvider",
    "Flow",
    "FlowUnknown",
    "Identity",
    "IdentityProvider",
    "ProviderDenied",
    "ProviderRefused",
    "ProviderUnavailable",
    "Registration",
    "open_provider",
]
