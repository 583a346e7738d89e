"""What is stored can be scrubbed again: how far each look and each removal is."""

import django.db.models.deletion
import vedette.clock
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0007_key_use'),
        ('storage', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Rescrub',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('looking', 'Looking'), ('found', 'Found'), ('removing', 'Removing'), ('done', 'Done')], default='looking', max_length=16)),
                ('by', models.CharField(max_length=254)),
                ('address', models.CharField(blank=True, max_length=64)),
                ('asked_at', models.DateTimeField(default=vedette.clock.now)),
                ('finished_at', models.DateTimeField(null=True)),
                ('looked', models.BigIntegerField(default=0)),
                ('found', models.JSONField(default=dict)),
                ('rows', models.JSONField(default=dict)),
                ('place', models.JSONField(default=dict)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rescrubs', to='projects.project')),
            ],
        ),
    ]
