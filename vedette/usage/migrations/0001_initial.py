"""What came in by project, kind and time, and bursts that were cut: for budgets and protection."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('projects', '0007_key_use'),
    ]

    operations = [
        migrations.CreateModel(
            name='Spike',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('began_at', models.DateTimeField()),
                ('last_at', models.DateTimeField(help_text='When something was cut last.')),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('cut', models.BigIntegerField(default=0, help_text='Events that were counted only.')),
                ('usual', models.FloatField(default=0)),
                ('bound', models.BigIntegerField(default=0)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='spikes', to='projects.project')),
            ],
            options={
                'indexes': [models.Index(fields=['project', '-began_at'], name='spike_newest')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('project',), name='one_spike_at_a_time')],
            },
        ),
        migrations.CreateModel(
            name='Usage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('category', models.CharField(max_length=32)),
                ('span', models.CharField(max_length=6)),
                ('begins', models.BigIntegerField()),
                ('quantity', models.BigIntegerField(default=0)),
                ('size_bytes', models.BigIntegerField(default=0)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='projects.project')),
            ],
            options={
                'indexes': [models.Index(fields=['span', 'begins'], name='usage_of_time')],
                'constraints': [models.UniqueConstraint(fields=('project', 'category', 'span', 'begins'), name='one_usage')],
            },
        ),
    ]
