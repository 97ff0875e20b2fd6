"""hg19-mini: real human sequence and genes that the registries of Debian and Python carry, for machines that reach no other place."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from predictor.api import DomainError, GeneRecord, Interval, TranscriptRecord, spliceai
from webapp.lib.debian import fetch_package, unpack_member
from webapp.lib.wheels import fetch_wheel
from webapp.loci.installation.sources import Plan, Source
from webapp.loci.naming import ChromosomeNames

NAME = "hg19-mini"
_FILES = {  # package: the file in it; both are of GRCh37, under the names 20 and X
    "vt-examples": "usr/share/doc/vt/examples/ref/20.fa.gz",
    "smalt-examples": "usr/share/doc/smalt/test/data/hs37chrXtrunc.fa.gz",
}
_BOTH_SHA256 = "c7fecac8f9fad87ce055ed1bfd4c29de4e0e565532e8142110730bc3605adfc6"  # one behind the other
_TABLE_SHA256 = "16e495da074e965f46f60ced4e73292843e949051d2dc31dd521da3fd7615dce"

_ANYWHERE = 1 << 40  # farther than any chromosome reaches

Say = Callable[[str], None]


def mini_plan(given: Path | None) -> Plan:
    """`given`: a folder with the packages and the wheel, where they are not to be fetched."""
    return Plan(
        NAME,
        "Human chr20 and chrX:1-69,999,930 (hg19)",
        "Homo sapiens",
        Source(f"deb:{','.join(_FILES)}", _BOTH_SHA256, 38, lambda work, say: _sequences(given, work, say)),
        Source(f"pip:spliceai=={spliceai.VERSION}", _TABLE_SHA256, 21, lambda work, say: _table(given, work, say)),
        credit="GRCh37 from the Debian packages vt-examples and smalt-examples; GENCODE v24lift37, one transcript a gene, from the "
        "PyPI package spliceai",
        licence="GRCh37 and GENCODE: free for all uses; package smalt-examples GPL-3, package spliceai GPL-3 (its exon table)",
        rename=lambda name: f"chr{name}",
    )


def _sequences(given: Path | None, work: Path, say: Say) -> Path:
    """Gzip files one behind the other are one."""
    target = work / "hg19-mini.fa.gz"
    with target.open("wb") as both:
        for package, member in _FILES.items():
            deb = fetch_package(package, work, say, given)
            try:
                one = unpack_member(deb, member, work / Path(member).name)
            except DomainError:
                (work / deb.name).unlink(missing_ok=True)  # the next run fetches it anew; what was given is left
                raise
            with one.open("rb") as file:
                shutil.copyfileobj(file, both, 1 << 20)
            one.unlink()
    return target


def _table(given: Path | None, work: Path, say: Say) -> Path:
    if given and (given / spliceai.WHEEL).exists():
        wheel = given / spliceai.WHEEL
        spliceai.check_wheel(wheel)
    else:
        wheel = fetch_wheel(spliceai.NAME, spliceai.VERSION, work / spliceai.WHEEL, spliceai.check_wheel, say)
    return spliceai.unpack_gene_table(wheel, work / "grch37.txt")


def genes_of_table(path: Path, names: ChromosomeNames) -> Iterator[list[GeneRecord]]:
    """Of SpliceAI's exon table, which has one transcript a gene and no coding sequences."""
    found = spliceai.read_gene_table(path, list(names.lengths))
    for chromosome in names.lengths:
        yield [
            GeneRecord(
                gene.name, gene.name, chromosome, gene.start, gene.end, gene.strand, "protein-coding", "", (),
                [TranscriptRecord(gene.name, "protein-coding", gene.exons, (), 0)],
            )
            for gene in found(Interval(chromosome, 0, _ANYWHERE))
        ]  # fmt: skip
