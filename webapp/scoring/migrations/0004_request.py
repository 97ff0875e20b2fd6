"""A visitor at the limit is answered by what is there already, without a row being read."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("scoring", "0003_gene_id")]

    operations = [
        migrations.AddField("scorejob", "request", models.CharField(blank=True, default="", max_length=64)),
        migrations.AddIndex("scorejob", models.Index(fields=["request"], name="scoring_requests")),
    ]
