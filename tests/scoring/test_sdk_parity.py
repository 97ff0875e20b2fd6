"""Our scorers and tables beside the public SDK's own definitions."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any, get_args

import numpy as np
import pandas as pd
import pytest
from alphagenome.data import genome as sdk_genome
from alphagenome.interpretation import ism
from alphagenome.models import interval_scorers, variant_scorers

from predictor.scoring.background import Background
from predictor.scoring.mutagenesis import contributions
from predictor.scoring.results import Scored, ScorerResult
from predictor.scoring.scorers import RECOMMENDED, RECOMMENDED_INTERVAL, Aggregation, Kind, Scorer
from predictor.scoring.tidy import COLUMNS, interval_id, tidy, to_anndata
from predictor.scoring.variant_scorer import VariantScorer
from predictor.variants.variant import Variant, variant_id
from tests.scoring.test_variant_scorer import EDGES

SDK = variant_scorers.RECOMMENDED_VARIANT_SCORERS


def test_the_recommended_scorers_have_the_same_names_in_the_same_order() -> None:
    assert list(RECOMMENDED) == list(SDK) and len(RECOMMENDED) == 19


@pytest.mark.parametrize("name", RECOMMENDED)
def test_a_recommended_scorer_has_the_same_settings(name: str) -> None:
    ours, theirs = RECOMMENDED[name], SDK[name]
    assert (ours.name, str(ours)) == (theirs.name, str(theirs))
    assert ours.kind == theirs.base_variant_scorer.name
    assert ours.output == theirs.requested_output.name
    assert ours.width == getattr(theirs, "width", None)
    aggregation = getattr(theirs, "aggregation_type", None)
    assert ours.aggregation == (aggregation.name if aggregation else None)
    assert ours.is_signed == theirs.is_signed


def test_the_recommended_interval_scorer() -> None:
    assert {name: str(scorer) for name, scorer in RECOMMENDED_INTERVAL.items()} == {
        name: str(scorer) for name, scorer in interval_scorers.RECOMMENDED_INTERVAL_SCORERS.items()
    }


def _settings() -> list[Any]:
    """Every scorer that the SDK can make."""
    made = [
        variant_scorers.ContactMapScorer(),
        variant_scorers.PolyadenylationScorer(),
        variant_scorers.SpliceJunctionScorer(),
    ]
    widths, kinds = variant_scorers.SUPPORTED_WIDTHS, variant_scorers.BaseVariantScorer
    for output, width, aggregation in product(
        variant_scorers.SUPPORTED_OUTPUT_TYPES[kinds.CENTER_MASK],
        widths[kinds.CENTER_MASK],
        variant_scorers.SUPPORTED_AGGREGATIONS[kinds.CENTER_MASK],
    ):
        made.append(variant_scorers.CenterMaskScorer(output, width, aggregation))
    for output in variant_scorers.SUPPORTED_OUTPUT_TYPES[kinds.GENE_MASK_LFC]:
        made += [variant_scorers.GeneMaskLFCScorer(output), variant_scorers.GeneMaskActiveScorer(output)]
    for output, width in product(
        variant_scorers.SUPPORTED_OUTPUT_TYPES[kinds.GENE_MASK_SPLICING], widths[kinds.GENE_MASK_SPLICING]
    ):
        made.append(variant_scorers.GeneMaskSplicingScorer(output, width))
    return made


def test_every_scorer_of_the_sdk_can_be_made_and_no_other() -> None:
    """9 outputs * 6 widths * 8 aggregations + 2 * 7 gene masks + 2 * 4 of splicing + 3 = 457; ours are those and what reads the two
    outputs that the SDK does not have: 2 * 6 * 8 + 2 * 2 = 100."""
    theirs = {str(scorer): scorer.is_signed for scorer in _settings()}
    ours = {}
    for kind, aggregation in product(get_args(Kind), (None, *get_args(Aggregation))):
        for output in {*(s.requested_output.name for s in _settings()), "POLYA", "NUCLEOSOME"}:
            for width in (None, 101, 501, 1_001, 2_001, 10_001, 100_001, 200_001):
                try:
                    scorer = Scorer(kind, output, width, aggregation)
                except ValueError:
                    continue
                if scorer.kind != "GENE_MASK":
                    ours[str(scorer)] = scorer.is_signed
    added = {name for name in ours if "POLYA" in name or "NUCLEOSOME" in name}
    assert (len(theirs), len(added)) == (457, 100)
    assert {name: signed for name, signed in ours.items() if name not in added} == theirs


VARIANTS = ("an intron's donor", "10 kb out", "first base", "an insertion at a donor", "several bases")


def _scored(scorer: VariantScorer, *, quantiles: bool) -> list[Scored]:
    scorers = [
        RECOMMENDED[name]
        for name in (
            "CAGE",
            "CHIP_TF_ACTIVE",
            "CONTACT_MAPS",
            "RNA_SEQ",
            "RNA_SEQ_ACTIVE",
            "SPLICE_SITES",
            "SPLICE_JUNCTIONS",
        )
    ]
    found = list(scorer.score([EDGES[name] for name in VARIANTS], scorers))
    if not quantiles:
        return found
    background = Background.of("", found)
    return [
        replace(one, results=tuple(replace(result, quantiles=background.quantiles(result)) for result in one.results))
        for one in found
    ]


def _for_the_sdk(one: Scored, result: ScorerResult) -> Any:
    """With the SDK's own scorer, which its table reads the output's name from."""
    made = to_anndata(one, result)
    by_name = {str(scorer): scorer for scorer in SDK.values()}
    made.uns = {**made.uns, "variant_scorer": by_name[made.uns["variant_scorer"]]}
    return made


@pytest.mark.parametrize("quantiles", [False, True])
def test_the_sdk_makes_the_same_long_table_of_our_results(quantiles: bool, scorer: VariantScorer) -> None:
    scored = _scored(scorer, quantiles=quantiles)
    made = [[_for_the_sdk(one, result) for result in one.results] for one in scored]
    theirs = variant_scorers.tidy_scores(made)
    ours = tidy(scored)
    assert theirs is not None and len(theirs) > 50
    assert list(ours.columns) == list(theirs.columns) == list(COLUMNS if quantiles else COLUMNS[:-1])
    pd.testing.assert_frame_equal(_plain(ours), _plain(theirs), check_dtype=False, rtol=0, atol=0)


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    """Missing values are None or NaN as it happens."""
    table = table.astype(object)
    return table.where(table.notna(), None)


def test_variants_and_intervals_are_written_as_the_sdk_writes_them(scorer: VariantScorer) -> None:
    for variant in (Variant("chrII", 278_009, "A", "G"), EDGES["10 kb out"], Variant("c", 5, "", "ACG")):
        theirs = sdk_genome.Variant(variant.chromosome, variant.start + 1, variant.ref, variant.alt)
        assert variant_id(variant) == str(theirs)
    (one,) = scorer.score([EDGES["first base"]], [RECOMMENDED["CAGE"]])
    assert one.interval is not None
    place = one.interval
    assert interval_id(place) == str(sdk_genome.Interval(place.chromosome, place.start, place.end))


def test_contributions_are_the_sdks() -> None:
    bases = "GATTACA"
    interval = sdk_genome.Interval("c", 10, 10 + len(bases))
    variants = ism.ism_variants(interval, bases)
    scores = np.random.default_rng(2).normal(size=len(variants)).astype(np.float32)
    matrix = np.zeros((len(bases), 4), np.float32)
    for variant, score in zip(variants, scores, strict=True):
        matrix[variant.start - 10, "ACGT".index(variant.alternate_bases)] = score
    theirs = ism.ism_matrix(scores.tolist(), variants, interval)
    np.testing.assert_allclose(contributions(matrix, bases), theirs, atol=1e-6)
