"""Whole scoring runs with a tiny network: the short way against whole forwards, every edge, one bad variant among good ones."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from predictor.bench.variants import FullPath, difference
from predictor.engine import Engine
from predictor.ensemble import Ensemble
from predictor.errors import DomainError
from predictor.genes import Genes
from predictor.genome import Interval
from predictor.inputs import ModelInput
from predictor.reference import Reference
from predictor.results import PredictionResult
from predictor.scoring.background import random_variants
from predictor.scoring.inputs import input_interval
from predictor.scoring.scorers import RECOMMENDED, Scorer, scorers_for
from predictor.scoring.variant_scorer import VariantScorer
from predictor.variants.variant import Variant, normalised
from tests.scoring.conftest import CHROMOSOMES, CONTEXT_BP, TRACKS

ALL = (
    *(scorer for name, scorer in RECOMMENDED.items() if scorer.output in {track.output for track in TRACKS}),
    Scorer("CENTER_MASK", "RNA_SEQ", None, "DIFF_MEAN"),
    Scorer("CENTER_MASK", "CAGE", 2_001, "L2_DIFF_LOG1P"),
    Scorer("GENE_MASK_SPLICING", "SPLICE_SITES", 101),
)
CENTER = RECOMMENDED["CAGE"]


def snv(chromosome: str, start: int, alt: str = "") -> Variant:
    ref = CHROMOSOMES[chromosome][start]
    return Variant(chromosome, start, ref, alt or ("A" if ref != "A" else "C"))


def deletion(chromosome: str, start: int, bp: int) -> Variant:
    return Variant(chromosome, start, CHROMOSOMES[chromosome][start : start + bp + 1], CHROMOSOMES[chromosome][start])


def insertion(chromosome: str, start: int, bp: int) -> Variant:
    ref = CHROMOSOMES[chromosome][start]
    return Variant(chromosome, start, ref, ref + "".join(random.Random(bp).choices("ACGT", k=bp)))


EDGES = {
    "first base": snv("chrA", 0),
    "last base": snv("chrA", 29_999),
    "first base of a short chromosome": snv("chrB", 0),
    "last base of a short chromosome": snv("chrB", 4_999),
    "before everything": Variant("chrB", 0, "", "GAT"),
    "behind everything": Variant("chrB", 5_000, "", "GAT"),
    "a deletion of the first bases": Variant("chrA", 0, CHROMOSOMES["chrA"][:6], CHROMOSOMES["chrA"][5]),
    "a deletion of the last bases": deletion("chrA", 29_900, 99),
    "most of a short chromosome": deletion("chrB", 100, 4_800),
    "10 kb out": deletion("chrA", 9_000, 10_000),
    "10 kb in": insertion("chrA", 11_000, 10_000),
    "10 kb out at the end": deletion("chrA", 19_998, 10_000),
    "where one input ends and the next begins": snv("chrA", 14_335),
    "the other side of it": snv("chrA", 14_336),
    "an intron's donor": snv("chrA", 10_299),
    "a deleted donor": deletion("chrA", 10_296, 7),
    "an insertion at a donor": insertion("chrA", 10_299, 9),
    "several bases": Variant("chrA", 13_500, CHROMOSOMES["chrA"][13_500:13_520], "ACGT" * 5),
}


def full(scorer: VariantScorer) -> VariantScorer:
    return VariantScorer(FullPath(scorer.predictor), scorer.genome, scorer.genes)


@pytest.mark.parametrize("name", EDGES)
def test_the_short_way_gives_the_scores_of_whole_forwards(name: str, scorer: VariantScorer) -> None:
    (ours,) = scorer.score([EDGES[name]], ALL)
    (theirs,) = full(scorer).score([EDGES[name]], ALL)
    assert ours.error is None and len(ours.results) == len(ALL)
    assert difference(ours, theirs) < 1e-4, [
        (str(a.scorer), difference(replace(ours, results=(a,)), replace(theirs, results=(b,))))
        for a, b in zip(ours.results, theirs.results, strict=True)
    ]
    for result in ours.results:
        assert result.values.dtype == np.float32
        assert np.isfinite(result.values).any() or not result.values.size


def test_random_variants_by_both_ways(scorer: VariantScorer) -> None:
    variants = list(random_variants(scorer.genome, 12, seed=4))
    for ours, theirs in zip(scorer.score(variants, ALL), full(scorer).score(variants, ALL), strict=True):
        assert difference(ours, theirs) < 1e-4


def test_junctions_are_scored_at_the_sites_of_either_allele(scorer: VariantScorer) -> None:
    """FWD has an intron [10,300, 10,700) in its annotation; a variant in it has rows of introns inside the gene, on its strand."""
    (one,) = scorer.score([EDGES["an intron's donor"]], [RECOMMENDED["SPLICE_JUNCTIONS"]])
    (result,) = one.results
    assert {gene.id for gene in result.genes} == {"FWD"} and len(result.genes) == len(result.junctions) > 0
    assert all(10_000 < start < end < 12_000 for start, end in result.junctions)
    assert np.isfinite(result.values[:, 0]).all() and np.isnan(result.values[:, 1]).all()


def test_which_genes_have_rows(scorer: VariantScorer) -> None:
    """Base 10,299 is read in [8,192, 16,384). For exon masks all genes that start there count, in their order; for splicing those
    whose body holds the variant. Values are of the gene's own strand."""
    scorers = [RECOMMENDED["RNA_SEQ"], RECOMMENDED["SPLICE_SITES"]]
    (one,) = scorer.score([EDGES["an intron's donor"]], scorers)
    lfc, splicing = one.results
    assert one.interval == Interval("chrA", 8_192, 16_384)
    assert [gene.id for gene in splicing.genes] == ["FWD"]
    assert [gene.id for gene in lfc.genes] == ["FWD", "RNA", "REV"]
    for gene, row in zip(lfc.genes, lfc.values, strict=True):
        assert np.isnan(row).tolist() == [gene.strand == "-", gene.strand == "+"]


