"""Cytobands and other names of chromosomes, as UCSC publishes them."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from predictor.assembly.lines import text_lines
from predictor.errors import DomainError

Band = tuple[str, int, int, str]  # name, start, end (0-based half-open), stain


def read_bands(path: Path) -> dict[str, list[Band]]:
    """By chromosome: chromosome, start, end, name and stain between tabs. Raises DomainError `bad_bands` (400)."""
    bands: dict[str, list[Band]] = defaultdict(list)
    for number, line in text_lines(path):
        try:
            chromosome, start, end, name, stain = line.split("\t")
            bands[chromosome].append((name, int(start), int(end), stain))
        except ValueError:
            raise DomainError(
                "bad_bands", f"Line {number:,} of {path.name} is no chromosome, start, end, name and stain.", status=400
            ) from None
    return dict(bands)


def read_aliases(path: Path) -> dict[str, set[str]]:
    """Other names by a chromosome's first name in the line; names of any column lead there."""
    found: dict[str, set[str]] = {}
    for _, line in text_lines(path):
        first, *others = (one.strip() for one in line.split("\t"))
        found.setdefault(first, set()).update(one for one in others if one)
    return found
