"""Every way in which a token can be wrong is tried with one that was really made so."""

import contextlib
import string
import uuid
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc.jwk import OKPKey

from ion.accounts import BadAccessToken, Permission, Proof, Role
from ion.accounts.access_token import kid_of, read
from tests.accounts.forging import Workshop, encoded, forged, hs256, workshop
from tests.accounts.opened import Opened

STRANGER = Ed25519PrivateKey.generate()
MANY = "urn:ion:api"

FORGED: dict[str, Callable[[Workshop], str]] = {
    # Algorithms.
    "none": lambda w: forged({**w.header, "alg": "none"}, w.claims, lambda _: b""),
    "none, in other letters": lambda w: forged({**w.header, "alg": "nOnE"}, w.claims, lambda _: b""),
    "none, with a signature": lambda w: forged({**w.header, "alg": "none"}, w.claims, w.private.sign),
    "HS256 with the public key's bytes": lambda w: forged({**w.header, "alg": "HS256"}, w.claims, hs256(w.raw)),
    "HS256 with the public key as PEM": lambda w: forged({**w.header, "alg": "HS256"}, w.claims, hs256(w.pem)),
    "HS256 with the public key's base64": lambda w: forged(
        {**w.header, "alg": "HS256"}, w.claims, hs256(w.jwk["x"].encode())
    ),
    "HS512, as long as a signature": lambda w: forged(
        {**w.header, "alg": "HS512"}, w.claims, lambda text: hs256(w.raw)(text) * 2
    ),
    "the right signature under another name": lambda w: w.with_header(alg="Ed25519"),
    "no algorithm": lambda w: w.with_header(alg=None),
    "an algorithm that is no text": lambda w: w.with_header(alg=["EdDSA"]),
    # Signatures.
    "unsigned": lambda w: w.token.rpartition(".")[0] + ".",
    "the claims changed": lambda w: ".".join(
        [w.token.split(".")[0], w.with_claims(sub="local").split(".")[1], w.token.split(".")[2]]
    ),
    "another's signature": lambda w: forged(w.header, w.claims, STRANGER.sign),
    "a signature of another curve": lambda w: forged(w.header, w.claims, Ed448PrivateKey.generate().sign),
    "64 zeros": lambda w: forged(w.header, w.claims, lambda _: bytes(64)),
    # Keys.
    "an unknown kid": lambda w: w.with_header(kid="0" * 43),
    "no kid": lambda w: w.with_header(kid=None),
    "a kid that is a number": lambda w: w.with_header(kid=1),
    "a kid that is a list": lambda w: w.with_header(kid=[w.header["kid"]]),
    "a kid that is a path": lambda w: forged({**w.header, "kid": "../../../../dev/null"}, w.claims, hs256(b"")),
    "a kid that is SQL": lambda w: w.with_header(kid="' OR '1'='1"),
    "the forger's own key in the header": lambda w: forged(
        {**w.header, "jwk": {"kty": "OKP", "crv": "Ed25519", "x": encoded(STRANGER.public_key().public_bytes_raw())}},
        w.claims,
        STRANGER.sign,
    ),
    "the right key in the header": lambda w: w.with_header(jwk=w.jwk),
    "an address of keys": lambda w: w.with_header(jku="https://example.org/jwks.json"),
    "a certificate": lambda w: w.with_header(x5c=["MIIB"]),
    # Types.
    "typ JWT": lambda w: w.with_header(typ="JWT"),
    "typ logout+jwt": lambda w: w.with_header(typ="logout+jwt"),
    "no typ": lambda w: w.with_header(typ=None),
    "crit": lambda w: w.with_header(crit=["exp"]),
    "b64": lambda w: w.with_header(b64=False, crit=["b64"]),
    # Claims, rightly signed.
    "another issuer": lambda w: w.with_claims(iss="https://other.example.org"),
    "no issuer": lambda w: w.with_claims(iss=None),
    "another audience": lambda w: w.with_claims(aud="urn:ion:page"),
    "several audiences": lambda w: w.with_claims(aud=[MANY, "urn:other"]),
    "no audience": lambda w: w.with_claims(aud=None),
    "expired": lambda w: w.with_claims(exp=w.claims["iat"]),
    "expired before it began": lambda w: w.with_claims(exp=w.after(hours=-1)),
    "no end": lambda w: w.with_claims(exp=None),
    "an end that is text": lambda w: w.with_claims(exp="9999999999"),
    "an end that is true": lambda w: w.with_claims(exp=True),
    "an end beyond all time": lambda w: w.with_claims(exp=10**15),
    "not yet valid": lambda w: w.with_claims(nbf=w.after(minutes=5)),
    "issued in the future": lambda w: w.with_claims(iat=w.after(minutes=5)),
    "another user": lambda w: w.with_claims(sub="local"),
    "another organisation": lambda w: w.with_claims(org="local"),
    "another family": lambda w: w.with_claims(sid=str(uuid.uuid4())),
    "a proof there is not": lambda w: w.with_claims(proof="crystal ball"),
    "no scope": lambda w: w.with_claims(scope=None),
    "claims that are a list": lambda w: forged(w.header, b"[]", w.private.sign),
    "claims that are no JSON": lambda w: forged(w.header, b"{", w.private.sign),
    # What is no token.
    "nothing": lambda w: "",
    "two parts": lambda w: w.token.rpartition(".")[0],
    "four parts": lambda w: f"{w.token}.x",
    "five parts, as encrypted ones have": lambda w: "a.b.c.d.e",
    "detached": lambda w: "..".join([w.token.split(".")[0], w.token.split(".")[2]]),
    "spaces around it": lambda w: f" {w.token} ",
    "a new line after it": lambda w: f"{w.token}\n",
    "half of a surrogate pair": lambda w: f"{w.token[:-1]}\ud800",
    "a million characters": lambda w: f"{w.token}{'A' * 1_000_000}",
    "a header that is a list": lambda w: f"{encoded(b'[]')}.{w.token.split('.', 1)[1]}",
    "a header that is no JSON": lambda w: f"{encoded(b'{')}.{w.token.split('.', 1)[1]}",
    "its refresh token": lambda w: w.refresh,
}


