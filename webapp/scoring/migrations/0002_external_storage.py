"""The bytes are compressed already: keep PostgreSQL from trying again on every write and read."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("scoring", "0001_initial")]

    operations = [
        migrations.RunSQL(
            'ALTER TABLE scoring_scoreslice ALTER COLUMN "table" SET STORAGE EXTERNAL;'
            "ALTER TABLE scoring_scoreslice ALTER COLUMN details SET STORAGE EXTERNAL;"
            "ALTER TABLE scoring_scorejob ALTER COLUMN upload SET STORAGE EXTERNAL;",
            migrations.RunSQL.noop,
        )
    ]
