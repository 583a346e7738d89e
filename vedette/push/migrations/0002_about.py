"""What a waiting message is about, so that only who sees it then is told."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("push", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="pushmessage",
            name="about",
            field=models.JSONField(
                default=dict, help_text="Its alerts and project: who may see it."
            ),
        ),
    ]
