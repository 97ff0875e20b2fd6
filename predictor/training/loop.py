"""The one training loop: AdamW, warm-up, plateau and linear decay, clipping, weight averaging, resume to the same curve."""

from __future__ import annotations

import json
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from predictor.checkpoints.folder import head_configs, save_folder
from predictor.codes import encode_bases
from predictor.model.alphagenome import AlphaGenome, one_hot
from predictor.model.config import ModelConfig
from predictor.model.scaling import scale_targets
from predictor.reference import Reference
from predictor.tracks import OUTPUTS, Track, head_name
from predictor.training.losses import multinomial_loss
from predictor.training.sampler import Batch, Sampler
from predictor.training.targets import Targets, build_targets, read_splits
from predictor.training.yeast_tracks import yeast_tracks

SAVE_EVERY = 200
LOG_EVERY = 20


@dataclass(frozen=True)
class TrainConfig:
    """A training file (TOML); `network` has the widths of ModelConfig, `weights` the weight of each output's loss."""

    name: str
    version: str
    seed: int
    segment_bp: int
    batch: int
    steps: int
    warmup: int
    decay: int
    learning_rate: float
    weight_decay: float
    clip: float
    average: float
    network: dict[str, int]
    weights: dict[str, float]

    @classmethod
    def read(cls, path: Path) -> TrainConfig:
        """From TOML; an unknown or missing key raises TypeError."""
        return cls(**tomllib.loads(path.read_text()))

    def rate(self, step: int) -> float:
        """Learning rate of step 0, 1, ...: linear warm-up, plateau, linear decay to zero at `steps`."""
        return self.learning_rate * min((step + 1) / self.warmup, 1.0, (self.steps - step) / self.decay)


class Trainer:
    """Everything that changes during a run, so that it can be saved and taken up again."""

    def __init__(self, config: TrainConfig, reference: Reference, data: Path, out: Path) -> None:
        self.config, self.out = config, out
        self.tracks: tuple[Track, ...] = yeast_tracks(data)
        self.splits = read_splits(data)
        self.targets: Targets = build_targets(data, reference.lengths, self.tracks)
        codes = {name: encode_bases(reference.sequence(name)) for name in reference.lengths}
        self.sampler = Sampler(codes, self.targets, self.splits["train"], config.segment_bp, config.seed)
        torch.manual_seed(config.seed)
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        widths: dict[str, Any] = dict(config.network)
        network = ModelConfig(**widths, track_heads=head_configs(self.tracks))
        self.model = AlphaGenome(network).to(self.device)
        self._set_means()
        self.optimizer = torch.optim.AdamW(
            self._groups(), lr=config.learning_rate, betas=(0.9, 0.98), weight_decay=config.weight_decay
        )
        self.average = {name: tensor.detach().clone() for name, tensor in self.model.state_dict().items()}
        self.step = 0

    def _groups(self) -> list[dict[str, Any]]:
        """Weight decay for kernels and matrices, none for scales, offsets and biases."""
        matrices = [p for p in self.model.parameters() if p.dim() > 1]
        vectors = [p for p in self.model.parameters() if p.dim() <= 1]
        return [{"params": matrices}, {"params": vectors, "weight_decay": 0.0}]

    def _set_means(self) -> None:
        """Each track's mean over non-zero bins of the training chromosomes (per base), strand pairs sharing one."""
        self.mass: dict[tuple[str, int], Tensor] = {}
        for output in dict.fromkeys(track.output for track in self.tracks):
            rows = [torch.from_numpy(self.targets.values[c][output]) for c in self.splits["train"]]
            flipped = torch.tensor(self.sampler.flipped[output])
            values = torch.cat(rows, dim=1)
            count = (values > 0).sum(1).clamp(min=1)
            resolution = OUTPUTS[output].resolution
            mean = values.sum(1) / count / resolution
            head = self.model.head(head_name(output))
            head.mean.copy_(((mean + mean[flipped]) / 2)[None])
            squashing = head.config.squashing
            for at in head.config.resolutions:
                summed = values
                if at != resolution:
                    whole = values.shape[1] // at * at
                    summed = values[:, :whole].reshape(len(values), -1, at).sum(-1)
                scaled = scale_targets(summed, head.mean.cpu()[0][:, None], at, squashing=squashing)
                mass = scaled.mean(1)
                self.mass[output, at] = ((mass + mass[flipped]) / 2).to(self.device)

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Loss per output, in nats per unit of the track's mean target, averaged over tracks and resolutions."""
        organism = torch.zeros(len(batch.codes), dtype=torch.long, device=self.device)
        predicted = self.model(one_hot(batch.codes.to(self.device)), organism)
        losses: dict[str, Tensor] = {}
        for output, by_resolution in batch.targets.items():
            head = self.model.head(head_name(output))
            mask = batch.chip_mask.to(self.device) if output.startswith("CHIP") else None
            parts = []
            for resolution, target in by_resolution.items():
                scaled = scale_targets(
                    target.to(self.device), head.mean[0][:, None], resolution, squashing=head.config.squashing
                )
                values = predicted[head_name(output)][resolution]
                values = values if resolution == 1 else values.transpose(1, 2)
                parts.append((multinomial_loss(values, scaled, mask) / self.mass[output, resolution]).mean())
            losses[output] = torch.stack(parts).mean()
        return losses

    def advance(self) -> dict[str, float]:
        """One optimiser step; the losses by output."""
        self.model.train()
        for group in self.optimizer.param_groups:
            group["lr"] = self.config.rate(self.step)
        losses = self.losses(self.sampler.batch(self.step, self.config.batch))
        total = torch.stack([losses[output] * weight for output, weight in self.config.weights.items()]).sum()
        self.optimizer.zero_grad(set_to_none=True)
        total.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.config.clip)
        self.optimizer.step()
        self.step += 1
        decay = min(self.config.average, self.step / (self.step + 10))  # a short memory while everything still moves
        with torch.no_grad():
            for name, tensor in self.model.state_dict().items():
                self.average[name].lerp_(tensor, 1 - decay)
        return {output: float(loss.detach()) for output, loss in losses.items()}

    def save(self) -> None:
        """The averaged weights as a checkpoint folder, and the state to resume from."""
        card = yeast_card(self.config, self.splits, self.model.config)
        save_folder(self.out, self.average, card, self.tracks)
        state = {
            "step": self.step,
            "model": self.model.state_dict(),
            "average": self.average,
            "optimizer": self.optimizer.state_dict(),
        }
        part = self.out / "state.pt.part"
        torch.save(state, part)
        part.replace(self.out / "state.pt")

    def resume(self) -> None:
        """Take up a saved state, if there is one."""
        path = self.out / "state.pt"
        if path.exists():
            state = torch.load(path, map_location=self.device, weights_only=True)
            self.model.load_state_dict(state["model"])
            self.optimizer.load_state_dict(state["optimizer"])
            self.average, self.step = state["average"], state["step"]


