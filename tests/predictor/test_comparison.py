"""The comparison with other implementations: its arithmetic, what it refuses, and that a measurement measures."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from predictor.bench import gemm, peers
from predictor.bench.compare import Plan, distance
from predictor.bench.contract import Codes, Outputs
from predictor.bench.flops import flops
from predictor.bench.implementations import BY_NAME, GEMM, OURS, PEERS, chosen
from predictor.bench.measure import measure, sample
from predictor.bench.table import Measurement, gemm_rates, markdown, read_lines, rows
from predictor.errors import DomainError
from predictor.model.alphagenome import AlphaGenome, one_hot
from predictor.model.config import FULL
from predictor.parity import TINY

LENGTH = 131_072


def measured(implementation: str, cpu: float, request: str = "all", dtype: str = "fp32", **more: Any) -> Measurement:
    values = {"seconds": cpu / 2, "cpu_seconds": cpu, "peak_gb": 4.0} | more
    return Measurement(LENGTH, request, dtype, implementation, 2, **values)


def product(cpu: float, dtype: str = "fp32") -> Measurement:
    return Measurement(0, "", dtype, GEMM.name, 2, cpu / 2, cpu, 0.5)


@pytest.mark.parametrize(("length", "billions"), [(8_192, 870), (32_768, 2_595), (131_072, 9_534), (1_048_576, 77_573)])
def test_operations_of_a_whole_pass(length: int, billions: int) -> None:
    """As torch's counter finds them in another implementation, all heads and 512 junction sites."""
    found = flops(FULL, length, "all")
    assert found is not None
    assert round(found / 1e9) == billions


def test_operations_are_those_that_torch_counts_in_our_modules() -> None:
    torch.manual_seed(1)
    model = AlphaGenome(TINY).eval()
    with FlopCounterMode(display=False) as counter, torch.inference_mode():
        model.embed(one_hot(torch.zeros(1, 4096, dtype=torch.long)), torch.zeros(1, dtype=torch.long))
    assert flops(TINY, 4096, "embeddings") == pytest.approx(counter.get_total_flops(), rel=0.02)


def test_a_request_for_less_needs_less() -> None:
    needed = [flops(FULL, LENGTH, request) or 0.0 for request in ("chip_tf", "embeddings", "rna_seq", "all")]
    assert needed == sorted(needed)
    # Five rows of 3,072 at 1,024 bins, of 1,536 at 131,072 bases.
    assert needed[2] - needed[1] == 2 * 131_072 * 1536 * 5
    assert flops(FULL, LENGTH, "snv") is None


def test_medians_and_ratios_in_processor_time() -> None:
    table = rows([measured("ours", cpu) for cpu in (90, 110, 100)] + [measured("jax", cpu) for cpu in (250, 130, 130)])
    assert [(row.case.implementation, row.cpu_seconds, row.seconds, row.repeats) for row in table] == [
        ("ours", 100, 50, 3), ("jax", 130, 65, 3),
    ]  # fmt: skip
    assert [row.ratio for row in table] == [1.0, 1.3]
    assert [row.share for row in table] == [None, None]  # the machine was not measured


def test_the_share_of_the_machines_rate() -> None:
    found = [product(4.0), product(8.0), product(4.0), product(2.0, "bf16"), measured("ours", 100)]
    assert gemm_rates(found) == {"fp32": gemm.FLOPS / 4.0, "bf16": gemm.FLOPS / 2.0}
    # 4 x 2 x 4096^3 in 4 s are 137.4 GFLOP/s; 9,534 GFLOP in 100 s are 95.3: 69 %.
    assert rows(found)[0].share == pytest.approx(9534.04 / 100 / 137.439, rel=1e-4)


def test_dtypes_requests_and_lengths_are_compared_with_their_own() -> None:
    found = [
        measured("ours", 100), measured("ours", 10, request="chip_tf"), measured("ours", 50, dtype="bf16"),
        measured("jax", 200), measured("jax", 40, request="chip_tf"), measured("jax", 175, dtype="bf16"),
        replace(measured("jax", 7), length=32_768),
    ]  # fmt: skip
    ratios = {row.case[:3]: row.ratio for row in rows(found) if row.case.implementation == "jax"}
    assert ratios == {
        (32_768, "all", "fp32"): None, (LENGTH, "all", "fp32"): 2.0, (LENGTH, "all", "bf16"): 3.5,
        (LENGTH, "chip_tf", "fp32"): 4.0,
    }  # fmt: skip


