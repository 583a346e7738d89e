"""News of issues become mails to whom they concern."""

from __future__ import annotations

from vedette.loops import House, Loop

_INTERVAL_SECONDS = 5.0


def run(house: House) -> None:
    """Those that have waited for their moment."""
    from vedette.workflow.mailing import mail_news

    mail_news()


LOOP = Loop(name="workflow mails", interval_seconds=_INTERVAL_SECONDS, run=run, needs_lease=True)
