"""The kinds of personal data, and what each is called where it is masked."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from ion.language import Language


class PersonalKind(StrEnum):
    """What a piece of personal data is; the values are public names."""

    RESIDENT_NUMBER = "rrn"
    MOBILE_PHONE = "mobile_phone"
    PHONE = "phone"
    EMAIL = "email"
    HANDLE = "handle"
    NAME = "name"
    ADDRESS = "address"
    BIRTH_DATE = "birth_date"
    PASSPORT = "passport"
    DRIVER_LICENCE = "driver_licence"
    SSN = "ssn"
    MEMBER_NUMBER = "member_number"
    BANK_ACCOUNT = "bank_account"
    IBAN = "iban"
    CARD = "card"
    BUSINESS_NUMBER = "business_number"
    IP_ADDRESS = "ip_address"
    MAC_ADDRESS = "mac_address"
    API_KEY = "api_key"
    BEARER_TOKEN = "bearer_token"  # noqa: S105 - a kind, not a secret
    PASSWORD = "password"  # noqa: S105 - a kind, not a secret
    PRIVATE_KEY = "private_key"
    URL_TOKEN = "url_token"  # noqa: S105 - a kind, not a secret


@dataclass(frozen=True, slots=True)
class Label:
    """What a kind is called: `token` in numbered placeholders, `ko` and `en` in plain ones."""

    token: str
    ko: str
    en: str

    def word(self, language: Language) -> str:
        """Return the word that stands in a text of this language."""
        return self.ko if language == "ko" else self.en


_KIND = PersonalKind
# Kinds that a reader need not tell apart share a token: every telephone is a PHONE.
LABELS: Mapping[PersonalKind, Label] = MappingProxyType(
    {
        _KIND.RESIDENT_NUMBER: Label("RESIDENT_NUMBER", "주민등록번호", "resident number"),
        _KIND.MOBILE_PHONE: Label("PHONE", "전화번호", "phone number"),
        _KIND.PHONE: Label("PHONE", "전화번호", "phone number"),
        _KIND.EMAIL: Label("EMAIL", "이메일", "e-mail"),
        _KIND.HANDLE: Label("HANDLE", "계정 아이디", "handle"),
        _KIND.NAME: Label("NAME", "이름", "name"),
        _KIND.ADDRESS: Label("ADDRESS", "주소", "address"),
        _KIND.BIRTH_DATE: Label("BIRTH_DATE", "생년월일", "date of birth"),
        _KIND.PASSPORT: Label("PASSPORT", "여권번호", "passport number"),
        _KIND.DRIVER_LICENCE: Label("DRIVER_LICENCE", "운전면허번호", "driver's licence number"),
        _KIND.SSN: Label("SSN", "사회보장번호", "social security number"),
        _KIND.MEMBER_NUMBER: Label("MEMBER_NUMBER", "학번·사번", "student or staff number"),
        _KIND.BANK_ACCOUNT: Label("BANK_ACCOUNT", "계좌번호", "bank account"),
        _KIND.IBAN: Label("IBAN", "IBAN", "IBAN"),
        _KIND.CARD: Label("CARD", "카드번호", "card number"),
        _KIND.BUSINESS_NUMBER: Label("BUSINESS_NUMBER", "사업자등록번호", "business number"),
        _KIND.IP_ADDRESS: Label("IP_ADDRESS", "IP 주소", "IP address"),
        _KIND.MAC_ADDRESS: Label("MAC_ADDRESS", "MAC 주소", "MAC address"),
        _KIND.API_KEY: Label("API_KEY", "API 키", "API key"),
        _KIND.BEARER_TOKEN: Label("TOKEN", "인증 토큰", "access token"),
        _KIND.PASSWORD: Label("PASSWORD", "비밀번호", "password"),
        _KIND.PRIVATE_KEY: Label("PRIVATE_KEY", "개인 키", "private key"),
        _KIND.URL_TOKEN: Label("SECRET_URL", "비밀 링크", "secret link"),
    }
)