def test_a_variant_is_compared_with_full_passes_of_all() -> None:
    found = [measured("ours", 100), measured("ours", 5, request="snv"), measured("lucidrains", 180)]
    variant = [row for row in rows(found) if row.case.request == "snv"]
    assert [(row.case.implementation, row.instead, row.ratio) for row in variant] == [
        ("ours", "", 1.0), ("ours", "all", 20.0), ("lucidrains", "all", 36.0),
    ]  # fmt: skip
    assert variant[0].share is None  # not a pass, so its operations are not known
    assert "lucidrains), by a full pass (every output) | 131,072 | one SNV, 501 bp" in markdown(variant)


def test_what_failed_is_in_the_table_and_in_no_ratio() -> None:
    found = [measured("ours", 100, failure="killed"), measured("jax", 130)]
    assert [row.ratio for row in rows(found)] == [None, None]
    assert "| Locuscope | 131,072 | every output | fp32 | failed: killed |" in markdown(rows(found))
    found.append(measured("ours", 65))
    assert [(row.ratio, row.repeats) for row in rows(found)] == [(1.0, 1), (2.0, 1)]


def test_results_are_read_back() -> None:
    found = [measured("ours", 1.5), measured("jax", 0, failure="no memory"), product(3)]
    assert read_lines(["# a machine", *(one.to_line() for one in found), ""]) == found


@pytest.mark.parametrize("line", ["x", "[]", "{}", '{"length": 1}'])
def test_a_broken_line_of_results_is_named(line: str) -> None:
    with pytest.raises(DomainError, match="Line 2 is no measurement"):
        read_lines([measured("ours", 1).to_line(), line])


def plan(requests: tuple[str, ...], folder: Path = Path("x")) -> Plan:
    return Plan(folder, folder, (OURS, *PEERS), (4096,), requests, ("fp32", "bf16"), 2, 1)


def test_a_round_asks_all_for_the_same_in_turn_and_peers_for_no_variant() -> None:
    asked = [(request, dtype, row.name) for _, request, dtype, row in plan(("snv", "rna_seq")).cases()]
    peer_names = [row.name for row in PEERS]
    assert not {name for request, _, name in asked if request == "snv"} & set(peer_names)
    passes = [name for request, dtype, name in asked if (request, dtype) == ("all", "bf16")]
    assert passes == ["ours", *peer_names]  # what a variant is compared with is measured too
    assert len(asked) == len(set(asked))


def test_other_numbers_are_seen() -> None:
    mine = np.linspace(1, 30, 50, dtype=np.float32)
    peer = BY_NAME["alphagenome_pt"]
    assert distance(peer, "rna_seq_1bp", mine, mine) == 0
    assert distance(peer, "rna_seq_1bp", 1.01 * mine, mine) == pytest.approx(0.01, rel=1e-4)
    assert distance(peer, "rna_seq_1bp", mine[:49], mine) == float("inf")


def test_model_space_is_turned_into_units() -> None:
    # At 128 bp: 4 -> 4 x 128; 30 is above the clip: (30 + 10)^2 / 40 = 40 -> 40 x 128. RNA-seq: to the power 4/3 before.
    scaled = np.array([4, 30], np.float32)
    lucidrains = BY_NAME["lucidrains"]
    assert distance(lucidrains, "atac_128bp", scaled, np.array([512, 5120], np.float32)) < 1e-6
    squashed = np.array([4 ** (4 / 3) * 128, 40 ** (4 / 3) * 128], np.float32)
    assert distance(lucidrains, "rna_seq_128bp", scaled, squashed) < 1e-6
    assert distance(lucidrains, "contact_maps", scaled, scaled) == 0


def test_samples_are_spread_over_an_output() -> None:
    part = sample(torch.arange(4096 * 5).view(4096, 5).bfloat16())
    assert part.shape == (48, 5)  # every 86th of 4,096
    assert part.dtype == np.float32
    assert sample(np.zeros((7, 100, 3), np.float32)).shape == (7, 34, 3)


class Working:
    """100 MB held while it is prepared, 40 MB and some work in a pass."""

    def prepare(self, codes: Codes, request: str) -> None:
        np.ones(100_000_000, np.uint8)

    def run(self, codes: Codes, request: str) -> Outputs:
        held = np.ones(40_000_000, np.uint8)
        for _ in range(200):
            held.sum()
        return {"sum": np.full(3, held.sum()), "codes": codes}


