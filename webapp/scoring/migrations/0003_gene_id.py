"""Names are not unique: a scan's gene by what its scorer knows it by."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("scoring", "0002_external_storage")]

    operations = [migrations.AddField("scorejob", "gene_id", models.CharField(blank=True, default="", max_length=100))]
