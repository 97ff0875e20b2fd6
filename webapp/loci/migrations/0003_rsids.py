"""rsIDs of an assembly. One index, the primary key, finds an rsID; loading sorts by it, so that it is built in order."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("loci", "0002_external_storage")]

    operations = [
        migrations.CreateModel(
            name="RsidTable",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(max_length=200)),
                ("digest", models.CharField(max_length=64)),
                ("count", models.PositiveBigIntegerField(default=0)),
                (
                    "assembly",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rsids", to="loci.assembly"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Rsid",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "table", "number", "rank", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.BigIntegerField()),
                ("rank", models.PositiveIntegerField()),
                ("start", models.PositiveIntegerField()),
                ("ref", models.TextField()),
                ("alt", models.TextField()),
                (
                    "chromosome",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="loci.chromosome",
                    ),
                ),
                (
                    "table",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="loci.rsidtable",
                    ),
                ),
            ],
        ),
    ]
