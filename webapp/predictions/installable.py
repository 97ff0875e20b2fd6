"""Models that are not packaged, because they are not ours to give away: what a person is told who has not installed them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Installable:
    """`models`: names it brings; `genomes` they are for."""

    name: str
    title: str
    models: tuple[str, ...]
    genomes: tuple[str, ...]

    @property
    def command(self) -> str:
        """What an operator types."""
        return f"manage.py install_model {self.name}"


INSTALLABLE = (
    Installable("alphagenome", "AlphaGenome", ("alphagenome", "alphagenome-mouse"), ("hg38", "hg19", "mm10")),
    Installable("spliceai", "SpliceAI", ("spliceai",), ("hg19", "hg38")),
)
