"""SpliceAI beside what is known of real genes, variants and exons."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from predictor.commands.options import add_engine
from predictor.commands.spliceai import loaded
from predictor.errors import DomainError
from predictor.genome import Interval


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Its arguments."""
    truth = commands.add_parser(
        "evaluate-splicing", help="SpliceAI's sites beside the annotated ones of a chromosome's genes: top-k and AUPRC"
    )
    truth.add_argument("--model", required=True, help="the installed SpliceAI: its name or folder")
    truth.add_argument("--fasta", required=True, type=Path, help="the genome, uncompressed")
    truth.add_argument("--genes", required=True, type=Path, metavar="TABLE", help="as of spliceai-delta")
    truth.add_argument("--chromosome", required=True, help="as the FASTA names it")
    truth.add_argument("--count", type=int, default=50, help="genes, evenly spaced among those that fit")
    truth.add_argument("--longest", type=int, default=20_000, metavar="BP", help="of a gene that fits")
    truth.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="for splicing.json and splicing.md")
    add_engine(truth)
    truth.set_defaults(run=_truth)

    variants = commands.add_parser(
        "evaluate-splice-variants",
        help="delta scores of ClinVar's pathogenic SNVs beside exons and of harmless ones: AUROC and average precision",
    )
    variants.add_argument("--model", required=True, help="the installed SpliceAI: its name or folder")
    variants.add_argument(
        "--fasta", required=True, type=Path, help="the genome, uncompressed; its chromosomes are judged"
    )
    variants.add_argument("--genes", required=True, type=Path, metavar="TABLE", help="as of spliceai-delta")
    variants.add_argument(
        "--clinvar", required=True, type=Path, metavar="VCF", help="of the same genome, .vcf or .vcf.gz"
    )
    variants.add_argument("--common", type=Path, metavar="VCF", help="common variants alone, likewise: beside them too")
    variants.add_argument("--most", type=int, default=200, help="pathogenic ones of each set, evenly spaced")
    variants.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="for variants.json and variants.md")
    add_engine(variants)
    variants.set_defaults(run=_variants)

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


def _truth(options: argparse.Namespace) -> None:
    from predictor.reference import Reference
    from predictor.spliceai.gene_table import read_gene_table
    from predictor.spliceai.truth import FEWEST_EXONS, choose, judge

    genome = Reference.from_fasta(options.fasta)
    name = options.chromosome
    if name not in genome.lengths:
        raise DomainError("unknown_chromosome", f"{options.fasta.name} has no chromosome “{name[:40]}”.", status=404)
    every = read_gene_table(options.genes, [name])(Interval(name, 0, genome.lengths[name]))
    genes = choose(every, options.count, options.longest)
    choice = (
        f"evenly spaced, in the order of their places, among those of at least {FEWEST_EXONS} exons and at most "
        f"{options.longest:,} bp"
    )
    truth = judge(loaded(options), genome, genes, choice, lambda line: print(f"  {line}", file=sys.stderr, flush=True))
    truth.write(options.out)
    print(truth.markdown())


def _variants(options: argparse.Namespace) -> None:
    from predictor.reference import Reference
    from predictor.spliceai.gene_table import read_gene_table
    from predictor.spliceai.variant_truth import judge_variants

    genome = Reference.from_fasta(options.fasta)
    genes = read_gene_table(options.genes, list(genome.lengths))
    truth = judge_variants(
        loaded(options), genome, genes, options.clinvar, options.common, most=options.most,
        said=lambda line: print(f"  {line}", file=sys.stderr, flush=True),
    )  # fmt: skip
    truth.write(options.out)
    print(truth.markdown())
