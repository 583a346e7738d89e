"""The inbox of feedback: how each piece stands; its words lie in the store."""


import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('projects', '0008_key_former_project'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Feedback',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('feedback_id', models.CharField(max_length=32)),
                ('at', models.DateTimeField()),
                ('status', models.CharField(choices=[('unresolved', 'Unresolved'), ('resolved', 'Resolved'), ('spam', 'Spam')], default='unresolved', max_length=16)),
                ('signs', models.JSONField(default=list)),
                ('text_key', models.BigIntegerField(default=0)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('assignee', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='feedback', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='feedback', to='projects.project')),
            ],
            options={
                'indexes': [models.Index(fields=['project', 'text_key', 'at'], name='feedback_text'), models.Index(fields=['at'], name='feedback_at')],
                'constraints': [models.UniqueConstraint(fields=('project', 'feedback_id'), name='one_feedback')],
            },
        ),
    ]
