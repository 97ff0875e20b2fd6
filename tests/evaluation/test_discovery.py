from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
import pytest

from predictor.codes import encode_bases
from predictor.evaluation import discovery
from predictor.evaluation.discovery import (
    SITE_BP,
    Discovered,
    _aligned,
    _strongest,
    contributions,
    fit,
    strongest_bins,
)  # fmt: skip
from predictor.evaluation.logos import logo_page
from predictor.evaluation.motifs import motifs
from predictor.genome import Interval
from predictor.inputs import from_interval
from predictor.reference import Reference
from predictor.results import load_folder
from predictor.training.loop import train
from predictor.training.store import Store
from tests.training.conftest import CONFIG, LENGTH, changed

RANDOM = np.random.default_rng(12)
REB1 = encode_bases("TTACCCG")


def scan(at: int, *, turned: bool) -> np.ndarray:
    """Contributions of a stretch in which Reb1's word matters and little else does."""
    codes = RANDOM.integers(0, 4, 192)
    word = 3 - REB1[::-1] if turned else REB1
    codes[at : at + len(word)] = word
    out = np.zeros((192, 4))
    out[np.arange(192), codes] = 0.05 * RANDOM.normal(size=192)
    out[np.arange(at, at + len(word)), word] += 1
    return out


def test_sites_are_found_laid_together_and_recognised() -> None:
    sites = [_strongest(scan(int(RANDOM.integers(20, 160)), turned=i % 2 == 1)) for i in range(16)]
    matrix = _aligned(sites)
    assert matrix.shape == (SITE_BP, 4)
    fits = {factor: max(fit(matrix, motif) for motif in some) for factor, some in motifs().items()}
    found = Discovered("Reb1", 16, matrix, fits)
    assert found.rank == 1
    assert fits["Reb1"] > 0.75


def test_noise_is_nobodys_motif() -> None:
    noise = [_strongest(0.05 * RANDOM.normal(size=(192, 4))) for _ in range(16)]
    matrix = _aligned(noise)
    assert max(fit(matrix, motif) for some in motifs().values() for motif in some) < 0.75


def test_a_contribution_is_what_three_other_bases_take_away(
    store: Store, reference: Reference, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discovery, "CONTEXT_BP", 4096)
    monkeypatch.setattr(discovery, "SCANNED_BP", 4)
    train(changed(CONFIG, stages=({"segment_bp": 4096, "batch": 1, "steps": 3},)), store, tmp_path)
    predictor = load_folder(tmp_path, device="cpu")
    track = next(track for track in predictor.info.tracks if track.key == "chip_reb1")
    found = contributions(predictor, reference, track, "chrVI", 8192)
    given = from_interval(Interval("chrVI", 8190, 8194), LENGTH, reference.fetch, 4096)
    assert given.interval is not None
    first = 8190 - given.interval.start
    window = (first + 2 - 192, first + 2 + 192)

    def total(sequence: str) -> float:
        from predictor.api import from_sequence

        return float(
            np.log(predictor.predict(from_sequence(sequence), [track], window=window).tracks[0].values.sum() + 1e-4)
        )

    here = given.sequence[first]
    others = [total(given.sequence[:first] + base + given.sequence[first + 1 :]) for base in "ACGT" if base != here]
    assert found[0, "ACGT".index(here)] == pytest.approx(total(given.sequence) - np.mean(others), abs=1e-5)
    assert (found != 0).sum() <= 4  # only the bases that are there


def test_the_surest_bins_with_an_event_come_first() -> None:
    values, labels = np.zeros(600, np.float32), np.zeros(600, bool)
    values[[200, 300, 400, 5]] = (1, 3, 9, 10)
    labels[[200, 300, 5]] = True  # 400 has no event, 5 is too near the end
    assert strongest_bins({"chrVI": values}, {"chrVI": labels}, 5) == [
        ("chrVI", 300 * 128 + 64),
        ("chrVI", 200 * 128 + 64),
    ]


def test_a_logo_is_svg_with_the_tallest_letter_on_top() -> None:
    matrix = np.array([[0.1, 0.9, 0.0, -0.4], [0.0, 0.0, 1.0, 0.0]])
    page = ElementTree.fromstring(logo_page([("Reb1", matrix)]))
    letters = [element for element in page.iter("{http://www.w3.org/2000/svg}text") if element.get("transform")]
    assert [element.text for element in letters] == ["A", "C", "G"]  # from the base up, none below zero
    heights = [float((element.get("transform") or "").split("scale(1 ")[1].rstrip(")")) for element in letters]
    assert heights[1] == pytest.approx(9 * heights[0], rel=0.02)
