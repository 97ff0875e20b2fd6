"""ClinVar's judgements of single bases, from its VCF or from the one that macarthur-lab/clinvar makes of it."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from predictor.errors import DomainError
from predictor.variants.variant import Variant

PATHOGENIC = frozenset({"pathogenic", "likely_pathogenic"})
BENIGN = frozenset({"benign", "likely_benign"})
_FIELDS = ("CLNSIG", "CLINICAL_SIGNIFICANCE")  # of the two
_BASES = frozenset("ACGT")

Info = Mapping[str, str]


def snvs(path: Path, lengths: Mapping[str, int], wanted: Callable[[Info], bool]) -> Iterator[Variant]:
    """Of a VCF, .vcf or .vcf.gz, on the chromosomes known, with or without “chr”. Raises DomainError `bad_vcf`."""
    names = {name.removeprefix("chr"): name for name in lengths}
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, start=1):
            if line.startswith("#") or not line.strip():
                continue
            try:
                chromosome, position, _, ref, alts, _, _, text = line.rstrip("\n").split("\t")[:8]
                start = int(position) - 1
            except ValueError:
                raise DomainError("bad_vcf", f"Line {number:,} of {path.name} is no line of a VCF.") from None
            name = names.get(chromosome.removeprefix("chr"))
            if name is None or ref not in _BASES or start >= lengths[name]:
                continue
            if wanted(dict(part.partition("=")[::2] for part in text.split(";"))):
                yield from (Variant(name, start, ref, alt) for alt in alts.split(",") if alt in _BASES)


def is_pathogenic(info: Info) -> bool:
    """Somebody says so, and nobody says that it is benign, uncertain or conflicting."""
    return _is_said(info, PATHOGENIC, BENIGN)


def is_benign(info: Info) -> bool:
    """Likewise."""
    return _is_said(info, BENIGN, PATHOGENIC)


def _is_said(info: Info, these: frozenset[str], those: frozenset[str]) -> bool:
    if info.get("MUT", "ALT") != "ALT":  # the reference's own base was judged
        return False
    text = next((info[name] for name in _FIELDS if name in info), "").lower()
    words = set(re.split(r"[|/,]", text))
    doubted = any(word.startswith(("uncertain", "conflicting")) for word in words)
    return bool(words & these) and not words & those and not doubted
