"""The comparison with the original: what is divided by what; both sides of it measured on random networks (slow)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from predictor.__main__ import main
from predictor.bench import splicing
from predictor.errors import DomainError


def test_a_ratio_is_of_medians_of_processor_time_per_unit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "spliceai" / "lib" / "python3.11" / "site-packages" / "spliceai" / "models").mkdir(parents=True)
    next(tmp_path.glob("spliceai/lib/*/*/spliceai/models")).joinpath("spliceai1.h5").touch()
    keras = iter([6.0, 10.0, 8.0])

    def measured(python: Path, module: str, folder: Path, threads: int) -> dict[str, Any]:
        if module.endswith("keras"):
            assert python == tmp_path / "spliceai" / "bin" / "python" and folder.name == "site-packages"
            one = {"cpu_seconds": next(keras), "units": 1, "peak_gb": 3.0}
            return dict.fromkeys(splicing.JOBS, one)
        return {name: {"cpu_seconds": 4.0, "units": 2, "peak_gb": 0.5} for name in ("stretch", "alone", "dense")}

    monkeypatch.setattr(splicing, "_measured", measured)
    lines = splicing.table(tmp_path, tmp_path).splitlines()
    rows = [line.split(" | ") for line in lines if line.startswith(("| delta", "| a stretch", "| the same"))]
    assert len(rows) == 4
    for row in rows:  # 8 s for one of theirs, 4 s for two of ours
        factor = 1_000 if "1,000 bases" in row[0] else 1
        assert row[2:5] == [f"{8 * factor:.3f}", f"{2 * factor:.3f}", "4.0"]
    with pytest.raises(DomainError, match="The original is not installed in"):
        splicing.table(tmp_path, tmp_path / "nothing")


@pytest.mark.slow
def test_ours_is_measured_without_the_original(
    small: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(splicing, "ROUNDS", 1)
    assert main(["bench", "--spliceai", str(small)]) == 0
    assert "per 1,000 bases" in capsys.readouterr().out
