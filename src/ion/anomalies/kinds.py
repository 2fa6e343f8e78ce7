"""What is noticed, how grave it is, and from when on."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ion.audit import Action


class Anomaly(StrEnum):
    """Something out of the ordinary; in the audit log it is an action of the same name."""

    NEW_NETWORK = Action.SECURITY_NEW_NETWORK
    MANY_NETWORKS = Action.SECURITY_MANY_NETWORKS
    DENIALS = Action.SECURITY_DENIALS
    BAD_KEYS = Action.SECURITY_BAD_KEYS
    WALKING = Action.SECURITY_WALKING
    SPRAYING = Action.SECURITY_SPRAYING


class Severity(StrEnum):
    """How soon somebody should look. People do come from new networks."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


SEVERITIES: Mapping[Anomaly, Severity] = {
    Anomaly.NEW_NETWORK: Severity.LOW,
    Anomaly.MANY_NETWORKS: Severity.HIGH,
    Anomaly.DENIALS: Severity.MEDIUM,
    Anomaly.BAD_KEYS: Severity.MEDIUM,
    Anomaly.WALKING: Severity.MEDIUM,
    Anomaly.SPRAYING: Severity.HIGH,
}


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From how many on, within an hour, something is told; 0 for never.

    `networks`: of one key or token. `denials`: answers 403 and 404 to one caller. `bad_keys`: from one network.
    `walked`: different conversations that one caller asks for. `sprayed`: refused sign-ins from one network, those to
    one account counted once.
    """

    networks: int = 5
    denials: int = 30
    bad_keys: int = 50
    walked: int = 150
    sprayed: int = 15

    def of(self, anomaly: Anomaly) -> int:
        """Return from how many on an anomaly is one; a new network is one by itself."""
        return {
            Anomaly.NEW_NETWORK: 1,
            Anomaly.MANY_NETWORKS: self.networks,
            Anomaly.DENIALS: self.denials,
            Anomaly.BAD_KEYS: self.bad_keys,
            Anomaly.WALKING: self.walked,
            Anomaly.SPRAYING: self.sprayed,
        }[anomaly]
