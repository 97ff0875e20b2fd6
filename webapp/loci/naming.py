"""Names of an assembly's chromosomes: its own, and all others that people, files and archives use for them."""

from __future__ import annotations

from predictor.api import canonical_chromosome, chromosome_accessions, chromosome_spellings, is_roman, is_yeast
from webapp.loci.models import Assembly

_YEAST = "sacCer3"  # also where only some of its chromosomes are there


def build_of(name: str) -> str:
    """The published assembly whose coordinates a genome has: hg19 of hg19-mini, which is a part of it."""
    return name.partition("-")[0]


class ChromosomeNames:
    """Read once; `lengths` in bp by the assembly's own names, in its order."""

    def __init__(self, assembly: Assembly) -> None:
        rows = list(assembly.chromosomes.order_by("order").values_list("name", "length", "aliases"))
        self.lengths: dict[str, int] = {name: length for name, length, _ in rows}
        self._yeast = build_of(assembly.name) == _YEAST or is_yeast(self.lengths)
        self._aliases = {alias: name for name, _, aliases in rows for alias in aliases}
        if self._yeast:
            self._aliases |= {one.casefold(): name for name in self.lengths for one in chromosome_accessions(name)}

    def canonical(self, text: str) -> str:
        """The assembly's own name. Raises DomainError `unknown_chromosome` (404)."""
        return canonical_chromosome(text, self.lengths, self._aliases)

    def spellings(self) -> dict[str, str]:
        """The own names by every spelling, case-folded; accessions also without their version."""
        roman = is_roman(self.lengths)
        found: dict[str, str] = {}
        for name in self.lengths:
            for one in chromosome_spellings(name, roman=roman, yeast=self._yeast):
                found[one] = name
                found.setdefault(one.partition(".")[0], name)
        for alias, name in self._aliases.items():
            found[alias] = name
            found.setdefault(alias.partition(".")[0], name)
        return found
