"""The bytes are compressed already: keep PostgreSQL from trying again on every write and read."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("predictions", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE predictions_tile ALTER COLUMN data SET STORAGE EXTERNAL;"
            "ALTER TABLE predictions_prediction ALTER COLUMN sequence SET STORAGE EXTERNAL;",
            migrations.RunSQL.noop,
        )
    ]
