"""Services that failed and that no health check asks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vedette.audits.joins import Join, Told
from vedette.audits.seen import DAYS, Seen

# Words by which the errors of a service are known, where its name does not stand in them.
_WORDS = {
    "PostgreSQL": ("postgres", "psycopg", "asyncpg", "pg-pool"),
    "the database behind the ORM": ("prisma", "sqlalchemy", "sequelize", "typeorm"),
    "the database of Django": ("django.db", "OperationalError"),
    "MySQL": ("mysql", "pymysql"),
    "MongoDB": ("mongo",),
    "RabbitMQ": ("rabbit", "amqp", "pika"),
    "the broker of Celery": ("celery", "kombu"),
    "SQS": ("sqs",),
    "mail": ("smtp", "nodemailer"),
    "object storage": ("s3", "boto", "minio"),
    "the search engine": ("elasticsearch", "opensearch", "meilisearch"),
    "the payment provider": ("payment",),
}


def find(seen: Seen) -> Iterator[Told]:
    """Services without a check whose name stands in what errors say or in whose driver they end."""
    for one in seen.inventory("dependencies"):
        name = str(one.get("name", ""))
        if one.get("is_checked") or not name:
            continue
        words = _WORDS.get(name, (name,))
        means = re.compile("|".join(rf"\b{re.escape(word)}" for word in words), re.IGNORECASE)
        events = sum(
            group.events
            for group in seen.groups
            if means.search(f"{group.type} {group.value}") or _is_in_driver(means, group.stack)
        )
        if events:
            yield Told(
                severity="important",
                text=f"{name[:1].upper()}{name[1:]} raised {events:,} errors in {DAYS} days; "
                "no health check asks it",
                advice="Ask it in the health check, and watch that with a monitor.",
                path=str(one.get("path", "")),
                line=int(one.get("line", 0)),
            )


def _is_in_driver(means: re.Pattern[str], stack: str) -> bool:
    """Whether the frame in which it broke is the driver's."""
    frames = [line for line in stack.split("\n") if re.search(r":\d+(?: |$)", line)]
    return bool(frames) and means.search(frames[0]) is not None


JOIN = Join(
    id="cov.health-vs-events",
    title="Failing services without a health check",
    needs=("groups",),
    find=find,
)
