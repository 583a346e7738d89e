"""A channel that asks for a pause gets it from every message; no silence is told after a stop."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("alerts", "0003_personal_zone")]

    operations = [
        migrations.AddField(
            model_name="channel",
            name="paused_until",
            field=models.DateTimeField(blank=True, help_text="As it asked for.", null=True),
        ),
        migrations.AddField(
            model_name="evaluationclock",
            name="back_at",
            field=models.BigIntegerField(default=0),
        ),
    ]
