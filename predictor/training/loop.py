"""The one training loop: AdamW, warm-up and cosine, clipping, weight averaging, resume to the same curve."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from predictor.catalogue import ModelInfo
from predictor.checkpoints.folder import head_configs, read_weights, save_folder
from predictor.errors import DomainError
from predictor.model.alphagenome import AlphaGenome
from predictor.model.config import ModelConfig, SplicingConfig
from predictor.tracks import Track
from predictor.training.config import TrainConfig
from predictor.training.convolutional import without_attention
from predictor.training.curves import Curves
from predictor.training.feed import feed
from predictor.training.objective import PROFILE, Objective
from predictor.training.parallel import Team, spread
from predictor.training.sampler import Batch, Sampler
from predictor.training.scales import contact_spread, measure_scales
from predictor.training.store import PAIR_BP, Store

LOG_EVERY = 20
VALIDATE_EVERY = 500
VALIDATION_WINDOWS = 24
SAVE_SECONDS = 120.0
STATE = "state.pt"


class Trainer:
    """Everything that changes during a run, so that it can be saved and taken up again.

    `dtype` bfloat16 computes under autocast, with weights and losses in float32.
    """

    def __init__(
        self,
        config: TrainConfig,
        store: Store,
        out: Path,
        *,
        dtype: torch.dtype = torch.float32,
        team: Team | None = None,
        start: ModelInfo | None = None,
        loaders: int = 0,
    ) -> None:
        self.config, self.store, self.out, self.team = config, store, out, team or Team()
        self._loaders = loaders
        self._batches: Iterator[Batch] | None = None
        self.chromosomes = config.chromosomes or store.splits["train"]
        check(config, store)
        for stage in config.stages:
            self.team.share(stage)  # said now rather than at the stage
        self.chunks = self.team.chunks(config.stages)
        drawing: dict[str, Any] = {"profile_bp": config.profile_bp, "site_share": config.site_share}
        self.sampler = Sampler(store, self.chromosomes, config.seed, **drawing)
        self.validation = Sampler(store, store.splits["valid"], 0, **drawing)
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        if self.device.type == "cuda":
            torch.set_float32_matmul_precision("high")  # TF32 in products, as in convolutions
        self.autocast = torch.autocast(self.device.type, torch.bfloat16, enabled=dtype == torch.bfloat16)
        torch.manual_seed(config.seed)
        model = AlphaGenome(network_config(config, store))
        if config.tower == "convolutions":
            without_attention(model)
        if model.splicing is not None:  # yeast has no measured usage, so nothing teaches it
            model.splicing.usage.requires_grad_(False)
        scales = measure_scales(store, self.chromosomes, config.profile_bp)
        pairs = max(stage.segment_bp for stage in config.stages) // PAIR_BP
        spread_by_distance = contact_spread(store, self.chromosomes, pairs)
        self.objective = Objective(model, config, store, scales, spread_by_distance).to(self.device)
        self.model = self.objective.model
        self.start = start
        if start is not None:
            self._take_up(start)
        elif config.start_share < 1:
            raise DomainError("bad_config", "start_share takes a part of a finished model: name one with --start.")
        self.judge = copy.deepcopy(self.objective).eval()
        self.step_module = spread(self.objective, self.team)
        self.optimizer = torch.optim.AdamW(
            self._groups(), lr=config.learning_rate, betas=(0.9, 0.98), weight_decay=config.weight_decay
        )
        self.average = {name: tensor.detach().clone() for name, tensor in self.objective.state_dict().items()}
        self.step = 0

    def _groups(self) -> list[dict[str, Any]]:
        """Weight decay for kernels, matrices and the heads' tables, none for scales, offsets and biases of layers."""
        parameters = [p for p in self.objective.parameters() if p.requires_grad]
        matrices = [p for p in parameters if p.dim() > 1]
        vectors = [p for p in parameters if p.dim() <= 1]
        return [{"params": matrices}, {"params": vectors, "weight_decay": 0.0}]

    def _take_up(self, start: ModelInfo) -> None:
        """The weights of a finished model to begin with, or a blend of its kernels and matrices with those of chance."""
        if [track.key for track in start.tracks] != [track.key for track in self._trained_tracks()]:
            raise DomainError("bad_config", f"{start.folder} has other tracks than the tables; begin without it.")
        weights = read_weights(start.weights, self.model)
        if self.model.splicing is not None:
            _shift_no_site(weights, math.log(self.config.site_share))
        for name, chance in self.model.named_parameters():
            if chance.dim() > 1:
                weights[name] = torch.lerp(chance.detach(), weights[name], self.config.start_share)
        self.model.load_state_dict(weights)

    def _trained_tracks(self) -> tuple[Track, ...]:
        outputs = {"CONTACT_MAPS"} if self.model.contact_maps is None else set()
        return tuple(track for track in self.store.tracks if track.output not in outputs)

    def advance(self) -> dict[str, float]:
        """One optimiser step; the losses by output, over the whole batch. Raises FloatingPointError if they are not finite."""
        stage = self.config.stage(self.step)
        for group in self.optimizer.param_groups:
            group["lr"] = self.config.rate(self.step)
        if self._batches is None:
            self._batches = feed(self._draw, range(self.step, self.config.steps), self.device, self._loaders)
        batch = next(self._batches)
        self.step_module.train()
        torch.manual_seed(hash((self.config.seed, self.step, self.team.rank)))  # of the dropout
        with self.autocast:
            losses: dict[str, Tensor] = self.step_module(batch, only=stage.only, chunk=self.chunks[stage])
        self.optimizer.zero_grad(set_to_none=True)
        self._total(losses).backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.objective.parameters(), self.config.clip)
        self.optimizer.step()
        self.step += 1
        self._follow()
        said = self.team.mean(losses)
        if not all(map(math.isfinite, said.values())):
            raise FloatingPointError(f"Step {self.step}: the losses are {said}; try a lower learning rate.")
        return said

    def _draw(self, step: int) -> Batch:
        """This process's share of a step's batch."""
        stage = self.config.stage(step)
        windows = self.sampler.windows(step, stage.batch, stage.segment_bp)
        outputs = ("CHIP_TF",) if stage.only == "profile" else None
        return self.sampler.batch(windows[self.team.share(stage)], stage.segment_bp, outputs)

    def _total(self, losses: dict[str, Tensor]) -> Tensor:
        weights = {**self.config.weights, PROFILE: self.config.profile_weight}
        return torch.stack([loss * weights.get(output, 0.0) for output, loss in losses.items()]).sum()

    @torch.no_grad()
    def _follow(self) -> None:
        """The averaged weights, with a short memory while everything still moves."""
        decay = min(self.config.average, self.step / (self.step + 10))
        for name, tensor in self.objective.state_dict().items():
            self.average[name].lerp_(tensor, 1 - decay)

    @torch.inference_mode()
    def validate(self) -> dict[str, float]:
        """Losses of the averaged weights on the same windows of the validation chromosomes each time."""
        self.judge.load_state_dict(self.average)
        first = self.config.stages[0]
        length = first.segment_bp // first.chunks  # what one process can hold, and a segment of the losses
        sums: dict[str, float] = {}
        for window in self.validation.windows(0, VALIDATION_WINDOWS, length):
            batch: Batch = self.validation.batch([window], length).to(self.device)
            with self.autocast:
                losses: dict[str, Tensor] = self.judge(batch)
            for output, loss in losses.items():
                sums[output] = sums.get(output, 0.0) + float(loss) / VALIDATION_WINDOWS
        return sums

    def save(self) -> None:
        """The averaged weights as a checkpoint folder, and the state to resume from; each whole or not at all."""
        if self.team.leads:
            prefix = "model."
            weights = {name.removeprefix(prefix): t for name, t in self.average.items() if name.startswith(prefix)}
            if self.model.splicing is not None:  # as if every base that is no site had been shown
                _shift_no_site(weights, -math.log(self.config.site_share))
            said = card(self.config, self.store, self.model.config, self.start)
            save_folder(self.out, weights, said, self._trained_tracks())
            state = {
                "step": self.step,
                "config": self._said(),
                "objective": self.objective.state_dict(),
                "average": self.average,
                "optimizer": self.optimizer.state_dict(),
            }
            part = self.out / f"{STATE}.part"
            torch.save(state, part)
            part.replace(self.out / STATE)
        self.team.wait()

    def _said(self) -> str:
        """What a run is known by. Chunks and shares of a start are named only where they are not whole: older runs can go on."""
        said = repr(self.config).replace(", chunks=1)", ")").replace(", start_share=1.0", "")
        return said + (f" from {self.start.sha256}" if self.start else "")

    def resume(self) -> None:
        """Take up a saved state, if there is one."""
        path = self.out / STATE
        if path.exists():
            state = torch.load(path, map_location=self.device, weights_only=True)
            if state.get("config") != self._said():
                raise DomainError(
                    "other_run",
                    f"{self.out} holds a run of another configuration or seed; give another folder, or remove it.",
                )
            self.objective.load_state_dict(state["objective"])
            self.optimizer.load_state_dict(state["optimizer"])
            self.average, self.step = state["average"], state["step"]


