"""How long whoever signs in has to wait after failures: decided from numbers and times alone."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from math import ceil

from ion.errors import TooMany

# After this long without a failure, counting begins anew.
FORGOTTEN_AFTER = timedelta(hours=24)
_UNKNOWN = "unknown"


class SignInLocked(TooMany):
    """There were too many failed tries to sign in, with this address or from this network."""

    code = "sign_in_locked"


@dataclass(frozen=True, slots=True)
class Failures:
    """How often it went wrong, less what was forgiven until the last time; and when that was."""

    level: float
    last_at: datetime


@dataclass(frozen=True, slots=True)
class BackOff:
    """So many failures are free, then each doubles the wait up to the longest; one is forgiven every `forgives`."""

    free: int
    first: timedelta
    longest: timedelta
    forgives: timedelta


# People mistype a password a few times. A minute and upwards after that leaves whoever guesses 100 tries a day, and
# the longest wait is short enough that nobody is kept out of their account for long by somebody else's guessing.
PER_USER = BackOff(free=5, first=timedelta(minutes=1), longest=timedelta(minutes=15), forgives=timedelta(hours=1))
# A school or an office is one network, where somebody mistypes every few minutes; who guesses there is slowed down to
# one try a minute over all users.
PER_NETWORK = BackOff(free=30, first=timedelta(minutes=1), longest=timedelta(minutes=15), forgives=timedelta(minutes=1))


def level(failures: Failures, back_off: BackOff, *, now: datetime) -> float:
    """Return how many failures still count."""
    age = max(now - failures.last_at, timedelta(0))
    return 0.0 if age >= FORGOTTEN_AFTER else max(0.0, failures.level - age / back_off.forgives)


def wait(failures: Failures, back_off: BackOff, *, now: datetime) -> timedelta:
    """Return how long to wait until the next try is looked at; zero where it is at once."""
    # A part of a failure that is not forgiven yet is a whole one.
    count = ceil(failures.level)
    if count < back_off.free:
        return timedelta(0)
    # Beyond 2^20 every wait is the longest; the number must not grow without end before it is cut.
    doublings = min(count - back_off.free, 20)
    due = failures.last_at + min(back_off.first * (1 << doublings), back_off.longest)
    # A clock that was set back must not lock anyone out for longer than the longest wait.
    return min(max(due - now, timedelta(0)), back_off.longest)


def refuse_for(waits: timedelta) -> None:
    """Let a try pass, or say when to come back; the words are the same whether or not there is such a user.

    Raises:
        SignInLocked: there is time to wait.
    """
    if waits > timedelta(0):
        seconds = ceil(waits.total_seconds())
        raise SignInLocked(f"Too many tries to sign in; come back in {seconds} seconds.", seconds)


def network_of(address: str) -> str:
    """Return the network of an address: /24 of IPv4, /48 of IPv6, which are what one household or office is given."""
    try:
        host: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    except ValueError:
        return _UNKNOWN
    if isinstance(host, IPv6Address) and host.ipv4_mapped is not None:
        host = host.ipv4_mapped
    network = ip_network((host, 48 if isinstance(host, IPv6Address) else 24), strict=False)
    return str(network)