def test_a_measurement_is_of_the_pass_alone() -> None:
    options = argparse.Namespace(
        dtype="fp32", threads=1, weights=None, length=4096, request="all", passes=2, samples=None
    )
    found = measure(lambda dtype, threads, weights: Working(), options)
    assert len(found["seconds"]) == len(found["cpu_seconds"]) == 2
    assert all(seconds > 0 for seconds in found["cpu_seconds"])
    assert found["outputs"]["sum"] == {"shape": [3], "mean_of_sample": 40_000_000}
    assert found["peak_gb"] - found["loaded_gb"] > 0.03
    if found["peak_is_of_the_pass"]:
        assert found["peak_gb"] - found["loaded_gb"] < 0.09


def test_the_machines_rate_is_that_of_the_fastest_form() -> None:
    """One library's slow path, taken for the ceiling, gave shares of over 100 %."""
    machine = gemm.Gemm("fp32")
    slow, fast = (lambda: time.sleep(0.05)), (lambda: None)
    machine.forms = [slow, fast]
    machine.prepare(np.zeros(0, np.uint8), "")
    assert machine.product is fast


def test_threads_that_wait_do_not_spin_and_neighbours_are_seen(tmp_path: Path) -> None:
    """In a process of its own, as `run` measures; the neighbour is a loop on the same core."""
    (tmp_path / "probe.py").write_text(
        "import subprocess, sys, time\n"
        "class Probe:\n"
        "    def prepare(self, codes, request): pass\n"
        "    def run(self, codes, request):\n"
        "        loop = subprocess.Popen([sys.executable, '-c', 'while True: pass'])\n"
        "        time.sleep(1.5)\n"
        "        loop.kill(); self.waited = subprocess.check_output(['printenv', 'OMP_WAIT_POLICY'], text=True).strip()\n"
        "        assert self.waited == 'PASSIVE', self.waited\n"
        "        return {}\n"
        "def build(dtype, threads, weights): return Probe()\n"
    )
    code = f"import sys, runpy; sys.path.insert(0, {str(tmp_path)!r}); runpy.run_module('predictor.bench.measure', run_name='__main__')"
    options = ["probe", "--length", "4096", "--request", "all", "--dtype", "fp32", "--threads", "1"]
    done = subprocess.run([sys.executable, "-c", code, *options], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["others"][0] > 0.2


def test_what_runs_under_other_pythons_needs_numpy_alone() -> None:
    code = (
        "import sys; import predictor.bench.measure\n"
        "sys.exit(bool({'torch', 'jaxtyping', 'safetensors'} & set(sys.modules)))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_an_implementation_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert chosen(None, tmp_path) == [OURS]
    with pytest.raises(DomainError, match="no implementation “borzoi”; known: ours, genomicsxai"):
        chosen(["borzoi"], tmp_path)
    with pytest.raises(DomainError, match=r"jax is not installed in .*peers install"):
        chosen(["jax"], tmp_path)
    python = tmp_path / "jax" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch()
    assert [row.name for row in chosen(["jax", "ours"], tmp_path)] == ["ours", "jax"]


def test_the_official_code_is_not_installed_without_its_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert peers.main(["install", str(tmp_path / "peers"), "--only", "jax"]) == 1
    assert "jax needs a clone of the official code" in capsys.readouterr().err
    assert not (tmp_path / "peers").exists()


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["--lengths", "1000"], "“1000” is not a list of multiples of 2,048"),
        (["--lengths", "0"], "not a list of multiples"),
        (["--requests", "all,everything"], "“all,everything” is not a list of all, rna_seq"),
        (["--dtypes", "fp16"], "“fp16” is not a list of fp32, bf16"),
        (["--only", ","], "is not a list of ours, genomicsxai"),
    ],
)
def test_a_wrong_option_is_refused(arguments: list[str], part: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        peers.main(["run", "x", *arguments])
    assert part in capsys.readouterr().err


def test_the_table_of_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, one in {"a": measured("ours", 100), "b": measured("jax", 150)}.items():
        (tmp_path / name).write_text(f"# * CPU: x\n{product(4).to_line()}\n{one.to_line()}\n")
    assert peers.main(["table", str(tmp_path / "a"), str(tmp_path / "b")]) == 0
    said = capsys.readouterr().out
    assert said.count("* CPU: x") == 1
    assert "fp32 137 GFLOP per CPU-second" in said
    assert (
        "| official JAX code | 131,072 | every output | fp32 | 75.00 | 150.00 | 4.00 | 1.50 | 46% | 0.0 | 1 |" in said
    )
