"""Where the events of a group belong once they can be read is kept, so that a restart loses nothing."""

import django.db.models.deletion
from django.db import migrations, models

import vedette.clock


class Migration(migrations.Migration):
    dependencies = [("artifacts", "0002_debug_symbols"), ("projects", "0004_repaired_version")]

    operations = [
        migrations.CreateModel(
            name="GroupMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("group_id", models.BigIntegerField()),
                ("new_group_id", models.BigIntegerField()),
                ("created_at", models.DateTimeField(default=vedette.clock.now)),
                ("project", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="projects.project")),
            ],
        ),
        migrations.AddConstraint(
            "groupmove",
            models.UniqueConstraint(fields=("project", "group_id", "new_group_id"), name="one_group_move"),
        ),
    ]
