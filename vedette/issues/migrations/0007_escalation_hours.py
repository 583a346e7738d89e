"""The hours of an archived issue are counted side by side, for they come side by side."""

from django.db import migrations, models


def take_over(apps, schema_editor):
    """The newest hour, which was the only one so far."""
    watches = apps.get_model('issues', 'EscalationWatch').objects
    for watch in watches.exclude(count=0).iterator():
        watch.hours = {str(watch.hour): watch.count}
        watch.save(update_fields=['hours'])


class Migration(migrations.Migration):

    dependencies = [
        ('issues', '0006_assignment'),
    ]

    operations = [
        migrations.AddField(
            model_name='escalationwatch',
            name='hours',
            field=models.JSONField(default=dict, help_text='Events by hours since 1970, by receipt, of the newest hours.'),
        ),
        migrations.RunPython(take_over, migrations.RunPython.noop),
        migrations.RemoveField(
            model_name='escalationwatch',
            name='hour',
        ),
        migrations.RemoveField(
            model_name='escalationwatch',
            name='count',
        ),
    ]
