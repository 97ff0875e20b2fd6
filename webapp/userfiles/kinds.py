"""What a file can be, and how it is served. Told by its content, never by its name."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """`title` for people; `served`: igv.js's name of the form in which it is given out; `suffix` of a download; `index` of the file
    beside it, "" for none; `binary`: its chromosomes keep the names that they have in the file."""

    title: str
    served: str
    suffix: str
    index: str = ""
    binary: bool = False


KINDS = {
    "bigwig": Kind("bigWig", "bigwig", ".bw", binary=True),
    "bigbed": Kind("bigBed", "bigbed", ".bb", binary=True),
    "bedgraph": Kind("bedGraph", "bigwig", ".bw"),
    "bed": Kind("BED", "bed", ".bed.gz", ".tbi"),
    "gff3": Kind("GFF3", "gff3", ".gff3.gz", ".tbi"),
    "gtf": Kind("GTF", "gtf", ".gtf.gz", ".tbi"),
    "vcf": Kind("VCF", "vcf", ".vcf.gz", ".tbi"),
    "bam": Kind("BAM", "bam", ".bam", ".bai", binary=True),
}
