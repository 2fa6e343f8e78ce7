"""What a provider says of itself (OpenID Connect Discovery 1.0), as far as ION goes by it."""

from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, ValidationError

from ion.oidc.errors import BadProvider, unavailable

# None where the verifier's key is the signer's: a public key would then sign.
ASYMMETRIC = frozenset(f"{family}{size}" for family in ("RS", "PS", "ES") for size in (256, 384, 512))


class Metadata(BaseModel):
    """The names are the specification's."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    id_token_signing_alg_values_supported: frozenset[str] = frozenset({"RS256"})
    token_endpoint_auth_methods_supported: frozenset[str] = frozenset({"client_secret_basic"})
    authorization_response_iss_parameter_supported: bool = False

    @property
    def algorithms(self) -> frozenset[str]:
        """The algorithms of ID tokens that are taken."""
        return self.id_token_signing_alg_values_supported & ASYMMETRIC

    def authentication(self, secret: str | None) -> str:
        """Return how a client with this secret says who it is."""
        if secret is None:
            return "none"
        # Basic is what a client is registered for where nothing else is said.
        is_basic = "client_secret_basic" in self.token_endpoint_auth_methods_supported
        return "client_secret_basic" if is_basic else "client_secret_post"


def metadata_of(document: object, *, issuer: str) -> Metadata:
    """Return what a provider says of itself.

    Raises:
        ProviderUnavailable: this is nothing that a provider says.
        BadProvider: another provider says it, or one that can do too little.
    """
    try:
        said = Metadata.model_validate(document)
    except ValidationError:
        raise unavailable() from None
    if said.issuer != issuer:
        raise BadProvider(
            f"The provider at {issuer} calls itself {said.issuer[:200]!r}: write ION_OIDC__ISSUER exactly so.",
            field="ION_OIDC__ISSUER",
        )
    if not said.algorithms:
        raise BadProvider(f"The provider at {issuer} signs with no algorithm that ION takes, e.g. RS256.")
    addresses = (said.authorization_endpoint, said.token_endpoint, said.jwks_uri, said.userinfo_endpoint)
    if not all(_is_safe(address, issuer) for address in addresses if address is not None):
        raise BadProvider(f"The provider at {issuer} names an address that is not https.")
    return said


def _is_safe(address: str, issuer: str) -> bool:
    """Tell whether an address is https, or on the issuer's own host: that one is http on this machine alone."""
    try:
        parts, own = urlsplit(address), urlsplit(issuer)
    except ValueError:
        return False
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme, parts.hostname) == (own.scheme, own.hostname)
    )
