"""An incident remembers that its maintenance is to cover monitors: it does so once it is
published, so that a draft which nobody has decided on mutes nothing."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("statuspages", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="incident",
            name="covers_monitors",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
