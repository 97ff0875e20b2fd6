"""Uncompressed out-of-line storage: PostgreSQL then reads only the slices that `substr` needs, not a whole chromosome."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("loci", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE loci_chromosome ALTER COLUMN sequence SET STORAGE EXTERNAL", migrations.RunSQL.noop
        )
    ]
