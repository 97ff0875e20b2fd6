"""Exons whose inclusion was measured with and without a variant, from the published tables of two assays.

* Vex-seq (Adamson 2018, doi 10.1186/s13059-018-1437-x): `processed_files/delta_PSI_values.tsv` with `variant` and `delta_PSI` (points
  of 100, mean of K562 and HepG2), and the library `preprocess_data/68_97_final_sequences_fixed.tsv` with each construct's sequence.
* MFASS (Cheung 2019, doi 10.1016/j.molcel.2018.10.037): `processed_data/snv/snv_data_clean.txt` with `v2_dpsi`, the change of the
  inclusion index (0 to 1), and the construct's sequence with and without the variant. As published, only mutants of exons whose
  natural form has an index of at least 0.5 count.

Both number hg19 from 1 and write sequences in the direction of transcription; here everything is on the plus strand.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from predictor.errors import DomainError
from predictor.variants.variant import Variant

Row = tuple[int, Mapping[str, str]]  # a line's number, its fields by column

VEX_SEQ_COLUMNS = ("variant", "delta_PSI")
LIBRARY_COLUMNS = (
    "chromosome", "position", "reference", "alternative", "Upstream Int Adj", "Exon up", "Exon down", "strand", "Sequence",
)  # fmt: skip
MFASS_COLUMNS = (
    "id", "ensembl_id", "chr", "start", "strand", "intron1_len", "exon_len", "original_seq", "category", "nat_v2_index",
    "nat_seq", "v2_dpsi",
)  # fmt: skip
LEAST_NATURAL_INDEX = 0.5
_COMPLEMENT = str.maketrans("ACGT", "TGCA")


@dataclass(frozen=True, slots=True)
class Exon:
    """`bases` of the construct lie at `start` (0-based) of the chromosome, named without “chr”; the exon is [first, last) of them."""

    name: str
    chromosome: str
    strand: str
    start: int
    bases: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Measured:
    """`variant` at the chromosome's places, without bases that both alleles share; `change` of the inclusion, below 0 for a loss."""

    id: str
    exon: Exon
    variant: Variant
    change: float

    @property
    def touched(self) -> tuple[int, int]:
        """[at, end) of the construct; of an insertion the base behind it."""
        at = self.variant.start - self.exon.start
        return at, at + max(1, len(self.variant.ref))

    @property
    def distance(self) -> int:
        """Bases from the nearest base at the exon's border: 0 is the exon's last base, 1 the first of the intron."""
        at, end = self.touched
        return min(max(at - border, border - end + 1, 0) for border in (self.exon.first, self.exon.last - 1))

    @property
    def is_exonic(self) -> bool:
        """Whether it touches the exon."""
        at, end = self.touched
        return at < self.exon.last and end > self.exon.first

    @property
    def is_essential(self) -> bool:
        """Whether it touches one of the intron's two bases beside the exon."""
        at, end = self.touched
        first, last = self.exon.first, self.exon.last
        return (at < first and end > first - 2) or (at < last + 2 and end > last)


@dataclass(frozen=True, slots=True)
class Assay:
    """A table as read. `loss`: a change of at most this counts as a strong loss of inclusion; `unmeasured` rows have no number."""

    name: str
    unit: str
    loss: float
    rows: tuple[Measured, ...]
    unmeasured: int


def read_vex_seq(table: Path, library: Path) -> Assay:
    """Raises DomainError `bad_table`. A strong loss is one of 20 points or more: the authors name no threshold."""
    natural: dict[tuple[str, ...], Exon] = {}
    constructs: dict[str, Row] = {}
    for number, row in _rows(library, LIBRARY_COLUMNS):
        constructs.setdefault("_".join(row[name] for name in LIBRARY_COLUMNS[:4]), (number, row))
        if (row["reference"], row["alternative"]) == ("Control", "Original"):
            with _line(library, number):
                natural[_exon_of(row)] = _library_exon(row)
    measured, unmeasured = [], 0
    for number, row in _rows(table, VEX_SEQ_COLUMNS):
        change = _number(row["delta_PSI"], table, number)
        if change is None:
            unmeasured += 1
            continue
        at, construct = constructs.get(row["variant"], (0, None))
        exon = natural.get(_exon_of(construct)) if construct else None
        if construct is None or exon is None:
            raise _bad(
                table, number, f"“{row['variant'][:60]}” and its exon's natural form are not both in {library.name}."
            )
        with _line(library, at):
            measured.append(_vex_seq_row(construct, exon, change))
    return Assay("Vex-seq", "points of PSI", -20.0, tuple(measured), unmeasured)


