"""A change of a setting is written down with what it was and what it is, and how it was made."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0007_audit_entry'),
    ]

    operations = [
        migrations.AddField(
            model_name='auditentry',
            name='after',
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name='auditentry',
            name='before',
            field=models.JSONField(default=dict, help_text='By name what was set; null was inherited.'),
        ),
        migrations.AddField(
            model_name='auditentry',
            name='via',
            field=models.CharField(blank=True, help_text='form, file or API, where known.', max_length=16),
        ),
    ]