class TestEveryForgery:
    async def test_is_refused_in_one_way(self, here: Opened) -> None:
        made, told = await workshop(here), {}
        for kind, forge in FORGED.items():
            try:
                told[kind] = repr(await here.accounts.caller_of_token(forge(made)))
            except BadAccessToken as error:
                told[kind] = f"{error} {error.field} {error.details}"

        refusal = "This access token is not valid; it may have expired, or have been revoked. None {}"
        assert {kind: text for kind, text in told.items() if text != refusal} == {}

    async def test_of_the_algorithm_is_refused_even_where_nobody_looked_at_the_header(self, here: Opened) -> None:
        made, accepted = await workshop(here), []
        key = OKPKey.import_key({**made.jwk})
        for kind in ("none", "none, with a signature", *(kind for kind in FORGED if "HS" in kind), "no algorithm"):
            with contextlib.suppress(BadAccessToken):
                accepted.append((kind, read(FORGED[kind](made), key, issuer="urn:ion", now=here.clock())))

        assert accepted == []
        assert read(made.token, key, issuer="urn:ion", now=here.clock()).user == made.user.id

    async def test_is_made_by_means_that_make_good_ones_too(self, here: Opened) -> None:
        made = await workshop(here)

        for token in (
            made.token,
            made.with_claims(),
            made.with_header(),
            made.with_claims(exp=made.after(hours=9)),
            made.with_claims(nbf=made.after(seconds=29)),
            made.with_claims(whatever="else"),
        ):
            assert (await here.accounts.caller_of_token(token)).user == made.user.id

    @given(parts=st.lists(st.text(string.ascii_letters + "-_", min_size=1, max_size=80), min_size=2, max_size=3))
    @settings(max_examples=60, deadline=None)
    def test_that_is_only_noise_is_refused_by_its_header(self, parts: list[str]) -> None:
        with pytest.raises(BadAccessToken):
            kid_of(".".join([*parts, "A" * 86]))


class TestAToken:
    async def test_says_what_rfc_9068_asks_for_and_nothing_personal(self, here: Opened) -> None:
        user = await here.add("mina.secretive@example.org", role=Role.MANAGER)
        made = await workshop(here, user)

        assert made.header.keys() == {"alg", "typ", "kid"}
        assert (made.header["alg"], made.header["typ"]) == ("EdDSA", "at+jwt")
        assert made.claims == {
            "iss": "urn:ion",
            "aud": "urn:ion:api",
            "sub": user.id,
            "org": user.organisation,
            "sid": made.claims["sid"],
            "scope": "analytics.read conversations.own data.own keys.own members.read profile.own",
            "proof": "password",
            "jti": made.claims["jti"],
            "iat": int(here.clock().timestamp()),
            "nbf": int(here.clock().timestamp()),
            "exp": int(here.clock().timestamp()) + 15 * 60,
        }

    async def test_says_who_asks(self, anywhere: Opened) -> None:
        made = await workshop(anywhere)

        caller = await anywhere.accounts.caller_of_token(made.token)

        assert (caller.user, caller.organisation, caller.role) == (made.user.id, made.user.organisation, Role.MENTEE)
        assert (caller.proof, caller.by, caller.language) == (Proof.TOKEN, made.claims["sid"], "ko")

    async def test_narrows_what_its_user_may_do_and_never_widens_it(self, here: Opened) -> None:
        made = await workshop(here)
        wide = made.with_claims(scope="system.operate members.manage conversations.own no.such.thing")

        assert (await here.accounts.caller_of_token(wide)).permissions == {Permission.CONVERSATIONS_OWN}

    async def test_does_not_choose_its_role(self, here: Opened) -> None:
        made = await workshop(here)

        assert (await here.accounts.caller_of_token(made.with_claims(role="admin"))).role is Role.MENTEE

    @pytest.mark.parametrize(("seconds", "holds"), [(899, True), (900, False)])
    async def test_ends_after_its_minutes(self, here: Opened, seconds: float, holds: bool) -> None:
        made = await workshop(here)
        here.clock.move(seconds=seconds)

        if holds:
            assert await here.accounts.caller_of_token(made.token)
        else:
            with pytest.raises(BadAccessToken):
                await here.accounts.caller_of_token(made.token)
