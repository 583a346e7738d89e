"""What projects chose of scrubbing is kept with all other choices, in the app `control`."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0004_repaired_version'),
        ('control', '0001_initial'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='project',
            name='scrubbing',
        ),
    ]
