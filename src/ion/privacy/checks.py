"""What a pattern cannot tell of a value: check digits, dates, and whether characters look random.

Each check returns how many characters of the candidate are the value, counted from its start; 0 refuses it.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from types import MappingProxyType

Check = Callable[[str], int]

_IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29, "CH": 21,
    "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FO": 18,
    "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23,
    "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27,
    "MD": 24, "ME": 22, "MK": 19, "MT": 31, "MU": 30, "NL": 18, "NO": 15, "PK": 24, "PL": 28, "PS": 29, "PT": 25,
    "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "TN": 24, "TR": 26, "UA": 29,
    "VA": 22, "XK": 20,
}  # fmt: skip
_BUSINESS_WEIGHTS = (1, 3, 7, 1, 3, 7, 1, 3, 5)
_CARD_LENGTHS = range(13, 20)
_PHONE_LENGTHS = range(8, 16)
_LOCAL_LENGTH = 7
_ACCOUNT_LENGTHS = range(10, 17)
# Resident numbers say in their seventh digit which century and sex, and from 5 to 8 that the holder is a foreigner.
_CENTURY = {**dict.fromkeys("1256", 1900), **dict.fromkeys("3478", 2000)}
_EARLIEST_BIRTH, _LATEST_BIRTH = 1900, 2099
# What many machines share says nothing of anyone: loopback, broadcast, netmasks, the big public resolvers.
_SHARED_V4 = {"8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1", "9.9.9.9", "168.126.63.1", "168.126.63.2"}
_NETWORK_ENDS = (".0", ".1", ".255")
_RANDOM_VARIETY = 6
_RANDOM_LETTERS, _FEW_VOWELS, _VOWELS = 16, 0.28, frozenset("aeiouAEIOU")

_SECRET_PARAMETER = re.compile(
    r"(?i)[?&#;](?:[a-z0-9]{1,20}[_-]){0,3}(?:token|(?:auth|api|access|app|share)?key|sig|signature|secret|password|passwd|pwd|pw|auth|code|session"
    r"|sessionid|sid|jwt|invite|otp|ticket|credential|hash|pass|sv|access|reset|verify|magic)=([^&#\s]{6,})"
)
_USER_AND_PASSWORD = re.compile(
    r"[a-z][a-z0-9+.\-]*://[^/?#@\s:]*:(?!(?:password|passwd|pass|pwd|pw|secret)@)[^/?#@\s]+@"
)
_SEGMENT = re.compile(r"(?<=/)[A-Za-z0-9_-]{16,}(?=[/?#]|$)")
_OPENING = re.compile(
    r"(?i)(?<=/)(?:private|secret|reset|invite|verify|confirm|hooks?|webhooks?|magic|share)[/-]([a-z0-9_-]{8,})"
)
# How often letters and digits take turns in what no one would type: a1b2c, but not 2024-report.
_TURN = re.compile(r"[A-Za-z](?=[0-9])|[0-9](?=[A-Za-z])")
_TURNS = 4
_PLACEHOLDER = re.compile(r"(?i)your[_-]?|example|placeholder|changeme|x{5}|\*{3}|\.{3}|<|\$\{")


def _digits(value: str) -> str:
    return "".join(filter(str.isdigit, value))


def _all_if(holds: bool, value: str) -> int:
    return len(value) if holds else 0


def _is_date(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return _EARLIEST_BIRTH <= year <= _LATEST_BIRTH


def resident_number(value: str) -> int:
    """Accept a birth date and a digit from 1 to 8; numbers given out since October 2020 have no check digit."""
    digits = _digits(value)
    century = _CENTURY.get(digits[6:7])
    return _all_if(
        century is not None and _is_date(century + int(digits[:2]), int(digits[2:4]), int(digits[4:6])), value
    )


def birth_date(value: str) -> int:
    """Accept a date with a year from 1900 on, in any order in which days and months are written."""
    numbers = [int(part) for part in re.findall("[0-9]+", value)]
    if len(numbers) == 1:
        digits = _digits(value)
        years = (int(digits[:4]),) if len(digits) == 8 else (1900 + int(digits[:2]), 2000 + int(digits[:2]))
        return _all_if(any(_is_date(year, int(digits[-4:-2]), int(digits[-2:])) for year in years), value)
    if len(numbers) < 3:  # the month is a word
        return _all_if(_EARLIEST_BIRTH <= numbers[-1] <= _LATEST_BIRTH and 1 <= numbers[0] <= 31, value)
    first, second, third = numbers[:3]
    orders = ((first, second, third), (third, first, second), (third, second, first))
    return _all_if(any(_is_date(_century(year), month, day) for year, month, day in orders), value)


def _century(year: int) -> int:
    return year + 1900 if year < 100 else year


def card(value: str) -> int:
    """Accept 13 to 19 digits whose last one is right by Luhn's rule."""
    digits = _digits(value)
    return _all_if(len(digits) in _CARD_LENGTHS and _luhn(digits) and len(set(digits)) > 1, value)


def _luhn(digits: str) -> bool:
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits))]
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0