def yeast_card(config: TrainConfig, splits: dict[str, tuple[str, ...]], network: ModelConfig) -> dict[str, Any]:
    """The card's facts that do not depend on the evaluation."""
    return {
        "name": config.name,
        "title": "Locuscope yeast",
        "version": config.version,
        "licence": "Apache-2.0; see its model card for the terms of the training tables",
        "citation": "Architecture: Avsec et al., Nature 2026 (AlphaGenome). Data: see each track's source.",
        "summary": "S. cerevisiae: transcription, transcription starts, nucleosomes and protein binding from sequence.",
        "genomes": ["sacCer3"],
        "context_bp": 16384,
        "held_out": [*splits["valid"], *splits["test"]],
        "settings": {"network": network.to_json(), "segment_bp": config.segment_bp, "seed": config.seed},
    }


def train(config: TrainConfig, reference: Reference, data: Path, out: Path) -> None:
    """Run to the last step, saving every 200 steps; a second call goes on where the first was stopped."""
    out.mkdir(parents=True, exist_ok=True)
    trainer = Trainer(config, reference, data, out)
    trainer.resume()
    parameters = sum(p.numel() for p in trainer.model.parameters())
    print(
        f"{parameters:,} parameters, {len(trainer.tracks)} tracks, from step {trainer.step} of {config.steps}",
        flush=True,
    )
    began, first = time.monotonic(), trainer.step
    with (out / "log.jsonl").open("a") as log:
        sums: dict[str, float] = {}
        while trainer.step < config.steps:
            for output, loss in trainer.advance().items():
                sums[output] = sums.get(output, 0.0) + loss / LOG_EVERY
            if trainer.step % LOG_EVERY == 0:
                seconds = (time.monotonic() - began) / (trainer.step - first)
                left = seconds * (config.steps - trainer.step)
                rounded = {output: round(loss, 4) for output, loss in sums.items()}
                log.write(json.dumps({"step": trainer.step, "seconds": round(seconds, 3), **rounded}) + "\n")
                log.flush()
                print(f"step {trainer.step}: {rounded}  {seconds:.2f} s/step, {left / 60:.0f} min left", flush=True)
                sums = {}
            if trainer.step % SAVE_EVERY == 0 or trainer.step == config.steps:
                trainer.save()
