"""Two real processes over gloo against one: the same gradients, the same steps."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from predictor.errors import DomainError
from predictor.training.loop import Trainer
from predictor.training.parallel import Team
from predictor.training.store import Store
from tests.training.conftest import CONFIG, changed

STEPS = 4  # two of the profile alone, two of everything
WORKER = """
import sys
from pathlib import Path
import torch
from predictor.training import parallel
from predictor.training.loop import Trainer
from predictor.training.store import Store
from tests.training.conftest import CONFIG, changed

torch.set_num_threads(1)
team = parallel.join()
trainer = Trainer(changed(CONFIG, dropout=0.0), Store(Path(sys.argv[1])), Path(sys.argv[2]), team=team)
curve = [trainer.advance() for _ in range({steps})]
trainer.save()
if team.leads:
    gradients = {{name: p.grad for name, p in trainer.objective.named_parameters() if p.grad is not None}}
    torch.save({{"curve": curve, "gradients": gradients}}, Path(sys.argv[2]) / "two.pt")
parallel.leave()
"""


def test_two_processes_take_the_steps_of_one(store: Store, tmp_path: Path) -> None:
    script = tmp_path / "worker.py"
    script.write_text(WORKER.format(steps=STEPS))
    done = subprocess.run(
        [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2", str(script), str(store.folder),
         str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(Path.cwd()), "OMP_NUM_THREADS": "1"},
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    two = torch.load(tmp_path / "two.pt")
    one = Trainer(changed(CONFIG, dropout=0.0), store, tmp_path / "one")
    curve = [one.advance() for _ in range(STEPS)]
    for ours, theirs in zip(curve, two["curve"], strict=True):
        assert theirs == pytest.approx(ours, rel=2e-4)
    gradients = {name: p.grad for name, p in one.objective.named_parameters() if p.grad is not None}
    assert gradients.keys() == two["gradients"].keys()
    for name, gradient in gradients.items():
        scale = float(gradient.abs().max()) + 1e-7
        assert float((two["gradients"][name] - gradient).abs().max()) / scale < 5e-3, name


def test_a_batch_that_cannot_be_shared_is_refused_at_once(store: Store, tmp_path: Path) -> None:
    with pytest.raises(DomainError, match="A batch of 2 cannot be shared by 3 processes"):
        Trainer(CONFIG, store, tmp_path, team=Team(0, 3))
