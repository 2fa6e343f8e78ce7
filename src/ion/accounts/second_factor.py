"""The second factor: one-time codes of an authenticator app (RFC 6238), and recovery codes for the day it is lost."""

import hmac
import io
import unicodedata
from base64 import b32encode
from dataclasses import dataclass, field
from datetime import datetime

import pyotp
import segno

from ion.accounts.digest import Randomness, digest_of
from ion.accounts.user import UserId
from ion.errors import Conflict, Invalid

# 160 bits, as RFC 4226 advises.
_SECRET_BYTES = 20
_STEP_SECONDS = 30
# A code of the step before or after holds, too: clocks of phones are a little off (RFC 6238, 5.2).
_WINDOW = 1
RECOVERY_CODES = 10
# 80 bits of each code: enough for one SHA-256 to keep it (see ion.accounts.digest).
_CODE_BYTES = 10
_CODE_LENGTH = 16
# Crockford's digits leave out I, L, O and U; here they replace those of base 32.
_CROCKFORD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHJKMNPQRSTVWXYZ")
_MISREAD = str.maketrans("ILO", "110")


class WrongCode(Invalid):
    """The code is not that of the authenticator app."""

    code = "wrong_code"


class SecondFactorOn(Conflict):
    """There is a second factor already; it has to be taken away first."""

    code = "second_factor_on"


class SecondFactorOff(Conflict):
    """There is no second factor that anything could be done about."""

    code = "second_factor_off"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an authenticator app is given, once: the secret, and the same as an address and as a picture of it."""

    secret: str = field(repr=False)
    uri: str = field(repr=False)

    def qr_code(self) -> str:
        """Return the QR code of the address, as an SVG element that takes its colours from the page around it."""
        picture = io.BytesIO()
        segno.make(self.uri, error="m").save(
            picture, kind="svg", xmldecl=False, svgclass=None, lineclass=None, omitsize=True, border=4, light="white"
        )
        return picture.getvalue().decode()


def new_enrolment(email: str, issuer: str, randomness: Randomness) -> Enrolment:
    """Draw a secret for somebody's authenticator app, which shows it under `issuer`."""
    return enrolment_with(b32encode(randomness(_SECRET_BYTES)).decode(), email, issuer)


def enrolment_with(secret: str, email: str, issuer: str) -> Enrolment:
    """Return how an app is given a secret that was drawn before."""
    return Enrolment(secret, pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=issuer))


def step_of(code: str, secret: str, *, now: datetime, after: int | None) -> int | None:
    """Return the step of time that a code is of; None where it is of none that is near and comes later than `after`.

    Who keeps the step, and passes it the next time, takes no code twice.
    """
    given = _digits(code)
    clock = pyotp.TOTP(secret)
    this = int(now.timestamp()) // _STEP_SECONDS
    found: int | None = None
    for step in range(this - _WINDOW, this + _WINDOW + 1):
        # All are compared, so that the time it takes does not tell which one it was.
        if hmac.compare_digest(clock.generate_otp(step), given) and (after is None or step > after):
            found = step
    return found


def new_recovery_codes(randomness: Randomness) -> tuple[str, ...]:
    """Draw recovery codes, each for one use, as `XXXX-XXXX-XXXX-XXXX`."""
    return tuple(
        _grouped(b32encode(randomness(_CODE_BYTES)).decode().translate(_CROCKFORD)) for _ in range(RECOVERY_CODES)
    )


def recovery_digest(code: str, user: UserId) -> str | None:
    """Return what is kept of somebody's recovery code, however it was typed; None where it can be none."""
    letters = "".join(char for char in unicodedata.normalize("NFKC", code).upper() if char.isalnum())
    if len(letters) != _CODE_LENGTH:
        return None
    return digest_of(f"{user}:{letters.translate(_MISREAD)}")


def _digits(code: str) -> str:
    """Return the digits of a code, which may be typed in groups; nothing where it holds anything else."""
    digits = "".join(unicodedata.normalize("NFKC", code).split())
    return digits if digits.isascii() and digits.isdigit() else ""


def _grouped(letters: str) -> str:
    return "-".join(letters[start : start + 4] for start in range(0, _CODE_LENGTH, 4))
