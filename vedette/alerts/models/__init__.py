"""Alert rules, what they count, the alerts they raise, and the way of a message to a person."""

from vedette.alerts.models.alerts import Alert, AlertEntry, AlertState, Closing
from vedette.alerts.models.counting import (
    CounterBucket,
    CounterMember,
    CounterStart,
    EvaluationClock,
)
from vedette.alerts.models.messages import (
    DeliveryTry,
    GroupedAlert,
    MessageGroup,
    OutboxMessage,
    SeenCall,
)
from vedette.alerts.models.people import PersonalMail, PersonalSettings
from vedette.alerts.models.routing import AlertRoute, Channel, Silence
from vedette.alerts.models.rules import AlertRule, Severity

__all__ = [
    "Alert",
    "AlertEntry",
    "AlertRoute",
    "AlertRule",
    "AlertState",
    "Channel",
    "Closing",
    "CounterBucket",
    "CounterMember",
    "CounterStart",
    "DeliveryTry",
    "EvaluationClock",
    "GroupedAlert",
    "MessageGroup",
    "OutboxMessage",
    "PersonalMail",
    "PersonalSettings",
    "SeenCall",
    "Severity",
    "Silence",
]