def test_one_bad_variant_stops_no_other(scorer: VariantScorer) -> None:
    good = snv("chrA", 5_000)
    wrong = Variant("chrA", 5_001, "A" if CHROMOSOMES["chrA"][5_001] != "A" else "C", "G")
    variants = [good, wrong, Variant("chrZ", 1, "A", "C"), snv("chrA", 29_999), deletion("chrA", 29_990, 9)]
    variants[-1] = replace(variants[-1], ref=variants[-1].ref + "ACGT")
    found = list(scorer.score(variants, [CENTER]))
    assert [one.variant for one in found] == variants
    codes = [one.error.code if one.error else None for one in found]
    assert codes == [None, "wrong_reference", "unknown_chromosome", None, "past_end"]
    assert [len(one.results) for one in found] == [1, 0, 0, 1, 0]


def test_results_do_not_depend_on_mates_or_order(scorer: VariantScorer, engine: Engine, reference: Reference) -> None:
    variants = [snv("chrA", at) for at in (9_000, 9_001, 20_000, 9_002)]
    together = list(scorer.score(variants, [CENTER]))
    for one in reversed(together):
        fresh = VariantScorer(engine, reference, Genes(()))
        (alone,) = fresh.score([one.variant], [CENTER])
        assert alone.interval == one.interval
        np.testing.assert_allclose(alone.results[0].values, one.results[0].values, atol=1e-5)


def test_a_mask_of_501_bp_decodes_no_more(scorer: VariantScorer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Base 9,000 of an input from 4,096: 4,904; 4,904 - 250 to 4,904 + 251 is [4,654, 5,155)."""
    asked: list[object] = []
    plain = type(scorer.predictor).predict

    def seen(self: Engine, given: ModelInput, *rest: object, **options: object) -> PredictionResult:
        asked.append((given.interval, options["window"]))
        return plain(self, given, *rest, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(type(scorer.predictor), "predict", seen)
    list(scorer.score([snv("chrA", 9_000)], [CENTER]))
    assert asked == [(Interval("chrA", 4_096, 12_288), (4_654, 5_155))]


def test_neighbours_share_one_reference(scorer: VariantScorer, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    plain = type(scorer.predictor).predict

    def seen(self: Engine, given: ModelInput, *rest: object, **options: object) -> PredictionResult:
        asked.append(given.interval)
        return plain(self, given, *rest, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(type(scorer.predictor), "predict", seen)
    found = list(scorer.score([snv("chrA", 9_000 + i % 4) for i in range(70)], [CENTER]))
    assert len(found) == 70 and len(set(asked)) == 1


@pytest.mark.parametrize(
    ("position", "expected"),
    [
        (0, (0, 8_192)),
        (6_143, (0, 8_192)),  # 6,143 - 4,096 + 2,048 = 4,095: the first cell
        (6_144, (4_096, 12_288)),
        (29_999, (21_888, 30_000)),  # 30,000 - 8,192 = 21,808, rounded up to 171 * 128: 80 N follow
    ],
)
def test_inputs_begin_on_a_grid(position: int, expected: tuple[int, int]) -> None:
    assert input_interval("chrA", position, 30_000, CONTEXT_BP) == Interval("chrA", *expected)


def test_a_chromosome_shorter_than_the_input() -> None:
    assert input_interval("chrB", 4_000, 5_000, CONTEXT_BP) == Interval("chrB", 0, 5_000)


def test_an_ensemble_is_scored_alike(engine: Engine, reference: Reference, genes: Genes) -> None:
    """Two members that are the same network: their mean is either of them."""
    variant = EDGES["an insertion at a donor"]
    (pair,) = VariantScorer(Ensemble([engine, engine]), reference, genes).score([variant], ALL)
    (single,) = VariantScorer(engine, reference, genes).score([variant], ALL)
    assert difference(pair, single) < 1e-6


def test_scorers_without_tracks_are_refused_at_once(scorer: VariantScorer) -> None:
    with pytest.raises(DomainError, match=r"requested_output=ATAC.*has no track to score"):
        scorer.score([], [RECOMMENDED["ATAC"]])
    with pytest.raises(DomainError, match="has no track to score"):
        scorer.score([], [CENTER], [track for track in TRACKS if track.output != "CAGE"])


def test_what_a_model_can_run(engine: Engine) -> None:
    assert list(scorers_for(engine.info)) == [
        "CONTACT_MAPS", "CHIP_TF", "CAGE", "RNA_SEQ", "RNA_SEQ_ACTIVE", "SPLICE_SITES", "SPLICE_JUNCTIONS",
        "POLYADENYLATION", "CHIP_TF_ACTIVE", "CAGE_ACTIVE",
    ]  # fmt: skip


def test_an_edit_that_changes_nothing_scores_nothing(scorer: VariantScorer) -> None:
    """A unit of a repeat in and out again: normalised forms of one sequence have one score."""
    bases = CHROMOSOMES["chrA"]
    at = next(i for i in range(9_000, 10_000) if bases[i] == bases[i + 1])
    one, other = Variant("chrA", at, bases[at], ""), Variant("chrA", at + 1, bases[at], "")
    assert normalised(one, scorer.genome.fetch) == normalised(other, scorer.genome.fetch)
    center = [Scorer("CENTER_MASK", "CAGE", None, "DIFF_SUM")]
    found = list(scorer.score([one, other], center))
    np.testing.assert_allclose(found[0].results[0].values, found[1].results[0].values, rtol=1e-3, atol=1e-3)
