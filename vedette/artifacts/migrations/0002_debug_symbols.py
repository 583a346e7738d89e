"""Debug files get the symbol cache that is made of them, and why there is none; found by code id."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("artifacts", "0001_initial")]

    operations = [
        migrations.AddField("debugfile", "fault", models.CharField(blank=True, max_length=300, default=""), preserve_default=False),
        migrations.AddField("debugfile", "symbols", models.CharField(blank=True, max_length=64, default=""), preserve_default=False),
        migrations.AddField(
            "debugfile",
            "used_at",
            models.DateTimeField(blank=True, help_text="Exact to a day or two.", null=True),
        ),
        migrations.AddIndex("debugfile", models.Index(fields=["project", "code_id"], name="debug_file_code_id")),
    ]
