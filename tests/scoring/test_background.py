"""Quantiles: what is random about the variants, and ranks on small tables that can be counted."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from predictor.__main__ import main
from predictor.engine import Engine
from predictor.genes import Genes
from predictor.reference import Reference
from predictor.scoring.background import Background, random_variants
from predictor.scoring.results import Scored, ScorerResult
from predictor.scoring.scorers import RECOMMENDED, Scorer
from predictor.scoring.variant_scorer import VariantScorer
from predictor.variants.variant import Variant, check_reference, normalised
from tests.scoring.conftest import CHROMOSOMES, TRACKS

TRACK = next(track for track in TRACKS if track.output == "CAGE")
SIGNED, UNSIGNED = RECOMMENDED["CAGE"], RECOMMENDED["CAGE_ACTIVE"]


def scored(scorer: Scorer, values: list[float]) -> list[Scored]:
    """A variant for each value."""
    variant = Variant("chrA", 1, "A", "C")
    return [Scored(variant, (result(scorer, [value]),)) for value in values]


def result(scorer: Scorer, values: list[float]) -> ScorerResult:
    return ScorerResult(scorer, (TRACK,), (), (), np.array(values, np.float32)[:, None])


def ranks(scorer: Scorer, background: list[float], values: list[float]) -> list[float]:
    made = Background.of("x", scored(scorer, background))
    return made.quantiles(result(scorer, values))[:, 0].tolist()


def test_a_rank_is_the_share_of_smaller_scores() -> None:
    """1,001 scores 0, 1 ... 1,000: 250 lies at a quarter, and nothing passes half a variant from the ends."""
    found = ranks(UNSIGNED, [float(i) for i in range(1001)], [250, 500, 990, -5, 5_000])
    np.testing.assert_allclose(found, [0.25, 0.5, 0.99, 0.5 / 1001, 1 - 0.5 / 1001], atol=1e-4)


def test_signed_scores_have_signed_ranks() -> None:
    found = ranks(SIGNED, [float(i) for i in range(-500, 501)], [-250, 0, 250, 5_000])
    np.testing.assert_allclose(found, [-0.5, 0, 0.5, 1 - 1 / 1001], atol=1e-4)


def test_equal_scores_have_the_rank_in_their_middle() -> None:
    """80 of 100 are 0: its rank is 0.4; between 0 and the next score it goes on from 0.8."""
    found = ranks(UNSIGNED, [0.0] * 80 + [float(i) for i in range(1, 21)], [0.0, 0.0, 21.0])
    np.testing.assert_allclose(found, [0.4, 0.4, 0.995], atol=0.01)


def test_what_is_not_known_has_no_rank() -> None:
    made = Background.of("x", scored(SIGNED, [1.0, 2.0]))
    assert np.isnan(made.quantiles(result(UNSIGNED, [1.0]))).all()
    assert np.isnan(made.quantiles(result(SIGNED, [float("nan")]))).all()
    with pytest.raises(ValueError, match="no variant was scored"):
        Background.of("x", [])


def test_random_variants_are_like_those_of_populations(reference: Reference) -> None:
    variants = list(random_variants(reference, 3_000, seed=1))
    kinds = Counter("snv" if v.is_snv else "in" if v.shift > 0 else "out" for v in variants)
    assert 0.88 < kinds["snv"] / 3_000 < 0.92 and 0.4 < kinds["in"] / (kinds["in"] + kinds["out"]) < 0.6
    transitions = sum(v.is_snv and {v.ref, v.alt} in ({"A", "G"}, {"C", "T"}) for v in variants)
    assert 0.63 < transitions / kinds["snv"] < 0.70  # two thirds
    share = sum(v.chromosome == "chrA" for v in variants) / 3_000
    assert 0.83 < share < 0.88  # 30 of 35 kb
    for variant in variants:
        check_reference(variant, reference.fetch, len(CHROMOSOMES[variant.chromosome]))
        assert normalised(variant, reference.fetch) == variant
    assert (
        variants == list(random_variants(reference, 3_000, seed=1)) != list(random_variants(reference, 3_000, seed=2))
    )


def test_the_command_writes_what_a_scorer_then_uses(engine: Engine, reference: Reference, tmp_path: Path) -> None:
    """Beside the weights it gives quantiles; made for other weights it gives none."""
    genome = tmp_path / "genome.fa"
    genome.write_text("".join(f">{name}\n{bases}\n" for name, bases in CHROMOSOMES.items()))
    out = engine.info.folder / "background.npz"
    arguments = ["background", "--model", str(engine.info.folder), "--fasta", str(genome), "--count", "12"]
    try:
        assert main([*arguments, "--threads", "1", "--out", str(out)]) == 0
        variant = next(random_variants(reference, 1, seed=9))
        (one,) = VariantScorer(engine, reference, Genes(())).score([variant], [SIGNED, RECOMMENDED["CONTACT_MAPS"]])
        signed, unsigned = (result.quantiles for result in one.results)
        assert signed is not None and unsigned is not None
        assert np.all(np.abs(signed) <= 1) and np.all((unsigned > 0) & (unsigned < 1))
        made = Background.read(out)
        assert made.sha256 == engine.info.sha256 and len(made.tables) > 6
        replace_sha = Background("another", made.probabilities, made.tables)
        replace_sha.write(out)
        assert Background.beside(engine.info) is None
        (one,) = VariantScorer(engine, reference, Genes(())).score([variant], [SIGNED])
        assert one.results[0].quantiles is None
    finally:
        out.unlink(missing_ok=True)


def test_a_table_survives_its_file(tmp_path: Path) -> None:
    made = Background.of("abc", scored(SIGNED, [float(i) for i in range(50)]))
    made.write(tmp_path / "background.npz")
    read = Background.read(tmp_path / "background.npz")
    one = result(SIGNED, [3.0, 7.5])
    np.testing.assert_array_equal(read.quantiles(one), made.quantiles(one))
    assert read.sha256 == "abc" and list(tmp_path.iterdir()) == [tmp_path / "background.npz"]
