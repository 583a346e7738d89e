"""What each place has chosen of a group of options; what projects chose of scrubbing moves here."""

import django.db.models.deletion
import vedette.clock
from django.db import migrations, models


NAMES = ('enabled', 'defaults', 'strict', 'ip_addresses', 'emails', 'sensitive_fields', 'safe_fields')


def _fit(value):
    """A list within the bounds of the option, which would not count at all beyond them."""
    if not isinstance(value, list):
        return value
    return [str(one).strip()[:100] for one in value if str(one).strip()][:200]


def move_scrubbing(apps, schema_editor):
    """Of each project that has set something."""
    choices = apps.get_model('control', 'Choice').objects
    for project in apps.get_model('projects', 'Project').objects.exclude(scrubbing={}):
        held = project.scrubbing if isinstance(project.scrubbing, dict) else {}
        chosen = {name: _fit(held[name]) for name in NAMES if isinstance(held.get(name), bool) or held.get(name)}
        if chosen:
            choices.create(project_id=project.pk, group='scrubbing', chosen=chosen)


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0008_audit_before_and_after'),
        ('projects', '0004_repaired_version'),
    ]

    operations = [
        migrations.CreateModel(
            name='Choice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('group', models.CharField(max_length=40)),
                ('chosen', models.JSONField(default=dict, help_text='By option; what is absent is inherited.')),
                ('is_from_file', models.BooleanField(default=False)),
                ('changed_at', models.DateTimeField(default=vedette.clock.now)),
                ('key', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, to='projects.projectkey')),
                ('organization', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, to='accounts.organization')),
                ('project', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, to='projects.project')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('key__isnull', True), ('organization__isnull', True), ('project__isnull', True)), models.Q(('key__isnull', True), ('organization__isnull', False), ('project__isnull', True)), models.Q(('key__isnull', True), ('organization__isnull', True), ('project__isnull', False)), models.Q(('key__isnull', False), ('organization__isnull', True), ('project__isnull', True)), _connector='OR'), name='choice_of_one_place'), models.UniqueConstraint(condition=models.Q(('key__isnull', True), ('organization__isnull', True), ('project__isnull', True)), fields=('group',), name='choice_of_installation'), models.UniqueConstraint(condition=models.Q(('key__isnull', True), ('organization__isnull', False), ('project__isnull', True)), fields=('organization', 'group'), name='choice_of_organization'), models.UniqueConstraint(condition=models.Q(('key__isnull', True), ('organization__isnull', True), ('project__isnull', False)), fields=('project', 'group'), name='choice_of_project'), models.UniqueConstraint(condition=models.Q(('key__isnull', False), ('organization__isnull', True), ('project__isnull', True)), fields=('key', 'group'), name='choice_of_key')],
            },
        ),
        migrations.RunPython(move_scrubbing, migrations.RunPython.noop),
    ]
