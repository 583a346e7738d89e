"""Events of a forgotten person are noted before they go, so that a kill leaves counts right."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("storage", "0002_rescrub"),
    ]

    operations = [
        migrations.AddField(
            model_name="forgetting",
            name="counted",
            field=models.JSONField(default=dict),
        ),
    ]
