"""Who cancels what others wait for leaves it to them; a copy of a link waits for nothing."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def copies_wait_for_nothing(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Only copies have a state."""
    apps.get_model("sharing", "Asked").objects.filter(state__isnull=False).update(waits=False)


class Migration(migrations.Migration):
    dependencies = [("sharing", "0001_initial")]

    operations = [
        migrations.AddField("asked", "waits", models.BooleanField(default=True)),
        migrations.RunPython(copies_wait_for_nothing, migrations.RunPython.noop),
    ]
