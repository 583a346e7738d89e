"""What came with each key, and what was refused, for the page that says why nothing arrives."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0006_keys_work_until'),
    ]

    operations = [
        migrations.CreateModel(
            name='KeyUse',
            fields=[
                ('key', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='use', serialize=False, to='projects.projectkey')),
                ('accepted', models.BigIntegerField(default=0, help_text='Requests, not items.')),
                ('accepted_at', models.FloatField(default=0, help_text='Seconds since 1970; 0: never.')),
                ('client', models.CharField(blank=True, help_text='SDK and version.', max_length=100)),
                ('ahead_seconds', models.FloatField(help_text="How far the client's clock is before ours.", null=True)),
            ],
        ),
        migrations.CreateModel(
            name='KeyRefusal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=64)),
                ('count', models.BigIntegerField(default=0)),
                ('last_at', models.FloatField(default=0, help_text='Seconds since 1970.')),
                ('key', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='refusals', to='projects.projectkey')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('key', 'reason'), name='one_refusal_of_a_key')],
            },
        ),
    ]
