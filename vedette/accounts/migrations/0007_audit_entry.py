"""Who changed what about people and tokens."""

import django.db.models.deletion
import vedette.clock
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_promised_link'),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=vedette.clock.now)),
                ('who', models.CharField(help_text='An address: it outlives the person here.', max_length=254)),
                ('address', models.CharField(help_text='Of the network it was done from.', max_length=64)),
                ('what', models.CharField(max_length=400)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='audit', to='accounts.organization')),
            ],
            options={
                'indexes': [models.Index(fields=['organization', '-id'], name='audit_newest')],
            },
        ),
    ]
