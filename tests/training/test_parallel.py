"""Real processes over gloo against one: the same gradients, the same steps."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from predictor.errors import DomainError
from predictor.model.alphagenome import AlphaGenome, one_hot
from predictor.model.config import ModelConfig
from predictor.training.chunks import Chunk
from predictor.training.config import Stage
from predictor.training.loop import Trainer
from predictor.training.parallel import Team
from predictor.training.store import Store
from tests.training.conftest import CONFIG, changed

# Everything first: its gradients are compared where the weights are still the same. AdamW's first update is the sign of a gradient;
# where that is nothing but rounding, it differs from one processor to the next, and what follows in the third or fourth digit.
WHOLE = (Stage(4096, 2, 2), Stage(4096, 2, 1, only="profile"))
CHUNKS = (
    Stage(8192, 2, 1, chunks=2),
    Stage(8192, 2, 1, only="tower", chunks=2),
    Stage(8192, 2, 1, only="profile", chunks=2),
)
STEPS = 3
WORKER = """
import sys
from pathlib import Path
import torch
from predictor.training import parallel
from predictor.training.loop import Trainer
from predictor.training.store import Store
from tests.training.conftest import CONFIG, changed
from tests.training.test_parallel import CHUNKS, STEPS, WHOLE, gradients_of

torch.set_num_threads(1)
team = parallel.join()
config = changed(CONFIG, dropout=0.0, stages={stages})
trainer = Trainer(config, Store(Path(sys.argv[1])), Path(sys.argv[2]), team=team)
curve = [trainer.advance()]
gradients = gradients_of(trainer)
curve += [trainer.advance() for _ in range(STEPS - 1)]
trainer.save()
if team.leads:
    torch.save({{"curve": curve, "gradients": gradients}}, Path(sys.argv[2]) / "many.pt")
parallel.leave()
"""


def gradients_of(trainer: Trainer) -> dict[str, torch.Tensor]:
    """Of the step before."""
    return {name: p.grad.clone() for name, p in trainer.objective.named_parameters() if p.grad is not None}


@pytest.mark.parametrize(
    ("processes", "stages"),
    [pytest.param(2, "WHOLE", id="a window each"), pytest.param(4, "CHUNKS", id="two windows in two chunks each")],
)
def test_many_processes_take_the_steps_of_one(processes: int, stages: str, store: Store, tmp_path: Path) -> None:
    script = tmp_path / "worker.py"
    script.write_text(WORKER.format(stages=stages))
    done = subprocess.run(
        [sys.executable, "-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={processes}", str(script),
         str(store.folder), str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(Path.cwd()), "OMP_NUM_THREADS": "1"},
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    many = torch.load(tmp_path / "many.pt")
    config = changed(CONFIG, dropout=0.0, stages={"WHOLE": WHOLE, "CHUNKS": CHUNKS}[stages])
    one = Trainer(config, store, tmp_path / "one")
    curve = [one.advance()]
    gradients = gradients_of(one)
    curve += [one.advance() for _ in range(STEPS - 1)]
    for step, (ours, theirs) in enumerate(zip(curve, many["curve"], strict=True)):
        assert theirs == pytest.approx(ours, rel=5e-3 if step else 1e-5)
    assert gradients.keys() == many["gradients"].keys()
    for name, gradient in gradients.items():
        scale = float(gradient.abs().max()) + 1e-7
        assert float((many["gradients"][name] - gradient).abs().max()) / scale < 1e-3, name


def test_a_chunk_with_its_margins_is_convolved_as_in_its_window() -> None:
    torch.manual_seed(2)
    model = AlphaGenome(ModelConfig(stem_channels=8, channel_step=4, tower_blocks=1, organisms=1)).double().eval()
    dna = one_hot(torch.randint(4, (1, 8192))).double()
    trunk, skips = model.encode(dna)
    bases = model.decode(trunk.transpose(1, 2), skips)
    for index in (0, 1, 3):
        chunk = Chunk(8192, index, 4)
        own, own_skips = model.encode(chunk.widened(dna))
        torch.testing.assert_close(chunk.trimmed(own), chunk.of(trunk), rtol=1e-9, atol=1e-9)
        own_bases = model.decode(chunk.widened(trunk).transpose(1, 2), own_skips)
        torch.testing.assert_close(chunk.trimmed(own_bases), chunk.of(bases), rtol=1e-9, atol=1e-9)


def test_a_batch_that_cannot_be_shared_is_refused_at_once(store: Store, tmp_path: Path) -> None:
    with pytest.raises(DomainError, match="A batch of 2 cannot be shared by 3 processes"):
        Trainer(CONFIG, store, tmp_path, team=Team(0, 3))


def test_a_window_is_shared_by_as_many_processes_as_it_has_chunks_for() -> None:
    stage = Stage(8192, 4, 1, chunks=2)
    assert [Team(rank, 4).share(stage) for rank in range(4)] == [slice(0, 2)] * 2 + [slice(2, 4)] * 2
    assert Team().share(stage) == slice(0, 4)
    assert Team().chunks([stage])[stage] == Chunk(8192, segments=2)
    assert Team(1, 4).share(Stage(8192, 4, 1)) == slice(1, 2)
    assert [Team(0, size).sharers(Stage(8192, 12, 1, chunks=4)) for size in (1, 2, 3, 4, 8)] == [1, 2, 1, 4, 4]
