"""The domains of projects and the limits of keys move to the group of options `intake`."""

from django.db import migrations


def move_intake(apps, schema_editor):
    """Of each project and key that has set something."""
    choices = apps.get_model('control', 'Choice').objects
    for project in apps.get_model('projects', 'Project').objects.exclude(allowed_domains=[]):
        held = project.allowed_domains if isinstance(project.allowed_domains, list) else []
        origins = [str(one).strip()[:200] for one in held if str(one).strip()][:200]
        if origins:
            choices.create(project_id=project.pk, group='intake', chosen={'origins': origins})
    for key in apps.get_model('projects', 'ProjectKey').objects.exclude(events_per_minute=0):
        most = min(key.events_per_minute, 10_000_000)
        choices.create(key_id=key.pk, group='intake', chosen={'events_per_minute': most})


class Migration(migrations.Migration):

    dependencies = [
        ('control', '0001_initial'),
        ('projects', '0005_remove_project_scrubbing'),
    ]

    operations = [migrations.RunPython(move_intake, migrations.RunPython.noop)]
