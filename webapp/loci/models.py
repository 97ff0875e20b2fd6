"""What an assembly is made of. Coordinates are 0-based half-open."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models


class Assembly(models.Model):
    """One version of an organism's genome, or a part of it, as hg19-mini of hg19.

    `annotation`: the digest of what its genes were loaded from, empty until they are there. `packaged`: the annotation is also a file
    (see webapp.loci.loading). `files`: where sequence and annotation came from, with size and SHA-256. `longest_bp`: of any gene, which
    bounds how far before a place one that reaches into it may begin.
    """

    name = models.CharField(max_length=100, unique=True)
    title = models.CharField(max_length=200)
    organism = models.CharField(max_length=200)
    source = models.CharField(max_length=500, blank=True, default="")
    licence = models.CharField(max_length=500, blank=True, default="")
    digest = models.CharField(max_length=64, blank=True, default="")  # of what its sequence was loaded from
    annotation = models.CharField(max_length=64, blank=True, default="")
    packaged = models.BooleanField(default=True)
    files = models.JSONField(default=dict)
    longest_bp = models.PositiveIntegerField(default=2_500_000)

    def __str__(self) -> str:
        return self.name


class Chromosome(models.Model):
    """One molecule; its bases are SequenceChunks, which webapp.loci.bases alone writes and reads.

    `aliases`: other names of it, case-folded; `bands`: [name, start, end, stain] of its cytobands.
    """

    assembly = models.ForeignKey(Assembly, on_delete=models.CASCADE, related_name="chromosomes")
    order = models.PositiveIntegerField()
    name = models.CharField(max_length=100)
    length = models.PositiveIntegerField()
    aliases = ArrayField(models.CharField(max_length=100), default=list)
    bands = models.JSONField(default=list)

    class Meta:
        ordering: ClassVar = ["order"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["assembly", "name"], name="one_chromosome_per_name")]

    def __str__(self) -> str:
        return self.name


class SequenceChunk(models.Model):
    """Bases [number, number + 1) * CHUNK_BP of a chromosome, `bits` for each; see webapp.loci.bases."""

    pk = models.CompositePrimaryKey("chromosome", "number")
    chromosome = models.ForeignKey(Chromosome, on_delete=models.CASCADE, related_name="+", db_index=False)
    number = models.PositiveIntegerField()
    bits = models.PositiveSmallIntegerField()
    bases = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.chromosome_id}: {self.number}"


class Gene(models.Model):
    """A named feature: protein-coding and RNA genes, and what else has a name (ARS, centromere, LTR ...).

    `exons` are [start, end) pairs in ascending order, of the transcript that stands for the gene; `coding` the parts of them that are
    translated, null where the exons are (as in yeast's annotation), empty where none is known. `keys` are the case-folded names it is
    found under; `words` is the case-folded text of names and description, each word after a space; webapp.loci.search finds their
    beginnings by an index.
    """

    assembly = models.ForeignKey(Assembly, on_delete=models.CASCADE, related_name="genes")
    chromosome = models.ForeignKey(Chromosome, on_delete=models.CASCADE, related_name="genes")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    strand = models.CharField(max_length=1)
    name = models.CharField(max_length=100)
    systematic = models.CharField(max_length=100, blank=True, default="")
    kind = models.CharField(max_length=30)
    description = models.TextField(blank=True, default="")
    aliases = ArrayField(models.CharField(max_length=100), default=list)
    exons = models.JSONField(default=list)
    coding = models.JSONField(null=True, default=None)
    keys = ArrayField(models.CharField(max_length=100), default=list)
    words = models.TextField(blank=True, default="")

    class Meta:
        ordering: ClassVar = ["chromosome_id", "start"]
        indexes: ClassVar = [
            GinIndex(fields=["keys"], name="gene_keys"),
            models.Index(fields=["chromosome", "start"], name="gene_place"),
        ]

    def __str__(self) -> str:
        return self.name


class GeneTranscript(models.Model):
    """One of a gene's transcripts, the first of which stands for it; `exons` and `coding` as a gene's. `key`: its case-folded name
    without a version."""

    gene = models.ForeignKey(Gene, on_delete=models.CASCADE, related_name="transcripts")
    rank = models.PositiveIntegerField()
    name = models.CharField(max_length=100)
    key = models.CharField(max_length=100, db_index=True)
    kind = models.CharField(max_length=30)
    exons = models.JSONField(default=list)
    coding = models.JSONField(default=list)

    def __str__(self) -> str:
        return self.name


class RsidTable(models.Model):
    """The rsIDs of an assembly, as `manage.py load_rsids` put them there: `count` alleles."""

    assembly = models.OneToOneField(Assembly, on_delete=models.CASCADE, related_name="rsids")
    source = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)  # of what it was loaded from
    count = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.assembly_id}: {self.source}"


class Rsid(models.Model):
    """One ALT of rs`number`, the `rank`-th by place: a variant in its normal form, with REF as the assembly has it."""

    pk = models.CompositePrimaryKey("table", "number", "rank")
    table = models.ForeignKey(RsidTable, on_delete=models.CASCADE, related_name="rows", db_index=False)
    number = models.BigIntegerField()
    rank = models.PositiveIntegerField()
    chromosome = models.ForeignKey(
        Chromosome, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    start = models.PositiveIntegerField()
    ref = models.TextField()
    alt = models.TextField()

    def __str__(self) -> str:
        return f"rs{self.number}"
