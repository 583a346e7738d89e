"""Who has heard of an alert, who has a message already, and which went to the fallback."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("alerts", "0004_pauses")]

    operations = [
        migrations.AddField(
            model_name="groupedalert",
            name="heard",
            field=models.JSONField(
                default=list, help_text="Ids of the channels that were told."
            ),
        ),
        migrations.AddField(
            model_name="outboxmessage",
            name="has_fallen_back",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="outboxmessage",
            name="reached",
            field=models.JSONField(
                default=list, help_text="Who has it, of several whom it is for."
            ),
        ),
        migrations.AddIndex(
            model_name="outboxmessage",
            index=models.Index(fields=["state", "channel", "group"], name="outbox_heads"),
        ),
        migrations.AddIndex(
            model_name="outboxmessage",
            index=models.Index(
                fields=["held_until"],
                condition=models.Q(held_until__isnull=False),
                name="outbox_held",
            ),
        ),
    ]
