"""Invitations that are taken by the person, and whether the address of an account is proved."""

import django.db.models.deletion
import vedette.clock
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_identity'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='is_address_proven',
            field=models.BooleanField(default=True, help_text='False for who came by an invitation that was not mailed to them.'),
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254)),
                ('role', models.CharField(choices=[('owner', 'Owner'), ('admin', 'Admin'), ('member', 'Member')], default='member', max_length=16)),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('is_mailed', models.BooleanField()),
                ('created_at', models.DateTimeField(default=vedette.clock.now)),
                ('expires_at', models.DateTimeField()),
                ('invited_by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations_made', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='accounts.organization')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organization', 'email'), name='one_invitation')],
            },
        ),
    ]