def read_mfass(table: Path) -> Assay:
    """Raises DomainError `bad_table`. A strong loss is one of 0.5 or more, as the authors have it."""
    measured, unmeasured = [], 0
    for number, row in _rows(table, MFASS_COLUMNS):
        if row["category"] != "mutant":
            continue
        natural, change = (_number(row[name], table, number) for name in ("nat_v2_index", "v2_dpsi"))
        if natural is None or change is None:
            unmeasured += 1
        elif natural >= LEAST_NATURAL_INDEX:
            with _line(table, number):
                measured.append(_mfass_row(row, change))
    return Assay("MFASS", "of the inclusion index", -0.5, tuple(measured), unmeasured)


def _library_exon(row: Mapping[str, str]) -> Exon:
    start = int(row["Upstream Int Adj"])
    bases = _plus(row["Sequence"], row["strand"])
    return _checked(Exon(
        ":".join(_exon_of(row)), row["chromosome"].removeprefix("chr"), row["strand"], start - 1, bases,
        int(row["Exon up"]) - start, int(row["Exon down"]) - start + 1,
    ))  # fmt: skip


def _exon_of(row: Mapping[str, str]) -> tuple[str, ...]:
    return row["chromosome"], row["Exon up"], row["Exon down"]


def _vex_seq_row(row: Mapping[str, str], exon: Exon, change: float) -> Measured:
    at, ref, alt = int(row["position"]) - 1 - exon.start, row["reference"], row["alternative"]
    edited = exon.bases[:at] + alt + exon.bases[at + len(ref) :]
    if exon.bases[at : at + len(ref)] != ref or edited != _plus(row["Sequence"], row["strand"]):
        raise ValueError("its sequence is not its exon's natural one with REF replaced by ALT at that position")
    variant = Variant(exon.chromosome, exon.start + at, ref, alt).trimmed()
    return Measured("_".join(row[name] for name in LIBRARY_COLUMNS[:4]), exon, variant, change)


def _mfass_row(row: Mapping[str, str], change: float) -> Measured:
    bases, edited = (_plus(row[name], row["strand"]) for name in ("nat_seq", "original_seq"))
    first = int(row["intron1_len"])
    exon = _checked(Exon(
        row["ensembl_id"], row["chr"].removeprefix("chr"), row["strand"], int(row["start"]) - 1, bases, first,
        first + int(row["exon_len"]),
    ))  # fmt: skip
    if len(bases) != len(edited):
        raise ValueError("original_seq and nat_seq must be equally long")
    differ = [at for at, (one, other) in enumerate(zip(bases, edited, strict=True)) if one != other]
    if len(differ) != 1:
        raise ValueError("original_seq must differ from nat_seq in one base")
    (at,) = differ
    return Measured(row["id"], exon, Variant(exon.chromosome, exon.start + at, bases[at], edited[at]), change)


def _checked(exon: Exon) -> Exon:
    if not 0 < exon.first < exon.last < len(exon.bases):
        raise ValueError("its exon does not lie inside its sequence")
    return exon


def _plus(bases: str, strand: str) -> str:
    if strand not in ("+", "-") or set(bases) - set("ACGTN"):
        raise ValueError("its strand must be + or - and its sequences A, C, G, T")
    return bases if strand == "+" else bases.translate(_COMPLEMENT)[::-1]


def _rows(path: Path, columns: Sequence[str]) -> Iterator[Row]:
    """Lines of a table with a line of names first and tabs between fields; a field may be quoted."""
    with path.open(encoding="utf-8", errors="replace", newline="") as lines:
        table = csv.reader(lines, delimiter="\t")
        names = next(table, [])
        missing = [name for name in columns if name not in names]
        if missing:
            raise DomainError(
                "bad_table",
                f"{path.name} has no column “{missing[0]}”; its first line must name {', '.join(columns)} with tabs between them.",
            )
        for number, fields in enumerate(table, start=2):
            if len(fields) != len(names):
                raise _bad(path, number, f"it has {len(fields)} fields, not {len(names)}.")
            yield number, dict(zip(names, fields, strict=True))


def _number(text: str, path: Path, line: int) -> float | None:
    """None for what was not measured."""
    if text in ("", "NA", "NaN", "nan"):
        return None
    try:
        number = float(text)
    except ValueError:
        number = math.inf
    if not math.isfinite(number):
        raise _bad(path, line, f"“{text[:40]}” is not a number.")
    return number


@contextmanager
def _line(path: Path, line: int) -> Iterator[None]:
    """A ValueError inside is the fault of this line."""
    try:
        yield
    except ValueError as error:
        raise _bad(path, line, f"{error}.") from None


def _bad(path: Path, line: int, what: str) -> DomainError:
    return DomainError("bad_table", f"Line {line:,} of {path.name}: {what}")
