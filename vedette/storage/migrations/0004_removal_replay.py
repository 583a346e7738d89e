"""A replay can be deleted by itself, so a removal may name one."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("storage", "0003_forgetting_counted"),
    ]

    operations = [
        migrations.AddField(
            model_name="removal",
            name="replay_id",
            field=models.CharField(blank=True, max_length=32),
        ),
    ]
