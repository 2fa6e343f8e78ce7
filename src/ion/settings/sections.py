"""Every setting, with its default, its bounds and what it means."""

import re
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import (
    BeforeValidator,
    Field,
    SecretStr,
    ValidationInfo,
    field_validator,
)

from ion.settings.values import Network, Origin, Section, data_home, from_commas, from_json, is_loopback

# In lower case, as it stands behind the @ of an address; other scripts as they are written or in Punycode.
_DOMAIN = re.compile(r"(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W_](?:[\w-]*[^\W_])")


class ServerSettings(Section):
    """Where `ion serve` listens."""

    host: str = Field("127.0.0.1", description="Address to listen on; others than loopback only with sign-in.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    replies: int = Field(32, ge=1, description="Replies written at once; whoever comes then is told when to try again.")
    bulk: int = Field(8, ge=1, description="So many of them, at most, for messages that come in bulk, of all callers.")
    public_url: str | None = Field(
        None, description="Address that people open, e.g. `https://mentor.example.org`, where it is not this machine's."
    )
    proxies: Annotated[tuple[Network, ...], BeforeValidator(from_commas)] = Field(
        (), description="Addresses or networks, with commas between, of proxies that may say who they speak for."
    )
    cors: Annotated[tuple[Origin, ...], BeforeValidator(from_commas)] = Field(
        (), description="Origins, with commas between, whose pages may use the APIs."
    )

    @field_validator("public_url")
    @classmethod
    def _checked_url(cls, url: str | None) -> str | None:
        if url is None:
            return None
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
            raise ValueError("write an address such as https://mentor.example.org, without a path")
        return url.rstrip("/")

    @property
    def public_host(self) -> str | None:
        """The name under which people open ION."""
        return None if self.public_url is None else urlsplit(self.public_url).hostname

    @property
    def is_https(self) -> bool:
        """Whether people open ION over https."""
        return self.public_url is not None and self.public_url.startswith("https://")


class DatabaseSettings(Section):
    """Where conversations are kept."""

    url: str = Field(
        default_factory=lambda: f"sqlite:///{data_home() / 'ion.db'}",
        description="`sqlite:///FILE` or `postgresql://user:password@host/name`.",
        repr=False,  # it may hold a password
    )


class EncryptionSettings(Section):
    """The master key that what people wrote is sealed under; with SQLite ION makes one itself."""

    key: SecretStr | None = Field(None, description="Master key: 32 bytes in base64, as `ion keys new` prints one.")
    key_file: Path | None = Field(
        None, description="File with the master key, which nobody else may read; more lines are earlier keys."
    )
    key_command: str | None = Field(
        None, description="Command that prints the master key, e.g. of a key management service; run without a shell."
    )
    key_command_seconds: float = Field(20.0, gt=0, description="Longest time the command may take.")
    previous: Annotated[tuple[SecretStr, ...], BeforeValidator(from_json)] = Field(
        (), description="Earlier master keys as a JSON list; they open what the present one does not."
    )
    data_keys: str | None = Field(
        None,
        description="Database of the data keys; else a file beside SQLite's, or the same PostgreSQL database.",
        repr=False,  # it may hold a password
    )


class AccountsSettings(Section):
    """How people and programs prove who they are."""

    sign_in: bool = Field(False, description="Ask everybody who they are; `false` is for one person on their machine.")

    session_idle_hours: float = Field(24.0, gt=0, description="Hours without use after which a session ends.")
    session_days: float = Field(30.0, gt=0, description="Days after which every session ends.")
    key_environment: Literal["live", "test"] = Field(
        "live", description="What API keys are for; those of another installation's kind are refused."
    )
    access_minutes: float = Field(15.0, gt=0, le=60, description="Minutes for which an access token holds.")
    refresh_idle_days: float = Field(14.0, gt=0, description="Days without use after which a refresh token ends.")
    refresh_days: float = Field(30.0, gt=0, description="Days after which whoever uses tokens has to sign in again.")
    issuer: str = Field(
        "urn:ion", max_length=200, description="Name of this installation in access tokens; others' are refused."
    )
    breached_passwords: Path | None = Field(
        None, description="File of leaked passwords as sorted SHA-1 hashes (the format of Have I Been Pwned)."
    )


class OidcSettings(Section):
    """The identity provider of an organisation, whose people sign in through it."""

    issuer: str | None = Field(
        None, max_length=400, description="Address of an OpenID Connect provider, exactly as it calls itself."
    )
    client_id: str | None = Field(None, description="ION's id there.", validate_default=True)
    client_secret: SecretStr | None = Field(None, description="ION's secret there; none for a public client.")
    name: str | None = Field(None, max_length=40, description="What the button says; else the provider's host.")
    organisation: str | None = Field(
        None, description="Short name of the organisation whose people sign in through it.", validate_default=True
    )
    domains: Annotated[tuple[str, ...], BeforeValidator(from_commas)] = Field(
        (), description="Domains, with commas between, whose addresses are let in as mentees without an invitation."
    )

    @field_validator("issuer")
    @classmethod
    def _checked_issuer(cls, issuer: str | None) -> str | None:
        if issuer is None:
            return None
        parts = urlsplit(issuer)
        is_secret = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))
        if not is_secret or not parts.hostname or parts.query or parts.fragment or parts.username is not None:
            # What stands before an @ may be a password.
            raise ValueError(
                f"{issuer.rpartition('@')[2][:60]!r} is no issuer; write its https address, e.g. https://login.example.org/realms/school"
            )
        return issuer

    @field_validator("client_id", "organisation")
    @classmethod
    def _needed(cls, given: str | None, info: ValidationInfo) -> str | None:
        if given is None and info.data.get("issuer") is not None:
            raise ValueError("ION_OIDC__ISSUER is set and this is not; both are needed")
        return given

    @field_validator("domains")
    @classmethod
    def _checked_domains(cls, domains: tuple[str, ...]) -> tuple[str, ...]:
        for domain in domains:
            if not _DOMAIN.fullmatch(domain.lower()):
                raise ValueError(f"{domain[:60]!r} is no domain; write e.g. school.example.org, without an @ or a *")
        return tuple(domain.lower() for domain in domains)

    @property
    def button(self) -> str:
        """What the button says that leads there."""
        return self.name or urlsplit(self.issuer or "").hostname or ""


