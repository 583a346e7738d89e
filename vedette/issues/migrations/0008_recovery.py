"""Why an issue was resolved by no person, so that its page can say so."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('issues', '0007_escalation_hours'),
    ]

    operations = [
        migrations.CreateModel(
            name='Recovery',
            fields=[
                ('issue', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='recovery', serialize=False, to='issues.issue')),
                ('at', models.DateTimeField()),
                ('words', models.CharField(max_length=200)),
            ],
        ),
    ]
