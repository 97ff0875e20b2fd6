"""What is stored comes back as it was, and of several genes the strongest is shown."""

from __future__ import annotations

import numpy as np

from predictor.api import Gene, Interval, Scored, ScorerResult, Variant, model_info, scorers_for
from predictor.errors import DomainError
from webapp.scoring.packing import NO_GENE, pack_details, pack_table, table_of, unpack_details, unpack_table

INFO = model_info("yeast")
SCORERS = [scorers_for(INFO)[name] for name in ("CHIP_TF", "RNA_SEQ")]
TRACKS = [track for track in INFO.tracks if track.key in {"chip_reb1", "rna_wt_plus", "rna_wt_minus"}]
CHIP = tuple(track for track in TRACKS if track.output == "CHIP_TF")
RNA = tuple(track for track in TRACKS if track.output == "RNA_SEQ")
PLUS = Gene("YA", "AAA1", "chrI", 10, 20, "+", ((10, 14), (16, 20)), "protein-coding", (18,))
MINUS = Gene("YB", "BBB1", "chrI", 30, 40, "-", ((30, 40),), "protein-coding")


def _scored() -> list[Scored]:
    nan = np.nan
    first = ScorerResult(SCORERS[0], CHIP, (), (), np.array([[0.5]], np.float32), np.array([[0.9]], np.float32))
    genes = ScorerResult(SCORERS[1], RNA, (PLUS, MINUS), (), np.array([[-3, nan], [nan, 2]], np.float32))
    none = ScorerResult(SCORERS[1], RNA, (), (), np.zeros((0, 2), np.float32))
    where = Interval("chrI", 0, 16_384)
    return [
        Scored(Variant("chrI", 5, "A", "C"), (first, genes), where),
        Scored(Variant("chrI", 6, "A", "C"), (), error=DomainError("odd", "Odd.")),
        Scored(Variant("chrI", 7, "A", "AG"), (first, none), where),
    ]


def test_the_table_has_the_strongest_gene_of_each_column_and_knows_what_failed() -> None:
    part = unpack_table(pack_table(table_of(_scored(), 3)))
    assert np.array_equal(part.values, np.array([[0.5, -3, 2], [np.nan] * 3, [0.5, np.nan, np.nan]], np.float32), True)
    assert part.names == ("AAA1", "BBB1")
    assert part.genes.tolist() == [[NO_GENE, 0, 1], [NO_GENE] * 3, [NO_GENE] * 3]
    assert part.failed.tolist() == [False, True, False]
    assert part.quantiles is not None
    assert np.array_equal(part.quantiles[:, 0], np.array([0.9, np.nan, 0.9], np.float32), True)


def test_details_come_back_with_every_gene() -> None:
    given = _scored()
    found = unpack_details(pack_details(given), [one.variant for one in given], SCORERS, TRACKS)
    for one, other in zip(given, found, strict=True):
        assert (one.variant, one.interval) == (other.variant, other.interval)
        assert len(one.results) == len(other.results)
        for a, b in zip(one.results, other.results, strict=True):
            assert (a.scorer, a.tracks, a.genes, a.junctions) == (b.scorer, b.tracks, b.genes, b.junctions)
            assert np.array_equal(a.values, b.values, True)
            assert (a.quantiles is None) == (b.quantiles is None)