def iban(value: str) -> int:
    """Accept as many characters as the country's accounts have, if they leave 1 when divided by 97."""
    length = _IBAN_LENGTHS.get(value[:2].upper(), 0)
    kept = [place for place, char in enumerate(value) if char.isalnum()][:length]
    if not kept or len(kept) < length:
        return 0
    account = "".join(value[place] for place in kept)
    number = int("".join(str(int(char, 36)) for char in account[4:] + account[:4]))
    return kept[-1] + 1 if number % 97 == 1 else 0


def business_number(value: str) -> int:
    """Accept ten digits of which the last one is right by the tax office's rule."""
    digits = [int(digit) for digit in _digits(value)]
    total = sum(weight * digit for weight, digit in zip(_BUSINESS_WEIGHTS, digits, strict=False)) + digits[8] * 5 // 10
    return _all_if(len(digits) == 10 and (total + digits[9]) % 10 == 0 and digits[0] > 0, value)


def ssn(value: str) -> int:
    """Accept what the United States give out: no part is all zeros, the first is neither 666 nor above 899."""
    digits = _digits(value)
    area, group, serial = digits[:3], digits[3:5], digits[5:]
    return _all_if(area not in {"000", "666"} and area < "900" and group != "00" and serial != "0000", value)


def phone(value: str) -> int:
    """Accept as many digits as a telephone number can have, more than three of them different."""
    digits = _digits(value)
    return _all_if(len(digits) in _PHONE_LENGTHS and len(set(digits)) >= 3, value)


def phone_or_local(value: str) -> int:
    """Accept a telephone number, or the seven digits that are one within a town."""
    return phone(value) or _all_if(len(_digits(value)) == _LOCAL_LENGTH, value)


def account(value: str) -> int:
    """Accept as many digits as a Korean account can have."""
    digits = _digits(value)
    return _all_if(len(digits) in _ACCOUNT_LENGTHS and len(set(digits)) >= 3, value)


def ip_v4(value: str) -> int:
    """Accept four numbers up to 255 that say where one machine is."""
    try:
        address = IPv4Address(value)
    except AddressValueError:
        return 0
    shared = address.is_loopback or address.is_multicast or address.is_link_local or value in _SHARED_V4
    return _all_if(not shared and not value.startswith(("0.", "255.")) and not value.endswith(_NETWORK_ENDS), value)


def ip_v6(value: str) -> int:
    """Accept an address that is not loopback; `dead::beef` has to have a digit, or it may be code."""
    try:
        address = IPv6Address(value)
    except AddressValueError:
        return 0
    return _all_if(not address.is_loopback and any(map(str.isdigit, value)) and len(value) > 6, value)


def random_key(value: str) -> int:
    """Accept letters and digits in a mixture that no word has, without the full stop of their sentence."""
    key = value.rstrip(".")
    varied = len(set(key)) >= _RANDOM_VARIETY and any(map(str.isdigit, key)) and any(map(str.isalpha, key))
    return _all_if(varied and not _PLACEHOLDER.search(key), key)


def secret_url(value: str) -> int:
    """Accept an address that opens something for whoever has it."""
    opens = (
        any(map(_is_secret, _SECRET_PARAMETER.findall(value)))
        or any(map(_is_random_path, _SEGMENT.findall(value)))
        or any(map(_is_jumbled, _OPENING.findall(value)))
        or _USER_AND_PASSWORD.match(value) is not None
    )
    return _all_if(opens, value)


def _is_secret(value: str) -> bool:
    jumbled = (any(map(str.isdigit, value)) and not value.isdigit()) or _is_random_letters(value)
    return jumbled and not _PLACEHOLDER.search(value)


def _is_random_letters(value: str) -> bool:
    """Tell letters drawn by chance, of which a fifth are vowels, from words, of which two fifths are."""
    mixed = value.isalpha() and not value.islower() and not value.isupper()
    return len(value) >= _RANDOM_LETTERS and mixed and sum(map(_VOWELS.__contains__, value)) / len(value) < _FEW_VOWELS


def _is_random_path(segment: str) -> bool:
    mixed = all(any(map(holds, segment)) for holds in (str.isupper, str.islower, str.isdigit))
    return mixed and ("-" not in segment or _is_jumbled(segment))


def _is_jumbled(segment: str) -> bool:
    return len(_TURN.findall(segment)) >= _TURNS


def password(value: str) -> int:
    """Accept what is not simply a word: a digit or a mark has to be in it."""
    marked = any(char.isdigit() or char in "!@#$%^&*_+=~" for char in value)
    return _all_if(marked and len(value) >= 4 and not _PLACEHOLDER.search(value), value)


def _digit_count(counts: Sequence[int]) -> Check:
    return lambda value: _all_if(sum(map(str.isdigit, value)) in counts, value)


# By the name that rules use.
CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "resident_number": resident_number,
        "birth_date": birth_date,
        "card": card,
        "iban": iban,
        "business_number": business_number,
        "ssn": ssn,
        "phone": phone,
        "phone_or_local": phone_or_local,
        "account": account,
        "ip_v4": ip_v4,
        "ip_v6": ip_v6,
        "random_key": random_key,
        "secret_url": secret_url,
        "password": password,
        "any_digit": _digit_count(range(1, 40)),
        "five_digits": _digit_count(range(5, 24)),
    }
)
