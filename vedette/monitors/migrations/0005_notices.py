"""What owners of monitors hear of once, and whether they have."""

import django.db.models.deletion
import vedette.clock
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('monitors', '0004_outages'),
    ]

    operations = [
        migrations.CreateModel(
            name='MonitorNotice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('about', models.CharField(max_length=100)),
                ('words', models.CharField(max_length=400)),
                ('at', models.DateTimeField(default=vedette.clock.now)),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('monitor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notices', to='monitors.monitor')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('sent_at', None)), fields=['at'], name='monitor_notice_waiting')],
                'constraints': [models.UniqueConstraint(fields=('monitor', 'about'), name='one_monitor_notice')],
            },
        ),
    ]
