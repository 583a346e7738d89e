"""A key may come from another installation, where DSNs name its project by another number."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0007_key_use'),
    ]

    operations = [
        migrations.AddField(
            model_name='projectkey',
            name='former_project_id',
            field=models.PositiveBigIntegerField(default=0, help_text="The project's number where the key came from; its DSNs name it."),
        ),
    ]
