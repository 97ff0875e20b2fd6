"""`manage.py install_genome`: an assembly with its genes, from where it is published or from files of one's own."""

from __future__ import annotations

import shutil
import time
from argparse import ArgumentParser
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from predictor.api import DomainError
from webapp.loci.installation.install import install, work_folder
from webapp.loci.installation.mini import NAME as MINI
from webapp.loci.installation.mini import genes_of_table, mini_plan
from webapp.loci.installation.sources import PLANS, Plan, Source, check_name, mirrored
from webapp.loci.models import Assembly
from webapp.loci.services import get_assembly


class Command(BaseCommand):
    """Says each step as it goes; what is there already is left alone, what was begun is finished."""

    help = (
        f"Install a genome: {', '.join(PLANS)} from UCSC and GENCODE, {MINI} (chr20 and most of chrX) from the registries of Debian and "
        "Python, or any from --sequence and --annotation."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", nargs="?", help=f"{', '.join(PLANS)}, {MINI}, or a name for files of your own")
        parser.add_argument("--sequence", metavar="FILE|URL", help="FASTA, FASTA.gz or 2bit")
        parser.add_argument("--annotation", metavar="FILE|URL", help="GTF or GFF3, also gzipped")
        parser.add_argument("--bands", metavar="FILE|URL", help="cytobands as UCSC's cytoBand.txt")
        parser.add_argument("--aliases", metavar="FILE|URL", help="names of chromosomes as UCSC's chromAlias.txt")
        parser.add_argument("--name", dest="named", help="how the genome is called, as in hg38")
        parser.add_argument("--title", help="how people read it, as in “Human GRCh38 (hg38)”")
        parser.add_argument("--organism", default="", help="as in “Homo sapiens”")
        parser.add_argument("--sha256", default="", help="of the file of --sequence")
        parser.add_argument("--annotation-sha256", default="", help="of the file of --annotation")
        parser.add_argument("--mirror", default="", metavar="URL", help="another host that has the published paths")
        parser.add_argument("--all-sequences", action="store_true", help="also scaffolds and alternative loci")
        parser.add_argument(
            "--from", type=Path, dest="folder", metavar="FOLDER", help=f"the packages of {MINI}, fetched elsewhere"
        )
        parser.add_argument("--replace", action="store_true", help="put it in the place of another one of this name")
        parser.add_argument(
            "--remove", action="store_true", help="remove the genome; predictions on it stay, without their genes"
        )
        parser.add_argument("--list", action="store_true", dest="show", help="what is installed")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["show"]:
            return self._list()
        started = time.monotonic()
        try:
            if options["remove"]:
                return self._remove(options["named"] or options["name"] or "")
            plan = self._plan(options)
            genes = genes_of_table if plan.name == MINI else None
            if install(plan, self._say, replace=options["replace"], genes=genes):
                self._say(f"{plan.name} is installed: {time.monotonic() - started:.1f} s")
        except DomainError as error:
            raise CommandError(str(error)) from None
        except OSError as error:
            raise CommandError(
                f"{error.filename or 'A file'} cannot be written: {error.strerror or error}; make room or set LOCUSCOPE_HOME to another "
                "disk, and run this again."
            ) from None
        return None

    def _plan(self, options: dict[str, Any]) -> Plan:
        name = options["named"] or options["name"]
        if not name:
            raise CommandError(f"Say which genome: {', '.join((*PLANS, MINI))}, or a name with --sequence.")
        check_name(name)
        given: dict[str, Any] = {
            part: Source(options[part]) for part in ("sequence", "annotation", "bands", "aliases") if options[part]
        }
        if "sequence" in given:
            given["sequence"] = replace(given["sequence"], sha256=options["sha256"])
        if "annotation" in given:
            given["annotation"] = replace(given["annotation"], sha256=options["annotation_sha256"])
        if name == MINI and not given:
            folder = options["folder"]
            return mini_plan(folder.expanduser().resolve() if folder else None)
        if "sequence" in given:
            return Plan(name, options["title"] or name, options["organism"], **given)
        if name not in PLANS:
            raise CommandError(
                f"“{name}” is none of {', '.join((*PLANS, MINI))}; to install it from files, give --sequence and --annotation."
            )
        plan = replace(PLANS[name], **given)
        parts: dict[str, Any] = {
            part: mirrored(getattr(plan, part), options["mirror"])
            for part in ("sequence", "annotation", "bands", "aliases")
        }
        return replace(plan, **parts, wanted=bool if options["all_sequences"] else plan.wanted)

    def _remove(self, name: str) -> None:
        found = get_assembly(name)
        if found.packaged:
            raise CommandError(f"{found.name} comes with this software and stays.")
        found.delete()
        shutil.rmtree(work_folder(found.name), ignore_errors=True)
        self._say(f"{found.name} is removed")

    def _list(self) -> None:
        for assembly in Assembly.objects.order_by("name"):
            lengths = assembly.chromosomes.values_list("length", flat=True)
            self._say(
                f"{assembly.name}\t{assembly.title}\t{len(lengths):,} sequences\t{sum(lengths):,} bp\t{assembly.genes.count():,} genes"
                f"\t{assembly.source}\t{assembly.licence}"
            )

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