def _shift_no_site(weights: dict[str, Tensor], by: float) -> None:
    """Of the splice classifier's "no site", of which training shows a share only, hence by the logarithm of that share."""
    bias = weights["splicing.classes.bias"] = weights["splicing.classes.bias"].clone()
    bias[:, -1] += by


def check(config: TrainConfig, store: Store) -> None:
    """Raises DomainError `bad_config` for what a file asks of this store and cannot have, rather than train without it."""
    if strange := sorted(set(config.chromosomes) - set(store.splits["train"])):
        raise DomainError("bad_config", f"{', '.join(strange)}: not among the chromosomes to train on.")
    if missing := sorted({track.output for track in store.tracks} - config.weights.keys()):
        raise DomainError("bad_config", f"[weights] says nothing about {', '.join(missing)}; 0 leaves an output out.")
    kinds = {store.kinds.get(track.key) for track in store.of("CHIP_TF")}
    if config.profile_bp and (strange := sorted(set(config.profile_kinds) - kinds)):
        raise DomainError("bad_config", f"profile_kinds: no protein here is of the kind {', '.join(strange)}.")
    if config.tower == "convolutions" and any(stage.chunks > 1 for stage in config.stages):
        raise DomainError("bad_config", 'Stages with tower = "convolutions" take whole windows: leave chunks out.')
    if config.profile_bp and not config.profile_kinds:
        raise DomainError(
            "bad_config", "The profile head has no proteins; name profile_kinds, or leave profile_bp out."
        )


