"""Nodes tell each other how far they have digested, so that none takes for missing what waits at
another."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("leases", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Reach",
            fields=[
                (
                    "holder",
                    models.CharField(max_length=100, primary_key=True, serialize=False),
                ),
                ("until", models.FloatField()),
                ("noted_at", models.FloatField()),
            ],
        ),
    ]
