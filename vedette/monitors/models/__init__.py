"""What is watched, when it is not counted, what was judged, and how fast it answered."""

from vedette.monitors.models.jobs import CheckInVolume, JobClock, JobCourse, JobRun
from vedette.monitors.models.judged import (
    LatencyCount,
    MonitorEvent,
    MonitorNotice,
    MonitorStanding,
    OutageNews,
    StateInterval,
)
from vedette.monitors.models.watched import (
    MaintenanceWindow,
    Monitor,
    MonitorsVersion,
    new_key,
)

__all__ = [
    "CheckInVolume",
    "JobClock",
    "JobCourse",
    "JobRun",
    "LatencyCount",
    "MaintenanceWindow",
    "Monitor",
    "MonitorEvent",
    "MonitorNotice",
    "MonitorStanding",
    "MonitorsVersion",
    "OutageNews",
    "StateInterval",
    "new_key",
]
