"""SpliceAI beside what is known of real genes, variants and exons."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from predictor.commands.options import add_engine
from predictor.commands.spliceai import loaded
from predictor.errors import DomainError


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Its arguments."""
    inclusion = commands.add_parser(
        "evaluate-exon-inclusion",
        help="SpliceAI beside measured changes of exon inclusion (Vex-seq or MFASS tables): correlation and AUROC",
    )
    inclusion.add_argument("--model", required=True, help="the installed SpliceAI: its name or folder")
    table = inclusion.add_mutually_exclusive_group(required=True)
    table.add_argument("--mfass", type=Path, metavar="TABLE", help="its snv_data_clean.txt")
    table.add_argument("--vex-seq", type=Path, metavar="TABLE", help="its delta_PSI_values.tsv; needs --library")
    inclusion.add_argument(
        "--library", type=Path, metavar="TABLE", help="Vex-seq's constructs, 68_97_final_sequences_fixed.tsv"
    )
    inclusion.add_argument(
        "--fasta", type=Path, help="hg19 or a part of it, uncompressed: constructs are also read within it"
    )
    inclusion.add_argument("--most", type=int, default=5_000, help="variants, of exons drawn whole")
    inclusion.add_argument("--seed", type=int, default=0, help="of that draw")
    inclusion.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="for inclusion.json, .md and .tsv")
    add_engine(inclusion)
    inclusion.set_defaults(run=_inclusion)


def _inclusion(options: argparse.Namespace) -> None:
    from predictor.reference import Reference
    from predictor.spliceai.inclusion import judge_inclusion
    from predictor.spliceai.measured_exons import read_mfass, read_vex_seq

    if options.vex_seq and not options.library:
        raise DomainError(
            "no_library", "Vex-seq's table has no sequences; name the table of its constructs with --library."
        )
    assay = read_mfass(options.mfass) if options.mfass else read_vex_seq(options.vex_seq, options.library)
    found = judge_inclusion(
        loaded(options), assay, Reference.from_fasta(options.fasta) if options.fasta else None,
        most=options.most, seed=options.seed, said=lambda line: print(f"  {line}", file=sys.stderr, flush=True),
    )  # fmt: skip
    found.write(options.out)
    print(found.markdown())