class LimitsSettings(Section):
    """How often one caller may ask, and how much of it at once."""

    per_minute: int = Field(
        100, ge=0, le=100_000, description="Requests of each class in any minute, for each caller; 0 for any number."
    )
    streams: int = Field(8, ge=0, description="Event streams one caller may follow at once; 0 for any number.")
    tokens_a_day: int | None = Field(
        None, ge=1, description="Tokens of language models for each organisation a day; then the playbooks answer."
    )
    share: float = Field(
        0.5, gt=0, le=1, description="Part of a limit that each process lets through by itself while Redis is away."
    )


class AbuseSettings(Section):
    """From how many on, within an hour, access is out of the ordinary; 0 for never."""

    networks: int = Field(5, ge=0, le=1_000, description="Networks that one API key or token is used from.")
    denials: int = Field(30, ge=0, le=10_000, description="Answers 403 and 404 to one caller.")
    bad_keys: int = Field(50, ge=0, le=10_000, description="Keys and tokens that do not hold, from one network.")
    walked: int = Field(150, ge=0, le=10_000, description="Different conversations that one caller asks for.")
    sprayed: int = Field(15, ge=0, le=10_000, description="Accounts with refused sign-ins from one network.")


class RedisSettings(Section):
    """Where several processes of ION agree; one alone needs none."""

    url: SecretStr | None = Field(
        None, description="`redis://host:6379/0`, `rediss://` or `unix://`, also of a Valkey."
    )
    timeout: float = Field(0.25, gt=0, description="Seconds to wait for it before going on without.")


