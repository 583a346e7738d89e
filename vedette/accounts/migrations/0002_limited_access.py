"""Tokens get scopes and an end; a member may be limited to chosen projects."""

import django.db.models.deletion
import vedette.accounts.scopes
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='apitoken',
            name='expires_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='apitoken',
            name='scopes',
            field=models.JSONField(default=vedette.accounts.scopes.default_scopes),
        ),
        migrations.AddField(
            model_name='membership',
            name='sees_all',
            field=models.BooleanField(default=True, help_text='All projects, also those to come.'),
        ),
        migrations.AlterField(
            model_name='apitoken',
            name='user',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='tokens', to=settings.AUTH_USER_MODEL),
        ),
    ]
