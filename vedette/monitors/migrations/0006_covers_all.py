"""A maintenance window says itself that it is for all of a project, so that one whose monitors
were removed is for none; those that name neither monitors nor tags keep their meaning."""

from typing import Any

from django.db import migrations, models


def say_it(apps: Any, schema_editor: Any) -> None:
    """What was for all of a project by naming nothing."""
    windows = apps.get_model("monitors", "MaintenanceWindow").objects
    windows.filter(monitors=None, tags={}).update(covers_all=True)


class Migration(migrations.Migration):

    dependencies = [
        ('monitors', '0005_notices'),
    ]

    operations = [
        migrations.AddField(
            model_name='maintenancewindow',
            name='covers_all',
            field=models.BooleanField(default=False, help_text='All monitors of the project.'),
        ),
        migrations.RunPython(say_it, migrations.RunPython.noop),
    ]