def network_config(config: TrainConfig, store: Store) -> ModelConfig:
    """The network with a head for every track of the store."""
    outputs = {track.output for track in store.tracks}
    splicing = SplicingConfig(tissues=1, **config.splicing) if "SPLICE_SITES" in outputs else None
    return ModelConfig(
        **config.network,
        track_heads=head_configs(store.tracks),
        contact_tracks=len(store.of("CONTACT_MAPS")) if config.tower == "transformer" else 0,
        splicing=splicing,
    )


def card(config: TrainConfig, store: Store, network: ModelConfig, start: ModelInfo | None = None) -> dict[str, Any]:
    """The card's facts that do not depend on the evaluation; `start`: the model that training went on from."""
    history = {}
    if start is not None:
        share = f"{config.start_share:g} of " if config.start_share < 1 else ""
        history["began_from"] = f"{share}{start.name} {start.version}, sha256 {start.sha256}"
    return {
        "name": config.name,
        "title": config.title,
        "version": config.version,
        "licence": "Apache-2.0; see its model card for the terms of the training tables",
        "citation": "Architecture: Avsec et al., Nature 2026 (AlphaGenome). Data: see each track's source.",
        "summary": config.summary,
        "genomes": ["sacCer3"],
        "context_bp": 16384,
        "limits": list(config.limits),
        "held_out": [name for name in store.lengths if name not in (config.chromosomes or store.splits["train"])],
        "settings": {
            "network": network.to_json(),
            "segment_bp": max(stage.segment_bp for stage in config.stages),
            "seed": config.seed,
            "tower": config.tower,
            **history,
        },
    }


def train(
    config: TrainConfig,
    store: Store,
    out: Path,
    *,
    dtype: torch.dtype = torch.float32,
    team: Team | None = None,
    minutes: float = math.inf,
    start: ModelInfo | None = None,
    loaders: int = 0,
) -> bool:
    """Run to the last step, or for `minutes`; a second call goes on where the first was stopped. True when it is done.

    `start`: a finished model of the same tracks and network to go on from, rather than from chance. `loaders`: processes that
    make batches ahead, which changes nothing else.
    """
    out.mkdir(parents=True, exist_ok=True)
    trainer = Trainer(config, store, out, dtype=dtype, team=team, start=start, loaders=loaders)
    trainer.resume()
    leads = trainer.team.leads
    curves = Curves(out, trainer.step) if leads else None
    if leads:
        parameters = sum(p.numel() for p in trainer.model.parameters())
        print(
            f"{parameters:,} parameters, {len(store.tracks)} tracks, from step {trainer.step} of {config.steps}",
            flush=True,
        )
    began = saved = paced = time.monotonic()
    stage, first = config.stage(trainer.step), trainer.step
    sums, counted = dict[str, float](), 0
    while trainer.step < config.steps:
        if config.stage(trainer.step) is not stage:  # another pace
            stage, first, paced = config.stage(trainer.step), trainer.step, time.monotonic()
            sums, counted = {}, 0
        for output, loss in trainer.advance().items():
            sums[output] = sums.get(output, 0.0) + loss
        counted += 1
        if trainer.step % LOG_EVERY and trainer.step < config.steps:
            continue
        left = (time.monotonic() - paced) / (trainer.step - first) * (config.stage_end(trainer.step - 1) - trainer.step)
        validation = trainer.validate() if leads and trainer.step % VALIDATE_EVERY == 0 else {}
        if curves is not None:
            means = {output: total / counted for output, total in sums.items()}
            curves.add(trainer.step, config.rate(trainer.step - 1), means, validation, left)
        sums, counted = {}, 0
        # Every process leaves at the same step: they agree by what the leader's clock says.
        late = trainer.team.agreed(time.monotonic() - began > minutes * 60)
        if trainer.step == config.steps or late or trainer.team.agreed(time.monotonic() - saved > SAVE_SECONDS):
            trainer.save()
            saved = time.monotonic()
            if curves is not None:
                curves.draw()
        if late:
            break
    return trainer.step == config.steps
