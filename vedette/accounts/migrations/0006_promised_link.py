"""Sign-in links by mail that were promised, so that no stop loses them."""

import vedette.clock
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_invitation'),
    ]

    operations = [
        migrations.CreateModel(
            name='PromisedLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.CharField(max_length=254, unique=True)),
                ('created_at', models.DateTimeField(default=vedette.clock.now)),
                ('due_at', models.DateTimeField(db_index=True, default=vedette.clock.now)),
            ],
        ),
    ]
