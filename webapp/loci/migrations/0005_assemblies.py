"""Assemblies beside yeast: where they came from, whether their genes are there, transcripts, coding sequences, bands."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("loci", "0004_sequence_chunks"),
    ]

    operations = [
        migrations.AddField(
            model_name="assembly",
            name="annotation",
            field=models.CharField(blank=True, default="", max_length=64),
        ),
        migrations.AddField(
            model_name="assembly",
            name="files",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="assembly",
            name="longest_bp",
            field=models.PositiveIntegerField(default=2500000),
        ),
        migrations.AddField(
            model_name="assembly",
            name="packaged",
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name="chromosome",
            name="bands",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="gene",
            name="coding",
            field=models.JSONField(default=None, null=True),
        ),
        migrations.CreateModel(
            name="GeneTranscript",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rank", models.PositiveIntegerField()),
                ("name", models.CharField(max_length=100)),
                ("key", models.CharField(db_index=True, max_length=100)),
                ("kind", models.CharField(max_length=30)),
                ("exons", models.JSONField(default=list)),
                ("coding", models.JSONField(default=list)),
                (
                    "gene",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="transcripts", to="loci.gene"
                    ),
                ),
            ],
        ),
        migrations.RunSQL(
            "CREATE INDEX gene_words ON loci_gene USING gin (array_to_tsvector(string_to_array(ltrim(words), ' ')))",
            "DROP INDEX gene_words",
        ),
        migrations.RunSQL("UPDATE loci_assembly SET annotation = digest", migrations.RunSQL.noop),
    ]
