"""What was given as rows: a text or file that is read, or the changes of a region."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from predictor.api import (
    DomainError,
    Interval,
    Row,
    Upload,
    Variant,
    VariantText,
    from_notations,
    normalised,
    resolve_all,
    substitutions,
    upload_rows,
    variant_text,
)
from webapp.loci.genome import AssemblyGenome

MAX_ROWS = 10_000
PROMOTER_BP = 500  # before the start codon
TILE_BP = 5  # deleted at once
_GIVEN = 200  # characters kept


@dataclass(frozen=True, slots=True)
class Given:
    """One variant as given, or in `error` why it cannot be scored. `notes`: what was read into it."""

    number: int
    allele: int
    given: str
    name: str
    variant: Variant | None
    notes: str = ""
    error: str = ""


def from_file(upload: Upload, genome: AssemblyGenome) -> list[Given]:
    """The rows of a VCF, BCF or table. Raises DomainError where nothing of it can be read, or `too_many_rows` (413)."""
    return _read(upload_rows(upload), genome)


def from_list(texts: Sequence[str], genome: AssemblyGenome) -> list[Given]:
    """A notation each. Raises DomainError `too_many_rows` (413)."""
    return _read(
        (row for number, text in enumerate(texts, start=1) for row in from_notations(number, "", text)), genome
    )


def saturation(place: Interval, genome: AssemblyGenome) -> list[Given]:
    """Every SNV, position by position, alternatives in the order of ACGT. Raises DomainError `window_too_long` (422)."""
    return _checked(map(_as_given, substitutions(place, genome), _counting()))


def promoter(place: Interval, genome: AssemblyGenome) -> list[Given]:
    """Every SNV, then deletions of TILE_BP side by side (the last may be shorter)."""
    changes = [*substitutions(place, genome), *_tiles(place, genome)]
    return _checked(map(_as_given, changes, _counting()))


def promoter_of(chromosome: str, start: int, end: int, strand: str, length: int) -> Interval | None:
    """PROMOTER_BP before a coding sequence on [start, end), clipped at the chromosome's ends; None where nothing is left."""
    first, last = (end, end + PROMOTER_BP) if strand == "-" else (start - PROMOTER_BP, start)
    first, last = max(0, first), min(last, length)
    return Interval(chromosome, first, last) if first < last else None


def _tiles(place: Interval, genome: AssemblyGenome) -> Iterator[Variant]:
    bases = genome.fetch(place)
    for first in range(0, len(bases), TILE_BP):
        yield normalised(
            Variant(place.chromosome, place.start + first, bases[first : first + TILE_BP], ""), genome.fetch
        )


def _counting() -> Iterator[int]:
    return iter(range(1, MAX_ROWS + 2))


def _as_given(variant: Variant, number: int) -> Given:
    return Given(number, 1, variant_text(variant), "", variant)


def _read(rows: Iterable[Row], genome: AssemblyGenome) -> list[Given]:
    """rsIDs are looked up all at once."""
    kept = list(islice(rows, MAX_ROWS + 1))
    said = (row.variant for row in kept)
    genome.read_rsids({one.sequence for one in said if isinstance(one, VariantText) and one.notation == "rsID"})
    return _checked(given for row in kept for given in _resolved(row, genome))


def _resolved(row: Row, genome: AssemblyGenome) -> Iterator[Given]:
    given, name = _line(row.given_text), _line(row.id)
    if isinstance(row.variant, DomainError):
        yield Given(row.number, row.allele, given, name, None, error=str(row.variant))
        return
    if row.variant.notation == "rsID":
        name = name or row.variant.sequence
    try:
        found = resolve_all(row.variant, genome)
    except DomainError as error:
        yield Given(row.number, row.allele, given, name, None, error=str(error))
        return
    for allele, one in enumerate(found, start=row.allele):
        yield Given(row.number, allele, given, name, one.variant, " ".join(one.notes))


def _checked(rows: Iterable[Given]) -> list[Given]:
    kept = []
    for row in rows:
        kept.append(row)
        if len(kept) > MAX_ROWS:
            raise DomainError(
                "too_many_rows",
                f"There are more than {MAX_ROWS:,} variants, counting each alternative of a row; split them into several jobs.",
                status=413,
            )
    return kept


def _line(text: str) -> str:
    """As it can be stored and shown: one line, without NUL, not too long."""
    text = " ".join(text.replace("\x00", "\ufffd").split())
    return text if len(text) <= _GIVEN else text[: _GIVEN - 1] + "…"
