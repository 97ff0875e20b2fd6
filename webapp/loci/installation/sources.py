"""Where well-known assemblies are published. One row each; `--mirror` puts another host in the place of the first part."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from predictor.api import DomainError

UCSC = "https://hgdownload.soe.ucsc.edu"
GENCODE = "https://ftp.ebi.ac.uk/pub/databases/gencode"
_MOLECULES = re.compile(r"chr(\d+|X|Y|MT?)").fullmatch
# UCSC's chrM of hg19 is NC_001807 of 16,571 bp, and neither GRCh37's MT nor what genes and variants of MT are counted on.
_OTHER = {"hg19": frozenset({"chrM"})}


@dataclass(frozen=True, slots=True)
class Source:
    """A file by path or address; `sha256` where it is known, `mb` about how large it is. `get` brings one that has neither into a folder,
    telling of it; `place` then is how it is called."""

    place: str
    sha256: str = ""
    mb: int = 0
    get: Callable[[Path, Callable[[str], None]], Path] | None = None

    @property
    def remote(self) -> bool:
        """Whether it has to be fetched."""
        return self.place.startswith(("http://", "https://", "ftp://"))


@dataclass(frozen=True, slots=True)
class Plan:
    """What is installed under a name. `wanted`: which of the sequences in the file, `rename` as what; `without` these in any case."""

    name: str
    title: str
    organism: str
    sequence: Source
    annotation: Source | None = None
    bands: Source | None = None
    aliases: Source | None = None
    credit: str = ""
    licence: str = ""
    wanted: Callable[[str], object] = bool
    rename: Callable[[str], str] = str
    without: frozenset[str] = frozenset()

    @property
    def whole(self) -> bool:
        """Whether all of the file is wanted."""
        return self.wanted is bool


def _published(
    name: str, title: str, organism: str, species: str, release: str, sequence_mb: int, genes_mb: int
) -> Plan:
    folder = f"{UCSC}/goldenPath/{name}"
    mapped = "GRCh37_mapping/" if release.endswith("lift37") else ""
    base = release.removesuffix("lift37")
    return Plan(
        name, title, organism,
        Source(f"{folder}/bigZips/{name}.2bit", mb=sequence_mb),
        Source(f"{GENCODE}/Gencode_{species}/release_{base}/{mapped}gencode.v{release}.annotation.gtf.gz", mb=genes_mb),
        Source(f"{folder}/database/cytoBand.txt.gz"),
        Source(f"{folder}/bigZips/{name}.chromAlias.txt"),
        f"UCSC {name} (sequence, bands), GENCODE {release} (genes)",
        "UCSC and GENCODE: free for all uses",
        _MOLECULES,
        without=_OTHER.get(name, frozenset()),
    )  # fmt: skip


PLANS = {
    plan.name: plan
    for plan in (
        _published("hg38", "Human GRCh38 (hg38)", "Homo sapiens", "human", "49", 835, 65),
        _published("hg19", "Human GRCh37 (hg19)", "Homo sapiens", "human", "49lift37", 816, 65),
        _published("mm10", "Mouse GRCm38 (mm10)", "Mus musculus", "mouse", "M25", 681, 30),
    )
}


def mirrored(source: Source | None, mirror: str) -> Source | None:
    """The same path at another host: UCSC's or GENCODE's part of the address is replaced."""
    if source is None or not mirror:
        return source
    for host in (UCSC, GENCODE):
        if source.place.startswith(host):
            return replace(source, place=mirror.rstrip("/") + source.place.removeprefix(host))
    return source


def check_name(name: str) -> str:
    """Raises DomainError `bad_name` (400) for what no address can hold."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", name):
        raise DomainError(
            "bad_name",
            f"“{name[:40]}” is no name of a genome; use letters, digits, dots, dashes and underscores.",
            status=400,
        )
    return name
