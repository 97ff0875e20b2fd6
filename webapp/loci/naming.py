"""Names of an assembly's chromosomes: its own, and all others that people, files and archives use for them."""

from __future__ import annotations

from predictor.api import canonical_chromosome, chromosome_spellings, is_roman, is_yeast
from webapp.loci.models import Assembly


class ChromosomeNames:
    """Read once; `lengths` in bp by the assembly's own names, in its order."""

    def __init__(self, assembly: Assembly) -> None:
        rows = list(assembly.chromosomes.order_by("order").values_list("name", "length", "aliases"))
        self.lengths: dict[str, int] = {name: length for name, length, _ in rows}
        self._aliases = {alias: name for name, _, aliases in rows for alias in aliases}

    def canonical(self, text: str) -> str:
        """The assembly's own name. Raises DomainError `unknown_chromosome` (404)."""
        return canonical_chromosome(text, self.lengths, self._aliases)

    def spellings(self) -> dict[str, str]:
        """The own names by every spelling, case-folded; accessions also without their version."""
        roman, yeast = is_roman(self.lengths), is_yeast(self.lengths)
        found: dict[str, str] = {}
        for name in self.lengths:
            for one in chromosome_spellings(name, roman=roman, yeast=yeast):
                found[one] = name
                found.setdefault(one.partition(".")[0], name)
        for alias, name in self._aliases.items():
            found[alias] = name
            found.setdefault(alias.partition(".")[0], name)
        return found
