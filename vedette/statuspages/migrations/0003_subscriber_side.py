"""Who is spoken to is in a column, so that the oldest message of each side is found by one question
however much waits of the others. Subscribers from before share one side."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("statuspages", "0002_covers_monitors")]

    operations = [
        migrations.AddField(
            model_name="subscriber",
            name="side",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
    ]
