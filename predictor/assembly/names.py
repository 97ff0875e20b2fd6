"""Accessions under which archives hold the chromosomes of well-known assemblies."""

from __future__ import annotations

# RefSeq's versions of NC_000001 to NC_000024 (GCF_000001405) and of NC_000067 to NC_000087 (GCF_000001635), X and Y last.
_HUMAN = (*map(str, range(1, 23)), "X", "Y")
_MOUSE = (*map(str, range(1, 20)), "X", "Y")
_REFSEQ = {
    "hg19": (1, _HUMAN, (10, 11, 11, 11, 9, 11, 13, 10, 11, 10, 9, 11, 10, 8, 9, 9, 10, 9, 9, 10, 8, 10, 10, 9)),
    "hg38": (1, _HUMAN, (11, 12, 12, 12, 10, 12, 14, 11, 12, 11, 10, 12, 11, 9, 10, 10, 11, 10, 10, 11, 9, 11, 11, 10)),
    "mm10": (67, _MOUSE, (6,) * 19 + (7, 7)),
}  # fmt: skip
_GENBANK = {"hg19": (663, 1), "hg38": (663, 2), "mm10": (994, 2)}  # CM000663.1 is hg19's chr1


def accessions_of(build: str, chromosome: str) -> tuple[str, ...]:
    """RefSeq's and GenBank's, with version: of hg19, chr20 is NC_000020.10 and CM000682.1. None where it is not known."""
    if build not in _REFSEQ:
        return ()
    first, names, versions = _REFSEQ[build]
    bare = chromosome.removeprefix("chr")
    if bare not in names:
        return ()
    number = names.index(bare)
    genbank, version = _GENBANK[build]
    return f"NC_{first + number:06d}.{versions[number]}", f"CM{genbank + number:06d}.{version}"
