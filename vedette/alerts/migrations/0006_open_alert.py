"""What is open about a monitor is found without reading what is over: of many that are down and up
again each would read the alerts of all."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("alerts", "0005_reached")]

    operations = [
        migrations.AddIndex(
            model_name="alert",
            index=models.Index(
                condition=models.Q(("state", "over"), _negated=True),
                fields=["project", "key"],
                name="open_alert",
            ),
        ),
    ]
