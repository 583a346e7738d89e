"""Alert rules, what they count, the alerts they raise, and the way of a message to a person."""

from __future__ import annotations

from django.db import models

from vedette import clock
from vedette.accounts.models import Organization, User
from vedette.issues.models import Issue
from vedette.projects.models import Project
from vedette.sealing.fields import SealedTextField


class Severity(models.TextChoices):
    """How bad an alert is."""

    WARNING = "warning"
    CRITICAL = "critical"


class AlertState(models.TextChoices):
    """Where an alert is in its life; see `vedette.rules.machine`."""

    PENDING = "pending"
    FIRING = "firing"
    RECOVERING = "recovering"
    OVER = "over"


class Closing(models.TextChoices):
    """What an alert turned out to be: the share of those not real is the rule's false rate."""

    REAL = "real"
    NOT_REAL = "not_real", "not real"
    EXPECTED = "expected"


class AlertRule(models.Model):
    """A rule of one project. `body` is it as written (`vedette.rules.written`).

    `slug` names it in files and addresses. `is_from_file`: it came by `vedette apply`, whose
    `--prune` may remove it. `counter` is the id of what it counts.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="alert_rules")
    slug = models.SlugField(max_length=80)
    body = models.JSONField()
    counter = models.CharField(max_length=16, blank=True)
    is_edge = models.BooleanField(default=False, help_text="About what happens once.")
    is_enabled = models.BooleanField(default=True)
    is_from_file = models.BooleanField(default=False)
    snoozed_until = models.DateTimeField(null=True, blank=True)
    owner = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    runbook = models.TextField(blank=True, help_text="Markdown, or a link.")
    labels = models.JSONField(default=dict, help_text="Labels of its alerts, for routes.")
    notify = models.JSONField(default=list, help_text="Slugs of channels besides the routes'.")
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now, db_index=True)
    broken = models.CharField(max_length=400, blank=True, help_text="Why it cannot be evaluated.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "slug"], name="one_alert_rule_slug")
        ]

    @property
    def name(self) -> str:
        """The title of its messages."""
        return str(self.body.get("name", ""))


class CounterBucket(models.Model):
    """What a counter counted of one key in one bucket of time; in step with the spool position."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="+")
    counter = models.CharField(max_length=16)
    key = models.TextField(help_text="The values of the counter's keys as JSON.")
    bucket = models.BigIntegerField(help_text="Its start in seconds since 1970.")
    rows = models.BigIntegerField(default=0)
    part1 = models.BigIntegerField(default=0)
    part2 = models.BigIntegerField(default=0)
    part3 = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "counter", "key", "bucket"], name="one_counter_bucket"
            )
        ]
        indexes = [models.Index(fields=["bucket"], name="counter_bucket_age")]


class CounterMember(models.Model):
    """Something that a counter counts without repetition, seen within a bucket."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="+")
    counter = models.CharField(max_length=16)
    key = models.TextField()
    bucket = models.BigIntegerField()
    member = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "counter", "key", "bucket", "member"],
                name="one_counter_member",
            )
        ]
        indexes = [models.Index(fields=["bucket"], name="counter_member_age")]


class CounterStart(models.Model):
    """From which moment a counter's buckets are whole: what came before is asked of the store."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="+")
    counter = models.CharField(max_length=16)
    since = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "counter"], name="one_counter_start")
        ]


class EvaluationClock(models.Model):
    """The last tick at which the rules over windows were looked at; one row."""

    tick = models.BigIntegerField()
    looked_at = models.DateTimeField(default=clock.now)


class Alert(models.Model):
    """One time that a rule fired for one key, from the first moment to its end.

    `key` has the values of the rule's `per` as JSON, `labels` names them. `evidence` is what was
    found in the store when it was confirmed: query, bounds, value, sample events.
    """

    rule = models.ForeignKey(AlertRule, models.CASCADE, related_name="alerts")
    project = models.ForeignKey(Project, models.CASCADE, related_name="alerts")
    issue = models.ForeignKey(Issue, models.SET_NULL, null=True, blank=True, related_name="alerts")
    key = models.TextField(default="[]")
    labels = models.JSONField(default=dict)
    title = models.CharField(max_length=400)
    level = models.CharField(max_length=16, choices=Severity.choices)
    state = models.CharField(max_length=16, choices=AlertState.choices)
    began_at = models.DateTimeField()
    fired_at = models.DateTimeField(null=True, blank=True)
    since = models.DateTimeField(help_text="The beginning of its state.")
    over_at = models.DateTimeField(null=True, blank=True)
    value = models.FloatField(null=True, blank=True)
    count = models.BigIntegerField(default=1, help_text="Events told of, for what happens once.")
    evidence = models.JSONField(default=dict)
    acknowledged_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    closed_as = models.CharField(max_length=16, choices=Closing.choices, blank=True)
    closed_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "key"],
                condition=~models.Q(state="over"),
                name="one_alert_at_a_time",
            )
        ]
        indexes = [
            models.Index(fields=["state", "project"], name="alert_state"),
            models.Index(fields=["project", "-id"], name="alert_newest"),
            models.Index(fields=["rule", "-id"], name="alert_of_rule"),
        ]


class AlertEntry(models.Model):
    """One thing that happened to an alert; never changed."""

    alert = models.ForeignKey(Alert, models.CASCADE, related_name="entries")
    at = models.DateTimeField(default=clock.now)
    what = models.CharField(max_length=24)
    level = models.CharField(max_length=16, blank=True)
    value = models.FloatField(null=True, blank=True)
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    note = models.CharField(max_length=400, blank=True)


