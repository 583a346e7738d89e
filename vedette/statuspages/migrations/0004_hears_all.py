"""A subscriber says itself that it hears of all, so that one whose components were removed hears of
none; those that have not chosen any keep their meaning."""

from typing import Any

from django.db import migrations, models


def say_it(apps: Any, schema_editor: Any) -> None:
    """Who has chosen components."""
    subscribers = apps.get_model("statuspages", "Subscriber").objects
    subscribers.exclude(components=None).update(hears_all=False)


class Migration(migrations.Migration):
    dependencies = [("statuspages", "0003_subscriber_side")]

    operations = [
        migrations.AddField(
            model_name="subscriber",
            name="hears_all",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.RunPython(say_it, migrations.RunPython.noop),
    ]
