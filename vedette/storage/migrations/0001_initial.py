"""What is to be deleted is noted, to be done by whoever owns the store: issues, events, persons."""

import django.db.models.deletion
import vedette.clock
import vedette.sealing.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0008_audit_before_and_after'),
        ('projects', '0007_key_use'),
    ]

    operations = [
        migrations.CreateModel(
            name='Forgetting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=16)),
                ('identity', vedette.sealing.fields.SealedTextField(default='')),
                ('digest', models.CharField(max_length=200)),
                ('state', models.CharField(choices=[('looking', 'Looking'), ('found', 'Found'), ('removing', 'Removing'), ('done', 'Done')], default='looking', max_length=16)),
                ('by', models.CharField(max_length=254)),
                ('address', models.CharField(blank=True, max_length=64)),
                ('asked_at', models.DateTimeField(default=vedette.clock.now)),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('swept_at', models.DateTimeField(help_text='All was removed; late ones are not.', null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('found', models.JSONField(default=dict)),
                ('removed', models.JSONField(default=dict)),
                ('problem', models.CharField(blank=True, max_length=300)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='forgettings', to='accounts.organization')),
            ],
        ),
        migrations.CreateModel(
            name='Removal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('group_ids', models.JSONField(default=list, help_text='Of an issue.')),
                ('event_id', models.CharField(blank=True, max_length=32)),
                ('attachment_id', models.CharField(blank=True, max_length=64)),
                ('asked_at', models.DateTimeField(default=vedette.clock.now)),
                ('counted', models.JSONField(default=dict)),
                ('is_done', models.BooleanField(db_index=True, default=False)),
                ('looked_at', models.DateTimeField(null=True)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='projects.project')),
            ],
        ),
    ]
