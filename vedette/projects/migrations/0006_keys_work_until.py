"""A key may work until a moment; its limit and the domains of its project are options now."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('control', '0002_intake'),
        ('projects', '0005_remove_project_scrubbing'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='project',
            name='allowed_domains',
        ),
        migrations.RemoveField(
            model_name='projectkey',
            name='events_per_minute',
        ),
        migrations.AddField(
            model_name='projectkey',
            name='works_until',
            field=models.PositiveBigIntegerField(default=0, help_text='Seconds since 1970, after which it opens nothing; 0: for ever.'),
        ),
    ]
