"""Rules to begin with, in the words of those who want them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """What somebody wants, and the rule as it is written; what has blanks is filled in."""

    key: str
    wish: str
    help: str
    entry: dict[str, Any]


PRESETS = (
    Preset(
        key="new",
        wish="Tell me about every new issue",
        help="As soon as an error is seen for the first time.",
        entry={
            "name": "New issue",
            "source": "issue",
            "measure": {"edge": "first_seen"},
            "levels": {"warning": "always"},
        },
    ),
    Preset(
        key="feedback",
        wish="Somebody writes feedback",
        help="As soon as it comes, but for what shows a sign of spam: change the search.",
        entry={
            "name": "New feedback",
            "source": "feedback",
            "filter": "feedback.links:<3 feedback.trapped:false",
            "measure": "count",
            "window": "5m",
            "levels": {"warning": ">0"},
        },
    ),
    Preset(
        key="rage",
        wish="People click in rage",
        help="Something is clicked again and again and nothing comes of it, as replays show.",
        entry={
            "name": "Rage clicks",
            "source": "replay",
            "filter": "count_rage_clicks:>0",
            "measure": "count",
            "window": "1h",
            "levels": {"warning": ">3"},
        },
    ),
    Preset(
        key="back",
        wish="It came back",
        help="An issue that was resolved is seen again.",
        entry={
            "name": "Issue came back",
            "source": "issue",
            "measure": {"edge": "regressed"},
            "levels": {"warning": "always"},
        },
    ),
    Preset(
        key="many",
        wish="Too many errors",
        help="More errors a minute than you can bear, over five minutes.",
        entry={
            "name": "Too many errors",
            "source": "event",
            "filter": "level:[error, fatal]",
            "measure": {"rate": "minute"},
            "window": "5m",
            "levels": {"critical": ">10", "warning": ">5"},
        },
    ),
    Preset(
        key="issue-many",
        wish="One issue happens often",
        help="More than 50 events of one issue in an hour.",
        entry={
            "name": "Many events of one issue",
            "source": "event",
            "per": ["issue"],
            "measure": "count",
            "window": "1h",
            "levels": {"critical": ">50"},
        },
    ),
    Preset(
        key="critical",
        wish="A critical error happened",
        help="Any event that your code marks with the tag severity:critical.",
        entry={
            "name": "Critical error",
            "source": "event",
            "filter": "severity:critical",
            "measure": {"edge": "any"},
            "levels": {"critical": "always"},
        },
    ),
    Preset(
        key="flow",
        wish="A key flow fails",
        help="Errors in the code or the transaction that must not fail: change the search.",
        entry={
            "name": "Checkout fails",
            "source": "event",
            "filter": "transaction:*checkout*",
            "measure": "count",
            "window": "10m",
            "levels": {"critical": ">5"},
        },
    ),
    Preset(
        key="failing",
        wish="Requests of a key flow fail",
        help="The share of a transaction that fails, where your SDK sends traces.",
        entry={
            "name": "Requests fail",
            "source": "transaction",
            "filter": "transaction:*checkout*",
            "per": ["transaction"],
            "measure": {"ratio": "is_failed:true"},
            "window": "10m",
            "levels": {"critical": ">5%", "warning": ">2%"},
        },
    ),
    Preset(
        key="slow",
        wish="Something is slow",
        help="How long a transaction takes for the slowest of twenty, where your SDK sends traces.",
        entry={
            "name": "Slow requests",
            "source": "transaction",
            "per": ["transaction"],
            "measure": {"percentile": 95.0},
            "window": "10m",
            "levels": {"critical": ">2s", "warning": ">1s"},
        },
    ),
    Preset(
        key="users",
        wish="Many users are affected",
        help="Different users who saw one issue within an hour.",
        entry={
            "name": "Many users affected",
            "source": "event",
            "per": ["issue"],
            "measure": {"unique": "user"},
            "window": "1h",
            "levels": {"critical": ">100", "warning": ">20"},
        },
    ),
    Preset(
        key="crashes",
        wish="A release crashes",
        help="Fewer of its sessions end without a crash than you promise.",
        entry={
            "name": "Crash-free sessions",
            "source": "session",
            "per": ["release"],
            "measure": {"crash_free": "sessions"},
            "window": "1h",
            "levels": {"critical": "<98%", "warning": "<99.5%"},
        },
    ),
    Preset(
        key="silent",
        wish="It went silent",
        help="Nothing has come in for an hour, where something always comes.",
        entry={
            "name": "No events any more",
            "source": "event",
            "measure": "count",
            "window": "1h",
            "levels": {"warning": "<1"},
        },
    ),
    Preset(
        key="spike",
        wish="An error type spikes",
        help="Three times as many as at this hour on other days.",
        entry={
            "name": "Spike of an error type",
            "source": "event",
            "per": ["error.type"],
            "measure": "spike",
            "window": "5m",
            "levels": {"warning": ">=3"},
        },
    ),
    Preset(
        key="down",
        wish="Something is down",
        help="A monitor fails three times in a row, or as often as is set at it.",
        entry={
            "name": "Down",
            "source": "monitor",
            "measure": {"state": "down"},
            "levels": {"critical": "always"},
        },
    ),
    Preset(
        key="degraded",
        wish="Something answers slowly",
        help="A monitor is slower than one second three times in a row, or as is set at it.",
        entry={
            "name": "Degraded",
            "source": "monitor",
            "measure": {"state": "degraded"},
            "levels": {"warning": "always"},
        },
    ),
    Preset(
        key="budget",
        wish="A budget runs out",
        help="At 50, 80, 95 and 100 % of each budget, with the day on which it runs out.",
        entry={
            "name": "Budget",
            "source": "quota",
            "measure": {"used": "50, 80, 95, 100"},
            "levels": {"critical": "always"},
        },
    ),
    Preset(
        key="cut",
        wish="A burst is cut",
        help="Far more errors than usual come, and only samples of them are stored.",
        entry={
            "name": "Spike protection",
            "source": "quota",
            "measure": "cut",
            "levels": {"critical": "always"},
        },
    ),
    Preset(
        key="finding",
        wish="The code gets an urgent gap",
        help="A code audit finds something urgent that no audit of the project found before.",
        entry={
            "name": "New urgent finding",
            "source": "finding",
            "measure": {"found": "urgent"},
            "levels": {"warning": "always"},
        },
    ),
    Preset(
        key="missed",
        wish="A job did not run",
        help="No check-in came at the time at which it was expected.",
        entry={
            "name": "Missed",
            "source": "monitor",
            "measure": {"state": "missed"},
            "levels": {"critical": "always"},
        },
    ),
    Preset(
        key="response-time",
        wish="Response times rise",
        help="How long the checks of a monitor take for the slowest of twenty.",
        entry={
            "name": "Response times",
            "source": "check",
            "per": ["monitor"],
            "measure": {"percentile": 95.0, "of": "check.duration"},
            "window": "30m",
            "levels": {"critical": ">3s", "warning": ">1s"},
        },
    ),
    Preset(
        key="certificate",
        wish="A certificate ends soon",
        help="The certificate that a monitor sees is good for fewer days than that.",
        entry={
            "name": "Certificate ends soon",
            "source": "check",
            "per": ["monitor"],
            "measure": {"value": "certificate.days_left", "least": 1},
            "window": "2h",
            "levels": {"critical": "<3", "warning": "<14"},
        },
    ),
    Preset(
        key="captured",
        wish="A number stays too low or too high",
        help="What a monitor captures, such as sessions, is beyond a threshold for ten minutes.",
        entry={
            "name": "No sessions",
            "source": "check",
            "per": ["monitor"],
            "measure": {"value": "sessions"},
            "window": "10m",
            "levels": {"critical": "<1"},
        },
    ),
)


def preset_named(key: str) -> Preset | None:
    """The preset of a link."""
    return next((one for one in PRESETS if one.key == key), None)
