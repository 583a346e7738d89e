"""What programs depend on outside of themselves, by the names of well-known packages.

Calls are known by their whole names (`vedette.audit.outline`): `pg.Pool`, `stripe`. What is no
package of its own is known by the host that is called.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Literal

import msgspec

from vedette.audit.facts import Call, FileFacts, Value

ServiceKind = Literal[
    "database", "cache", "queue", "payment", "mail", "turn", "storage", "search", "service"
]


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """Something that can fail on its own.

    `calls` matches the calls that make a client of it or ask it without one; `words` are what it is
    called in names, in lower case.
    """

    name: str
    kind: ServiceKind
    calls: str = ""
    hosts: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


_DATABASE_WORDS = ("db", "database", "sql", "datasource", "databases")

SERVICES = (
    Service(
        name="PostgreSQL",
        kind="database",
        calls=r"pg\.(?:default\.)?(?:Pool|Client)|postgres|pg-promise(?:\(\))?|@vercel/postgres\.\w+"
        r"|@neondatabase/serverless\.(?:neon|Pool|Client)|slonik\.createPool|psycopg2?\.connect"
        r"|psycopg_pool\.\w+|psycopg2\.pool\.\w+|asyncpg\.(?:connect|create_pool)|aiopg\.\w+",
        words=("postgres", "postgresql", "pg", "pool", *_DATABASE_WORDS),
    ),
    Service(
        name="the database behind the ORM",
        kind="database",
        calls=r"@prisma/client\.PrismaClient|typeorm\.(?:DataSource|createConnection)|knex(?:\.knex)?"
        r"|sequelize(?:\.Sequelize)?|drizzle-orm/[\w-]+\.drizzle|@mikro-orm/core\.MikroORM\.init"
        r"|sqlalchemy(?:\.\w+)*\.(?:create_engine|create_async_engine|engine_from_config)"
        r"|flask_sqlalchemy\.SQLAlchemy|sqlmodel\.create_engine|tortoise\.Tortoise\.init"
        r"|peewee\.\w+Database|databases\.Database",
        words=("prisma", "typeorm", "knex", "sequelize", "engine", "session", *_DATABASE_WORDS),
    ),
    Service(
        name="MySQL",
        kind="database",
        calls=r"mysql2?(?:/promise)?\.(?:createPool|createConnection)|@planetscale/database\.connect"
        r"|pymysql\.connect|MySQLdb\.connect|mysql\.connector\.connect|aiomysql\.\w+",
        words=("mysql", "mariadb", *_DATABASE_WORDS),
    ),
    Service(
        name="MongoDB",
        kind="database",
        calls=r"mongodb\.MongoClient(?:\.connect)?|mongoose\.(?:connect|createConnection)"
        r"|pymongo\.MongoClient|motor\.motor_asyncio\.AsyncIOMotorClient",
        words=("mongo", "mongodb", "mongoose", *_DATABASE_WORDS),
    ),
    Service(
        name="Supabase",
        kind="database",
        calls=r"@supabase/(?:supabase-js|ssr|auth-helpers-nextjs)\.create\w+|supabase\.create_client",
        hosts=("supabase.co",),
        words=("supabase", *_DATABASE_WORDS),
    ),
    Service(
        name="Firebase",
        kind="database",
        calls=r"firebase-admin(?:/app)?\.initializeApp|firebase/app\.initializeApp"
        r"|firebase_admin\.initialize_app|@google-cloud/firestore\.Firestore",
        words=("firebase", "firestore"),
    ),
    Service(
        name="Redis",
        kind="cache",
        calls=r"(?:redis|@redis/client)\.(?:createClient|createCluster)|ioredis(?:\.(?:Redis|Cluster))?"
        r"|@upstash/redis\.Redis(?:\.fromEnv)?|@vercel/kv\.\w+"
        r"|redis(?:\.asyncio)?\.(?:Redis|StrictRedis)(?:\.from_url)?|redis(?:\.asyncio)?\.from_url"
        r"|aioredis\.\w+",
        words=("redis", "cache", "kv"),
    ),
    Service(
        name="Memcached",
        kind="cache",
        calls=r"memcached|memjs\.Client\.create|pymemcache\.client\.base\.\w+|pymemcache\.Client"
        r"|pylibmc\.Client",
        words=("memcached", "memcache", "cache"),
    ),
    Service(
        name="BullMQ",
        kind="queue",
        calls=r"bullmq\.(?:Queue|Worker|FlowProducer)|bull",
        words=("queue", "queues", "bull", "bullmq", "worker", "jobs"),
    ),
    Service(
        name="RabbitMQ",
        kind="queue",
        calls=r"amqplib(?:/callback_api)?\.connect|amqp-connection-manager\.connect|pika\.\w*Connection"
        r"|aio_pika\.connect(?:_robust)?|kombu\.Connection",
        words=("rabbit", "rabbitmq", "amqp", "queue", "broker"),
    ),
    Service(
        name="Kafka",
        kind="queue",
        calls=r"kafkajs\.Kafka|kafka\.Kafka(?:Producer|Consumer)|aiokafka\.AIOKafka\w+"
        r"|confluent_kafka\.\w+",
        words=("kafka", "broker", "producer"),
    ),
    Service(
        name="the broker of Celery",
        kind="queue",
        calls=r"celery\.Celery|rq\.Queue|dramatiq\.set_broker",
        words=("celery", "broker", "queue", "worker"),
    ),
    Service(
        name="SQS",
        kind="queue",
        calls=r"@aws-sdk/client-sqs\.SQSClient",
        words=("sqs", "queue"),
    ),
    Service(
        name="Stripe",
        kind="payment",
        calls=r"stripe(?:\.Stripe)?|stripe\.[A-Za-z]+(?:\.[A-Za-z]+)*\.(?:create|retrieve|modify|list"
        r"|construct_event|cancel|confirm)|stripe\.StripeClient",
        hosts=("api.stripe.com",),
        words=("stripe", "payment", "payments", "billing"),
    ),
    Service(
        name="PayPal",
        kind="payment",
        calls=r"@paypal/[\w-]+\.\w+|paypalrestsdk\.\w+",
        hosts=("api-m.paypal.com", "api.paypal.com", "api-m.sandbox.paypal.com"),
        words=("paypal", "payment", "payments", "billing"),
    ),
    Service(
        name="the payment provider",
        kind="payment",
        calls=r"braintree\.\w+|@paddle/paddle-node-sdk\.Paddle|razorpay(?:\.Client)?|square\.Client"
        r"|@mollie/api-client(?:\.createMollieClient)?|adyen\.\w+|@lemonsqueezy/[\w.-]+\.\w+",
        hosts=("api.lemonsqueezy.com", "api.mollie.com", "api.paddle.com"),
        words=("payment", "payments", "billing", "paddle", "braintree", "mollie", "razorpay"),
    ),
    Service(
        name="mail",
        kind="mail",
        calls=r"nodemailer\.createTransport|@sendgrid/mail\.send\w*|resend\.Resend|postmark\.ServerClient"
        r"|mailgun\.js|mailgun-js|@aws-sdk/client-ses\.SESClient|smtplib\.SMTP(?:_SSL)?"
        r"|aiosmtplib\.\w+|django\.core\.mail\.\w+|sendgrid\.SendGridAPIClient|flask_mail\.Mail"
        r"|resend\.Emails\.send",
        hosts=("api.sendgrid.com", "api.resend.com", "api.postmarkapp.com", "api.mailgun.net"),
        words=("mail", "mailer", "smtp", "email", "sendgrid", "resend", "postmark", "transport"),
    ),
    Service(
        name="Twilio",
        kind="service",
        calls=r"twilio(?:\.Twilio|\.rest\.Client)?",
        hosts=("api.twilio.com",),
        words=("twilio", "sms"),
    ),
    Service(
        name="object storage",
        kind="storage",
        calls=r"@aws-sdk/client-s3\.S3Client|aws-sdk\.S3|minio\.(?:Client|Minio)"
        r"|@google-cloud/storage\.Storage|google\.cloud\.storage\.Client|@vercel/blob\.\w+"
        r"|@azure/storage-blob\.BlobServiceClient(?:\.\w+)?|cloudinary(?:\.v2)?\.config"
        r"|boto3\.(?:client|resource)",
        words=("s3", "storage", "bucket", "minio", "blob"),
    ),
    Service(
        name="the search engine",
        kind="search",
        calls=r"@elastic/elasticsearch\.Client|@opensearch-project/opensearch\.Client|algoliasearch"
        r"|algoliasearch\.algoliasearch|meilisearch\.(?:MeiliSearch|Client)|typesense\.Client"
        r"|elasticsearch\.(?:Async)?Elasticsearch|opensearchpy\.OpenSearch",
        words=(
            "elastic",
            "elasticsearch",
            "opensearch",
            "algolia",
            "meili",
            "meilisearch",
            "search",
        ),
    ),
    Service(
        name="OpenAI",
        kind="service",
        calls=r"openai(?:\.(?:Async)?(?:Azure)?OpenAI(?:Api)?)?",
        hosts=("api.openai.com",),
        words=("openai", "gpt"),
    ),
    Service(
        name="Anthropic",
        kind="service",
        calls=r"@anthropic-ai/sdk(?:\.Anthropic)?|anthropic\.(?:Async)?Anthropic",
        hosts=("api.anthropic.com",),
        words=("anthropic", "claude"),
    ),
)
DJANGO = Service(
    name="the database of Django",
    kind="database",
    words=("connection", "connections", "cursor", "migrations", "django", *_DATABASE_WORDS),
)
TURN = Service(name="TURN", kind="turn", words=("turn", "coturn", "ice", "stun"))

_WHOLE = re.compile("|".join(f"(?P<s{at}>{one.calls})" for at, one in enumerate(SERVICES)))
_HOSTS = {host: one for one in SERVICES for host in one.hosts}
_CALLERS = re.compile(
    r"(?:fetch|axios|got|ky|requests|httpx|axios\.\w+|got\.\w+|ky\.\w+|requests\.\w+|httpx\.\w+"
    r"|(?:urllib\.)?request\.urlopen|undici\.(?:fetch|request)|urlopen|\$fetch|ofetch"
    r"|needle|superagent\.\w+)"
)
_HOST = re.compile(
    r"^[furb]*[\"'`]?(?:https?|wss?)://(?:[^/@${}\s]*@)?([A-Za-z0-9][\w.-]*\.[a-z]{2,})"
)
_OWN = re.compile(r"(?:^|\.)(?:localhost|example\.\w+|local|test|invalid|w3\.org|schema\.org)$")
_TURN = re.compile(r"turns?:[\w.${\[-]")
_TOKENS = re.compile(r"[A-Z]?[a-z]+\d?|[A-Z]+(?![a-z])|[A-Z]")


@cache
def service_of(name: str) -> Service | None:
    """The service that a call of this whole name is about."""
    found = _WHOLE.fullmatch(name)
    return SERVICES[int((found.lastgroup or "s0")[1:])] if found else None


@cache
def service_at(host: str) -> Service:
    """The service that answers at a host: a known one, or the host itself."""
    known = next(
        (one for end, one in _HOSTS.items() if host == end or host.endswith(f".{end}")), None
    )
    labels = [one for one in host.split(".")[:-1] if one not in ("api", "www", "app")]
    return known or Service(name=host, kind="service", words=tuple(labels))


def hosts_of(facts: FileFacts) -> Iterator[tuple[str, int]]:
    """Hosts that are called by their names, with the call's place.

    `turn:` stands for a server of TURN, `django:` for the databases of its settings; a place of -1
    is a binding.
    """
    for place, call in enumerate(facts.calls):
        if _CALLERS.fullmatch(call.path) and call.arguments:
            host = _host(call)
            if host:
                yield host, place
        elif (
            call.arguments
            and call.arguments[0].kind in ("object", "list")
            and has_turn(call.arguments[0])
        ):
            yield "turn:", place
    if any(one.value.kind in ("object", "list") and has_turn(one.value) for one in facts.bindings):
        yield "turn:", -1
    if facts.language == "python" and any(one.name == "DATABASES" for one in facts.bindings):
        yield "django:", -1


def _host(call: Call) -> str:
    given = call.arguments[0]
    if given.kind == "object":
        given = given.get("baseURL") or given.get("url") or given
    found = _HOST.match(given.text) if given.kind in ("text", "template") else None
    host = found[1].lower() if found else ""
    return "" if _OWN.search(host) else host


def has_turn(value: Value) -> bool:
    """Whether an address of a TURN server stands in it."""
    if value.kind in ("text", "template"):
        return _TURN.match(value.text.lstrip("`")) is not None
    return any(has_turn(inner) for _, inner in value.items)


def words_of(*names: str) -> set[str]:
    """The words of names, in lower case: `checkRedis` has `check` and `redis`."""
    return {one.lower() for name in names for one in _TOKENS.findall(name)}
