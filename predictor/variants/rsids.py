"""A table of rsIDs out of a VCF: every ALT in its normal form, with the number of its rsID."""

from __future__ import annotations

import gzip
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from predictor.errors import DomainError
from predictor.variants.genome_access import GenomeAccess
from predictor.variants.notations import RSID
from predictor.variants.resolve import resolve
from predictor.variants.variant import Variant
from predictor.variants.vcf import vcf_rows


@dataclass(slots=True)
class Read:
    """What came of the rows so far, an ALT each: `good` ones, those `unnamed` by any rsID, and by code what was `bad`, with the
    first sentence of each code.
    """

    good: int = 0
    unnamed: int = 0
    bad: Counter[str] = field(default_factory=Counter)
    first: dict[str, str] = field(default_factory=dict)

    def refuse(self, number: int, error: DomainError) -> None:
        """Count a row that cannot be used."""
        self.bad[error.code] += 1
        self.first.setdefault(error.code, f"line {number:,}: {error}")

    def summary(self) -> Iterator[str]:
        """Lines for whoever loads it."""
        if self.unnamed:
            yield f"{self.unnamed:,} without an rsID left out"
        for code, count in self.bad.most_common():
            yield f"{count:,} left out ({code}), the first at {self.first[code]}"


def vcf_lines(path: Path) -> Iterator[str]:
    """The lines of a VCF, plain or packed by gzip or bgzip, one at a time. Raises DomainError `no_file` (404) or `bad_gzip` (400)."""
    try:
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
        opened = gzip.open if packed else open
        with opened(path, "rt", encoding="utf-8", errors="replace") as lines:
            for line in lines:
                yield line.rstrip("\r\n")
    except (FileNotFoundError, IsADirectoryError):
        raise DomainError("no_file", f"There is no file {path}.", status=404) from None
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise DomainError(
            "bad_gzip", f"{path.name} is a damaged gzip file or breaks off; fetch it again.", status=400
        ) from None


def read_rsids(lines: Iterable[str], genome: GenomeAccess, read: Read) -> Iterator[tuple[int, Variant]]:
    """(number, variant) of every ALT of the rows that an rsID names; REF is checked. A bad row is counted in `read` and stops no
    other."""
    for row in vcf_rows(lines):
        numbers = [int(match[1]) for name in row.id.split(";") if (match := RSID.fullmatch(name.strip()))]
        if isinstance(row.variant, DomainError):
            read.refuse(row.number, row.variant)
            continue
        if not numbers:
            read.unnamed += 1
            continue
        try:
            variant = resolve(row.variant, genome).variant
        except DomainError as error:
            read.refuse(row.number, error)
            continue
        read.good += 1
        for number in numbers:
            yield number, variant


def load_rsids(path: Path, genome: GenomeAccess, read: Read) -> dict[str, tuple[Variant, ...]]:
    """A table in memory: the variants of each rsID by place. Raises DomainError as `vcf_lines`."""
    table: dict[str, set[Variant]] = {}
    for number, variant in read_rsids(vcf_lines(path), genome, read):
        table.setdefault(f"rs{number}", set()).add(variant)
    return {name: tuple(sorted(found, key=_place)) for name, found in table.items()}


def _place(variant: Variant) -> tuple[str, int, str, str]:
    return variant.chromosome, variant.start, variant.ref, variant.alt
