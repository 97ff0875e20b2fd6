"""Bases leave the chromosome's row for rows of their own; see webapp.loci.bases. EXTERNAL: packed bases compress no further."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.migrations.exceptions import IrreversibleError

from webapp.loci.bases import CHUNK_BP, pack_bases


def move_bases(apps, schema_editor):
    chromosomes = apps.get_model("loci", "Chromosome").objects.using(schema_editor.connection.alias)
    with schema_editor.connection.cursor() as cursor:
        for chromosome in chromosomes.defer("sequence"):
            for number in range(-(-chromosome.length // CHUNK_BP)):
                cursor.execute(
                    "SELECT substr(sequence, %s, %s) FROM loci_chromosome WHERE id = %s",
                    [number * CHUNK_BP + 1, CHUNK_BP, chromosome.pk],
                )
                bits, packed = pack_bases(cursor.fetchone()[0].encode("ascii"))
                cursor.execute(
                    "INSERT INTO loci_sequencechunk (chromosome_id, number, bits, bases) VALUES (%s, %s, %s, %s)",
                    [chromosome.pk, number, bits, packed],
                )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # or the table cannot be altered in this transaction


def refuse(apps, schema_editor):
    """Before anything else is undone."""
    if apps.get_model("loci", "Chromosome").objects.using(schema_editor.connection.alias).exists():
        raise IrreversibleError(
            "The bases of a genome cannot go back into its chromosomes' rows; remove the genomes, or restore a backup from before."
        )


class Migration(migrations.Migration):
    dependencies = [("loci", "0003_rsids")]

    operations = [
        migrations.CreateModel(
            name="SequenceChunk",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "chromosome", "number", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("bits", models.PositiveSmallIntegerField()),
                ("bases", models.BinaryField()),
                (
                    "chromosome",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="loci.chromosome",
                    ),
                ),
            ],
        ),
        migrations.RunSQL(
            "ALTER TABLE loci_sequencechunk ALTER COLUMN bases SET STORAGE EXTERNAL", migrations.RunSQL.noop
        ),
        migrations.RunPython(
            move_bases, migrations.RunPython.noop
        ),  # the way back is refused below, where there is anything
        migrations.RemoveField(model_name="chromosome", name="sequence"),
        migrations.RunPython(migrations.RunPython.noop, refuse),
    ]
