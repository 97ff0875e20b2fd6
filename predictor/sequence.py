"""Cleaning what people paste. One-hot coding lives with the model, since it needs arrays."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from predictor.errors import DomainError
from predictor.inputs import MAX_BP

_IUPAC = "RYSWKMBDHV"
_PROTEIN_ONLY = set("EFILPQZXJO*")
_UPPER = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_AMBIGUOUS = str.maketrans(dict.fromkeys(_IUPAC, "N"))
# Larger than any sequence we accept with its line numbers and spaces: refuse before any regular expression sees it.
MAX_CHARACTERS = 8 * MAX_BP
MIN_BP = 1


@dataclass(frozen=True, slots=True)
class CleanSequence:
    """A pasted sequence ready for the model: `bases` in ACGTN; `name` from the FASTA header, or ""; `notes` say what was changed."""

    bases: str
    name: str
    notes: tuple[str, ...] = field(default=())

    @property
    def n_fraction(self) -> float:
        """Share of bases that are N."""
        return self.bases.count("N") / len(self.bases)


def clean_sequence(text: str) -> CleanSequence:
    """Raw DNA or one FASTA record to ACGTN. Case, white space, line numbers, U and IUPAC codes are handled and noted.

    Raises DomainError: `empty_sequence` (400), `several_records` (400), `not_dna` (400), `sequence_too_long` (413).
    """
    if len(text) > MAX_CHARACTERS:
        raise _too_long(len(text))
    notes: list[str] = []
    name, body = _split_fasta(text.replace("\r\n", "\n").replace("\r", "\n"))
    numberless = re.sub(r"(?m)^[ \t]*\d+(?=[ \t])|[ \t]\d+[ \t]*$", " ", body)
    numberless = re.sub(r"(?m)^[ \t]*\d+(?=[A-Za-z])", "", numberless)
    if numberless != body:
        notes.append("Line numbers were removed.")
    bases = "".join(numberless.split()).translate(_UPPER)
    if bases.endswith("//"):  # the last line of a GenBank ORIGIN
        bases = bases[:-2]
    if "-" in bases or "." in bases:
        gaps = bases.count("-") + bases.count(".")
        bases = bases.replace("-", "").replace(".", "")
        notes.append(f"{gaps:,} gap character{'s were' if gaps > 1 else ' was'} removed.")
    if not bases:
        raise DomainError(
            "empty_sequence",
            "There is no sequence here; paste DNA letters (A, C, G, T) or one FASTA record.",
            status=400,
        )
    if "U" in bases:
        notes.append(f"{bases.count('U'):,} U read as T.")
        bases = bases.replace("U", "T")
    _refuse_foreign(bases)
    ambiguous = sum(bases.count(code) for code in _IUPAC)
    if ambiguous:
        notes.append(f"{ambiguous:,} ambiguous base{'s' if ambiguous > 1 else ''} (IUPAC codes) read as N.")
        bases = bases.translate(_AMBIGUOUS)
    if len(bases) > MAX_BP:
        raise _too_long(len(bases))
    cleaned = CleanSequence(bases, name, tuple(notes))
    if cleaned.n_fraction == 1:
        raise DomainError("not_dna", "The sequence holds nothing but N; paste DNA letters (A, C, G, T).", status=400)
    if cleaned.n_fraction >= 0.1:
        notes.append(f"{cleaned.n_fraction:.0%} of the bases are N; predictions near them mean little.")
    return CleanSequence(bases, name, tuple(notes))


def _split_fasta(text: str) -> tuple[str, str]:
    text = text.lstrip("\ufeff \t\n")
    if origin := re.search(r"(?m)^ORIGIN\b.*$", text):  # a GenBank record, or the end of one
        locus = re.match(r"LOCUS\s+(\S+)", text)
        return (locus[1] if locus else ""), text[origin.end() :]
    if not text.startswith((">", ";")):
        if "\n>" in text:
            raise DomainError(
                "several_records",
                "There is sequence before the FASTA header; paste one FASTA record, starting with “>”.",
                status=400,
            )
        return "", text
    headers = re.findall(r"(?m)^>", text)
    if len(headers) > 1:
        raise DomainError(
            "several_records",
            f"This FASTA holds {len(headers):,} records; paste one at a time, so that each gets its own result.",
            status=400,
        )
    header, _, body = text.partition("\n")
    return header[1:].strip()[:200], body


def _refuse_foreign(bases: str) -> None:
    foreign = sorted(set(bases) - set("ACGTN" + _IUPAC))
    if not foreign:
        return
    if all(letter.isascii() and (letter.isalpha() or letter == "*") for letter in foreign) and _PROTEIN_ONLY & set(
        foreign
    ):
        letter = next(letter for letter in foreign if letter in _PROTEIN_ONLY)
        raise DomainError(
            "not_dna",
            f"This looks like protein (it has “{letter}” at position {bases.index(letter) + 1:,}); paste the DNA that codes for it.",
            status=400,
        )
    letter = min(foreign, key=bases.index)
    raise DomainError(
        "not_dna",
        f"“{letter}” at position {bases.index(letter) + 1:,} is not a DNA letter; use A, C, G, T, N or IUPAC codes.",
        status=400,
    )


def _too_long(length: int) -> DomainError:
    return DomainError(
        "sequence_too_long",
        f"The sequence is too long ({length:,} characters); the model reads at most {MAX_BP:,} bases, so paste a part of it.",
        status=413,
    )
