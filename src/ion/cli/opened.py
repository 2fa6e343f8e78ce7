"""The services as a command at a terminal opens them."""

from ion.monitoring import configure_logs
from ion.settings import Settings, load_settings


def settings_for_a_person() -> Settings:
    """Read the settings, and keep events out of a conversation unless the operator asked for them.

    Raises:
        Misconfigured: a setting cannot be used.
    """
    settings = load_settings()
    level = settings.log.level if "level" in settings.log.model_fields_set else "error"
    configure_logs(level, settings.log.format)
    return settings
