"""Outages wait to become issues, and each monitor says whether it opens one."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('monitors', '0003_volume_by_project'),
        ('projects', '0004_repaired_version'),
    ]

    operations = [
        migrations.AddField(
            model_name='monitor',
            name='opens_issue',
            field=models.BooleanField(default=True, help_text='While it is down there is an issue.'),
        ),
        migrations.CreateModel(
            name='OutageNews',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('event_id', models.CharField(max_length=32)),
                ('item_type', models.CharField(max_length=32)),
                ('payload', models.JSONField(default=dict)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='projects.project')),
            ],
        ),
    ]
