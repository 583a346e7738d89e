"""Names of transactions that are not new: rules of sampling ask for them."""

import django.db.models.deletion
import vedette.clock
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('control', '0002_intake'),
        ('projects', '0007_key_use'),
    ]

    operations = [
        migrations.CreateModel(
            name='KnownTransactions',
            fields=[
                ('project', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, serialize=False, to='projects.project')),
                ('names', models.JSONField(default=list)),
                ('is_cut', models.BooleanField(default=False)),
                ('looked_at', models.DateTimeField(default=vedette.clock.now)),
            ],
        ),
    ]