class BatchesSettings(Section):
    """Many messages at once, answered in the background."""

    lines: int = Field(10_000, ge=1, le=1_000_000, description="Lines in one batch.")
    bytes: int = Field(20_000_000, ge=1, description="Bytes in one batch.")
    open: int = Field(10, ge=1, description="Batches of one caller that have not ended.")
    parallel: int = Field(4, ge=1, description="Lines that each process answers at once, of all callers' batches.")
    lease_seconds: float = Field(
        30.0, gt=0, description="Seconds after which the lines of a process that was killed are taken up again."
    )
    days: float = Field(7.0, gt=0, description="Days for which results are kept after a batch has ended.")


class PrivacySettings(Section):
    """How what is kept of people is erased."""

    grace_days: float = Field(
        7.0, ge=0, le=30, description="Days in which whoever asked to be erased can take it back; 0 erases at once."
    )


class LlmSettings(Section):
    """Which language models write replies; without `model` the playbooks do."""

    model: str | None = Field(None, description="`provider:name`, e.g. `openai:gpt-5-mini`, `google:gemini-3-flash`.")
    fallbacks: Annotated[tuple[str, ...], BeforeValidator(from_json)] = Field(
        (), description="More models as a JSON list, tried in this order when the first fails."
    )
    base_url: str | None = Field(None, description="Address of an OpenAI-compatible server (vLLM, Ollama, llama.cpp).")
    api_key: SecretStr | None = Field(
        None, description="Key for the provider; else the provider's own variable is used."
    )
    connect_timeout: float = Field(5.0, gt=0, description="Seconds to reach the provider.")
    first_token_timeout: float = Field(20.0, gt=0, description="Seconds until the first word.")
    total_timeout: float = Field(90.0, gt=0, description="Seconds for the whole reply.")
    retries: int = Field(2, ge=0, le=10, description="Further tries after 429, 5xx or a refused connection.")
    breaker_failures: int = Field(5, ge=1, description="Failures in a row that stop asking a model for a while.")
    breaker_seconds: float = Field(30.0, gt=0, description="How long a failing model is left alone.")
    max_output_tokens: int = Field(900, ge=16, description="Longest reply to ask for.")
    history_tokens: int = Field(2000, ge=0, description="Budget for earlier turns in the prompt.")
    compact: bool = Field(False, description="Short prompts and short replies, for small models.")
    mask: bool = Field(
        True, description="Personal data and secrets are kept from the model; `false` only for one of your own."
    )


class PersonasSettings(Section):
    """Mentors beyond the four that come with ION."""

    path: Path | None = Field(None, description="Folder with one sub-folder for each further persona.")


class ResonanceSettings(Section):
    """How messages are read."""

    model: Literal["full", "fast"] = Field(
        "full", description="`fast` reads without sentence embeddings: 120 MB less, and a little less right."
    )
    patience: float = Field(
        2.0, ge=0, description="Seconds a message waits while the embeddings load; then it is read without them."
    )


class SafetySettings(Section):
    """The person a mentee in crisis can be told to turn to, beside the public help lines."""

    contact_name: str | None = Field(None, description="Name or office of the human contact.")
    contact: str | None = Field(None, description="How to reach them: a phone number, room or address.")
    country: str | None = Field(None, description="ISO code whose help lines come first, e.g. `KR`, `US`, `GB`.")


class LogSettings(Section):
    """How ION speaks to its operator."""

    level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least severe event to print.")
    format: Literal["console", "json"] = Field("console", description="For people or for machines.")


class Settings(Section):
    """Everything an operator can choose."""

    server: ServerSettings = ServerSettings()
    database: DatabaseSettings = Field(default_factory=DatabaseSettings)
    encryption: EncryptionSettings = EncryptionSettings()
    accounts: AccountsSettings = AccountsSettings()
    oidc: OidcSettings = OidcSettings()
    limits: LimitsSettings = LimitsSettings()
    abuse: AbuseSettings = AbuseSettings()
    redis: RedisSettings = RedisSettings()
    batches: BatchesSettings = BatchesSettings()
    privacy: PrivacySettings = PrivacySettings()
    llm: LlmSettings = LlmSettings()
    personas: PersonasSettings = PersonasSettings()
    resonance: ResonanceSettings = ResonanceSettings()
    safety: SafetySettings = SafetySettings()
    log: LogSettings = LogSettings()
