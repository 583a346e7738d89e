"""What debug files tell of how stacks are walked."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("artifacts", "0003_group_moves")]

    operations = [
        migrations.AddField("debugfile", "frame_info", models.CharField(blank=True, default="", max_length=64)),
    ]
