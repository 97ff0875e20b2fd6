"""`predict --out` writes the kind of file that its name ends in, with the values that the .npz has."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyBigWig
import pytest

from predictor.__main__ import main

ASKED = ["predict", "--locus", "chrII:278000-281000", "--device", "cpu", "--threads", "1"]


def test_a_bigwig_has_the_values_of_the_npz(tmp_path: Path) -> None:
    for name in ("x.npz", "x.bw", "x.csv"):
        assert main([*ASKED, "--tracks", "rna_wt_plus", "--out", str(tmp_path / name)]) == 0
    with np.load(tmp_path / "x.npz") as file:
        expected = file["rna_wt_plus"]
    file = pyBigWig.open(str(tmp_path / "x.bw"))
    start, end = file.intervals("chrII")[0][0], file.intervals("chrII")[-1][1]
    assert np.array_equal(np.array(file.values("chrII", start, end), np.float32), expected)
    last = (tmp_path / "x.csv").read_text().splitlines()[-1].split(",")
    assert last[:4] == ["chrII", str(end - 1), str(end), "rna_wt_plus"] and np.float32(last[4]) == expected[-1]


@pytest.mark.parametrize(("name", "said"), [("x.bw", "holds one track"), ("x.cool", "holds a contact map")])
def test_what_does_not_fit_the_file_is_refused_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, said: str
) -> None:
    assert main([*ASKED, "--tracks", "rna_wt_plus,rna_wt_minus", "--out", str(tmp_path / name)]) == 1
    assert said in capsys.readouterr().err and not (tmp_path / name).exists()
