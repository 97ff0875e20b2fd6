"""Putting the rsIDs of a VCF into PostgreSQL."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from itertools import islice
from pathlib import Path

from django.db import connection, transaction

from predictor.api import DomainError, ReadRsids, read_rsids, vcf_lines
from webapp.loci.genome import AssemblyGenome
from webapp.loci.models import Assembly, RsidTable

_FORMAT = "1"  # raise it when rows are written differently
_LOCK = 0x10C05C0E  # any constant: one loader at a time
_AT_ONCE = 50_000  # rows that are copied together, and told of

_STAGE = """CREATE TEMPORARY TABLE rsids_given (number bigint, chromosome bigint, start int, ref text, alt text) ON COMMIT DROP"""
# A VCF may name an ALT twice, and an rsID on several lines and places.
_SORT = """
INSERT INTO loci_rsid (table_id, number, rank, chromosome_id, start, ref, alt)
SELECT %s, number, row_number() OVER (PARTITION BY number ORDER BY chromosome, start, ref, alt), chromosome, start, ref, alt
FROM (SELECT DISTINCT * FROM rsids_given) AS once ORDER BY number
"""


def load_rsids(assembly: Assembly, path: Path, say: Callable[[str], None]) -> bool:
    """Put the rsIDs of a VCF (plain, gzip, bgzip) in the place of those that were there; False where they are these already.

    Rows are streamed; all of them appear at once. Raises DomainError `no_file` (404), `bad_gzip` or `no_rsids_there` (400), after
    which the table before is still there.
    """
    digest = _digest(assembly, path)
    if RsidTable.objects.filter(assembly=assembly, digest=digest).exists():
        say(f"{assembly.name}: the rsIDs of {path.name} are loaded")
        return False
    genome, read = AssemblyGenome(assembly), ReadRsids()
    chromosomes = dict(assembly.chromosomes.values_list("name", "id"))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        cursor.execute(_STAGE)
        rows = read_rsids(vcf_lines(path), genome, read)
        while some := list(islice(rows, _AT_ONCE)):  # while a COPY is under way, the genome cannot be asked for REFs
            with cursor.copy("COPY rsids_given FROM STDIN") as copy:
                for number, one in some:
                    copy.write_row((number, chromosomes[one.chromosome], one.start, one.ref, one.alt))
            if len(some) == _AT_ONCE:
                say(f"{assembly.name}: {read.good:,} alleles of {path.name} read")
        for line in read.summary():
            say(f"{path.name}: {line}")
        if not read.good:
            raise DomainError(
                "no_rsids_there",
                f"{path.name} has no variant of {assembly.name} with an rsID, so nothing was loaded; is it of this assembly?",
                status=400,
            )
        RsidTable.objects.filter(assembly=assembly).delete()
        table = RsidTable.objects.create(assembly=assembly, source=path.name[:200], digest=digest)
        cursor.execute(_SORT, [table.pk])
        table.count = cursor.rowcount
        table.save(update_fields=["count"])
    say(f"{assembly.name}: {table.count:,} alleles with rsIDs from {path.name} in PostgreSQL")
    return True


def _digest(assembly: Assembly, path: Path) -> str:
    digest = hashlib.sha256(f"{_FORMAT} {assembly.digest}".encode())
    try:
        with path.open("rb") as file:
            while part := file.read(1 << 20):
                digest.update(part)
    except (FileNotFoundError, IsADirectoryError):
        raise DomainError("no_file", f"There is no file {path}.", status=404) from None
    return digest.hexdigest()
