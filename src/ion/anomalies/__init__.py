"""Access that is out of the ordinary: noticed from what happened within the last hour, and told once."""

from ion.anomalies.kinds import SEVERITIES, Anomaly, Severity, Thresholds
from ion.anomalies.lately import Lately
from ion.anomalies.watch import Watch

__all__ = ["SEVERITIES", "Anomaly", "Lately", "Severity", "Thresholds", "Watch"]
