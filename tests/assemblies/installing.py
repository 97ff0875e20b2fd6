"""Running `manage.py install_genome`, and reading what it has installed."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

from django.core.management import call_command

from predictor.api import Interval
from tests.assemblies import small_files as small
from webapp.loci.services import fetch_sequence, get_assembly

ACGT = {name: bases.replace("R", "A") for name, bases in small.SEQUENCES.items()}


def install(*arguments: str | Path, **options: object) -> str:
    said = StringIO()
    given = {key: str(value) if isinstance(value, Path) else value for key, value in options.items()}
    call_command("install_genome", *map(str, arguments), stdout=said, **given)
    return said.getvalue()


def written(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def sequence_of(name: str, chromosome: str) -> str:
    assembly = get_assembly(name)
    length = assembly.chromosomes.get(name=chromosome).length
    return fetch_sequence(Interval(chromosome, 0, length), assembly)