class Channel(models.Model):
    """A way to reach people. `kind` is of the drawer `vedette.channels`.

    `secrets` is sealed JSON and never shown again. A broken one is not tried until somebody
    changes or tests it; `fallback` is used instead.
    """

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="channels")
    slug = models.SlugField(max_length=60)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=32)
    settings = models.JSONField(default=dict)
    secrets = SealedTextField(blank=True)
    is_from_file = models.BooleanField(default=False)
    is_enabled = models.BooleanField(default=True)
    fallback = models.CharField(max_length=60, blank=True, help_text="The slug of another.")
    most_messages = models.PositiveIntegerField(default=20, help_text="In ten minutes.")
    broken_at = models.DateTimeField(null=True, blank=True)
    broken_why = models.CharField(max_length=400, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "slug"], name="one_channel_slug")
        ]


class AlertRoute(models.Model):
    """Which alerts go to which channels, and how they are gathered; the first that fits is taken.

    `matchers` are lines such as `project=shop` and `level!=warning`; seconds elsewhere.
    """

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="alert_routes")
    slug = models.SlugField(max_length=60)
    order = models.IntegerField(default=100)
    matchers = models.JSONField(default=list)
    channels = models.JSONField(default=list, help_text="Slugs of channels.")
    goes_on = models.BooleanField(default=False, help_text="Later routes may fit as well.")
    group_by = models.JSONField(default=list)
    wait = models.IntegerField(default=10)
    interval = models.IntegerField(default=60)
    repeat = models.IntegerField(default=4 * 3600)
    mute = models.JSONField(default=list, help_text="Times of the week at which it is quiet.")
    is_from_file = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "slug"], name="one_route_slug")
        ]


class Silence(models.Model):
    """Alerts that fit are not told of until its end; that they are over still is."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="silences")
    matchers = models.JSONField(default=list)
    starts_at = models.DateTimeField(default=clock.now)
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=400)
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")


class MessageGroup(models.Model):
    """Alerts that are told together by one route. `due_at` is null while there is nothing to say.

    `told` counts its messages; `repeat_at` is when an unanswered one is said again.
    """

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="message_groups")
    route = models.CharField(max_length=60, help_text="The route's slug, or a rule's own.")
    key = models.CharField(max_length=400)
    channels = models.JSONField(default=list)
    labels = models.JSONField(default=dict)
    interval = models.IntegerField(default=60)
    repeat = models.IntegerField(default=4 * 3600)
    mute = models.JSONField(default=list)
    due_at = models.DateTimeField(null=True, blank=True, db_index=True)
    repeat_at = models.DateTimeField(null=True, blank=True, db_index=True)
    last_told_at = models.DateTimeField(null=True, blank=True)
    told = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "route", "key"], name="one_message_group"
            )
        ]


class GroupedAlert(models.Model):
    """An alert in a group, and what the group's people were last told of it."""

    group = models.ForeignKey(MessageGroup, models.CASCADE, related_name="members")
    alert = models.ForeignKey(Alert, models.CASCADE, related_name="groups")
    news = models.CharField(max_length=24, blank=True, help_text="What is to be told; or nothing.")
    told = models.CharField(max_length=24, blank=True, help_text="The level last told, or over.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "alert"], name="one_grouped_alert")]


class OutboxMessage(models.Model):
    """A message to one channel that must arrive: written with the change that caused it.

    `content` is the same for all channels; each writes it in its own words when it is sent.
    `identity` is the channel's key against duplicates, `reference` what it called the message.
    """

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="outbox")
    channel = models.ForeignKey(Channel, models.CASCADE, related_name="outbox")
    group = models.ForeignKey(
        MessageGroup, models.SET_NULL, null=True, blank=True, related_name="messages"
    )
    kind = models.CharField(max_length=16)
    content = models.JSONField()
    identity = models.CharField(max_length=120)
    state = models.CharField(max_length=16, default="waiting")
    tries = models.IntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField(default=clock.now)
    held_by = models.CharField(max_length=120, blank=True)
    held_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    reference = models.CharField(max_length=400, blank=True)
    last_error = models.CharField(max_length=400, blank=True)
    is_fallback = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["state", "due_at"], name="outbox_due"),
            models.Index(fields=["channel", "-id"], name="outbox_of_channel"),
        ]


class DeliveryTry(models.Model):
    """One try to hand a message over, and what the other side said."""

    message = models.ForeignKey(OutboxMessage, models.CASCADE, related_name="deliveries")
    at = models.DateTimeField(default=clock.now)
    seconds = models.FloatField(default=0)
    status = models.IntegerField(default=0)
    answer = models.CharField(max_length=400, blank=True)
    is_done = models.BooleanField(default=False)


class PersonalSettings(models.Model):
    """What one person wants by mail. `quiet` are times of the week at which mails wait.

    `digest`: at once, or gathered once an hour or a day.
    """

    user = models.OneToOneField(User, models.CASCADE, related_name="notification_settings")
    alerts = models.CharField(max_length=16, default="all", help_text="all, critical or none.")
    workflow = models.BooleanField(default=True, help_text="What is assigned to the person.")
    weekly = models.BooleanField(default=True)
    digest = models.CharField(max_length=16, default="now", help_text="now, hour or day.")
    quiet = models.JSONField(default=list)


class PersonalMail(models.Model):
    """A mail to one person that waits for its time."""

    user = models.ForeignKey(User, models.CASCADE, related_name="personal_mails")
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    content = models.JSONField()
    identity = models.CharField(max_length=120)
    created_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField(default=clock.now, db_index=True)
    tries = models.IntegerField(default=0)
    last_error = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "identity"], name="one_personal_mail")
        ]
