"""A page, what is on it, what is told of it, and who listens."""

from vedette.statuspages.models.incidents import Incident, IncidentComponent, IncidentUpdate
from vedette.statuspages.models.pages import (
    StatusComponent,
    StatusFile,
    StatusGroup,
    StatusLogo,
    StatusPage,
    new_key,
    new_token,
)
from vedette.statuspages.models.subscribers import StatusDelivery, Subscriber

__all__ = [
    "Incident",
    "IncidentComponent",
    "IncidentUpdate",
    "StatusComponent",
    "StatusDelivery",
    "StatusFile",
    "StatusGroup",
    "StatusLogo",
    "StatusPage",
    "Subscriber",
    "new_key",
    "new_token",
]
