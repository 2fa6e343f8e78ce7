"""What an operator can choose, read from the environment into frozen values, once."""

from ion.settings.reading import load_settings, setting_defaults, setting_names
from ion.settings.sections import (
    AbuseSettings,
    AccountsSettings,
    BatchesSettings,
    DatabaseSettings,
    EncryptionSettings,
    LimitsSettings,
    LlmSettings,
    LogSettings,
    OidcSettings,
    PersonasSettings,
    PrivacySettings,
    RedisSettings,
    ResonanceSettings,
    SafetySettings,
    ServerSettings,
    Settings,
)
from ion.settings.values import is_loopback

__all__ = [
    "AbuseSettings",
    "AccountsSettings",
    "BatchesSettings",
    "DatabaseSettings",
    "EncryptionSettings",
    "LimitsSettings",
    "LlmSettings",
    "LogSettings",
    "OidcSettings",
    "PersonasSettings",
    "PrivacySettings",
    "RedisSettings",
    "ResonanceSettings",
    "SafetySettings",
    "ServerSettings",
    "Settings",
    "is_loopback",
    "load_settings",
    "setting_defaults",
    "setting_names",
]
