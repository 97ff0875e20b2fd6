"""Why a file will not do: one sentence each, that says what was wrong and what to do."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from predictor.api import DomainError
from webapp.userfiles.kinds import KINDS

_SENTENCES = {
    "empty": N_("“%(name)s” is empty."),
    "no_lines": N_("“%(name)s” holds nothing to draw: it has a header at most."),
    "binary": N_("“%(name)s” is in no format that is known here; bring bigWig, bigBed, BED, bedGraph, GFF3, GTF, VCF or BAM."),
    "unknown_format": N_(
        "“%(name)s”, which begins with “%(text)s”, is in no format that is known here; bring bigWig, bigBed, BED, bedGraph, GFF3, "
        "GTF, VCF or BAM."
    ),
    "long_line": N_("“%(name)s” has a line longer than 4 MB, so it is no table of features."),
    "truncated_gzip": N_("“%(name)s” ends in the middle of its compressed data; fetch or compress it again."),
    "broken_gzip": N_("“%(name)s” is damaged: its compressed data cannot be unpacked; fetch or compress it again."),
    "unpacked_too_large": N_("“%(name)s” holds more than %(megabytes)s MB of text once it is unpacked; bring a part of it."),
    "truncated": N_("“%(name)s” is cut off: a whole %(kind)s file is longer; fetch it again."),
    "broken": N_("“%(name)s” is a damaged %(kind)s file; make or fetch it again."),
    "bad_line": N_("Line %(line)s of “%(name)s” is not %(kind)s: “%(text)s”."),
    "past_end": N_(
        "Line %(line)s of “%(name)s” ends at %(end)s, but %(chromosome)s of %(genome)s has %(length)s bp; the file may be of another "
        "assembly."
    ),
    "other_length": N_(
        "In “%(name)s” %(chromosome)s has %(there)s bp and in %(genome)s %(here)s bp; the file is of another assembly."
    ),
    "no_known_name": N_("None of the chromosomes of “%(name)s” (%(names)s) is one of %(genome)s (%(ours)s)."),
    "overlap": N_("In “%(name)s” two intervals overlap at %(chromosome)s:%(position)s; a bedGraph has one value a base."),
    "is_page": N_("“%(name)s” is a web page, not a data file; give the address of the file itself."),
    "is_cram": N_("“%(name)s” is CRAM, which cannot be read without its reference; make BAM of it: samtools view -b."),
    "is_bcf": N_("“%(name)s” is BCF; make VCF of it: bcftools view -O z."),
    "is_sam": N_("“%(name)s” is SAM; make BAM of it: samtools sort -o out.bam."),
    "is_fasta": N_("“%(name)s” is FASTA; paste a sequence into the form to predict it."),
    "is_wig": N_("“%(name)s” is wiggle; make bigWig of it: wigToBigWig."),
    "is_index": N_("“%(name)s” is an index; bring the file that it belongs to, its index is made here."),
    "is_archive": N_("“%(name)s” is an archive or office document; bring the single file, as text or with gzip."),
    "is_document": N_("“%(name)s” is a document, not a data file."),
    "is_picture": N_("“%(name)s” is a picture, not a data file."),
    "is_program": N_("“%(name)s” is a program, not a data file."),
    "is_hdf5": N_("“%(name)s” is HDF5; bring bigWig or another of the formats that are drawn here."),
    "is_compression": N_("“%(name)s” is compressed in a way that is not read here; use gzip or bgzip."),
    "too_complex": N_("“%(name)s” could not be read with the memory that one file may take; bring a part of it."),
    "too_slow": N_("“%(name)s” could not be checked within %(seconds)s seconds; bring a part of it."),
    "unreadable": N_("“%(name)s” could not be read; it is damaged, or in no format that is known here."),
}  # fmt: skip


def refusal(code: str, name: str, genome: str, facts: Mapping[str, str | int]) -> DomainError:
    """The refusal of the file `name`, 422."""
    said = {key: f"{value:,}" if isinstance(value, int) else value for key, value in facts.items()}
    if "kind" in said:
        said["kind"] = KINDS[said["kind"]].title
    return DomainError(code, _(_SENTENCES[code]) % {**said, "name": name, "genome": genome}, status=422)
