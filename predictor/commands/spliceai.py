"""Delta scores of a VCF, as the tool SpliceAI writes them."""

from __future__ import annotations

import argparse
import itertools
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from predictor.commands.options import add_engine, check_writable, chosen_model
from predictor.errors import DomainError
from predictor.variants.row import Row
from predictor.variants.variant import Variant

if TYPE_CHECKING:
    from predictor.spliceai.predictor import SpliceAI

BATCH = 1_000  # variants


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Its arguments."""
    delta = commands.add_parser(
        "spliceai-delta", help="SpliceAI's delta scores of a VCF into the same VCF (non-commercial use only)"
    )
    delta.add_argument(
        "--model", required=True, help="the installed SpliceAI: its name or folder, as in HOME/models/spliceai"
    )
    delta.add_argument("--variants", required=True, type=Path, metavar="VCF", help=".vcf, .vcf.gz or .bcf")
    delta.add_argument("--fasta", required=True, type=Path, help="the genome")
    delta.add_argument(
        "--genes", required=True, type=Path, metavar="TABLE",
        help="NAME, CHROM, STRAND, TX_START, TX_END, EXON_START, EXON_END by tabs, as the wheel's annotations/grch37.txt",
    )  # fmt: skip
    delta.add_argument("--distance", type=int, default=50, help="bp to either side, 50 to 5,000")
    delta.add_argument("--masked", action="store_true", help="without gains at annotated borders and losses elsewhere")
    delta.add_argument("--out", type=Path, required=True, metavar="VCF")
    add_engine(delta)
    delta.set_defaults(run=_delta)


def loaded(options: argparse.Namespace) -> SpliceAI:
    """The model that --model names."""
    from predictor.results import load_folder
    from predictor.spliceai.predictor import SpliceAI

    info = chosen_model(options.model)
    predictor = load_folder(info.folder, device=options.device, threads=options.threads)
    if not isinstance(predictor, SpliceAI):
        raise DomainError(
            "wrong_model", f"The model “{info.name}” is not SpliceAI; install it and name it with --model."
        )
    return predictor


def _delta(options: argparse.Namespace) -> None:
    from predictor.reference import Reference
    from predictor.spliceai.delta import DeltaScorer, as_written
    from predictor.spliceai.gene_table import read_gene_table
    from predictor.variants.genome_access import ReferenceGenome
    from predictor.variants.rows import upload_rows
    from predictor.variants.upload import read_upload
    from predictor.variants.vcf import InfoField, InfoValue, VcfText

    check_writable(options.out)
    predictor = loaded(options)
    info = predictor.info
    genome = ReferenceGenome(options.fasta.name, Reference.from_fasta(options.fasta))
    genes = read_gene_table(options.genes, list(genome.lengths))
    scorer = DeltaScorer(predictor, genome, genes, distance=options.distance, masked=options.masked)
    upload = read_upload(options.variants.read_bytes(), options.variants.name)
    by_line: dict[int, list[InfoValue]] = {}
    done = failed = 0
    for rows in _batches(upload_rows(upload)):
        asked: list[tuple[int, Variant]] = []
        for row in rows:
            try:
                if isinstance(row.variant, DomainError):
                    raise row.variant
                asked.append((row.number, as_written(row.variant, genome)))
            except DomainError as error:
                print(f"  {error}", file=sys.stderr)
                failed += 1
        for (number, variant), found in zip(asked, scorer.scores([variant for _, variant in asked]), strict=True):
            if isinstance(found, DomainError):
                print(f"  {found}", file=sys.stderr)
                failed += 1
                continue
            by_line.setdefault(number, []).extend(delta.text(variant.alt) for delta in found)
            done += 1
    how = f"{'masked' if options.masked else 'raw'} scores within {options.distance} bp"
    field = InfoField(
        "SpliceAI", ".", "String",
        f"SpliceAI {info.version} by Locuscope, {how}; {info.licence}. Research use only. "
        "Format: ALLELE|SYMBOL|DS_AG|DS_AL|DS_DG|DS_DL|DP_AG|DP_AL|DP_DG|DP_DL",
    )  # fmt: skip

    def values(number: int) -> Mapping[str, Sequence[InfoValue]] | None:
        return {field.id: by_line[number]} if number in by_line else None

    with options.out.open("w", encoding="utf-8") as out:
        out.writelines(f"{line}\n" for line in VcfText.of_upload(upload).annotated([field], values))
    print(f"{done:,} variants, {failed:,} without scores -> {options.out}")
    print(f"{info.title} {info.version}: {info.licence}", file=sys.stderr)


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """As many as the scorer is asked for at once: those near each other share their reference."""
    rows = iter(rows)
    while batch := list(itertools.islice(rows, BATCH)):
        yield batch
