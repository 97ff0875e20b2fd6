"""From a batch to the losses of a model's outputs, each in nats (or squared units) per unit of what is measured."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn

from predictor.model.alphagenome import AlphaGenome, Embeddings, one_hot
from predictor.model.config import TOKEN_BP, ModelConfig
from predictor.model.heads import TrackHead, TrackProjection
from predictor.model.layers import RMSBatchNorm, gelu
from predictor.model.scaling import scale_targets, unscale
from predictor.model.splicing import Junctions
from predictor.tracks import head_name
from predictor.training.chunks import Chunk
from predictor.training.config import TrainConfig
from predictor.training.losses import class_loss, contact_loss, junction_loss, multinomial_loss
from predictor.training.sampler import Batch
from predictor.training.store import Store

PROFILE = "profile"
PROFILE_LEVEL = 2  # of the encoder: 4 bp per bin


@dataclass(frozen=True)
class Scale:
    """Of one output over the training chromosomes: `mean` [T] over non-zero bins, per base; `mass[resolution]` [T], the mean
    target in model space, by which a track's loss is divided so that rare and common ones weigh the same."""

    mean: Tensor
    mass: dict[int, Tensor]


class ProfileHead(nn.Module):
    """Where exactly proteins bind, in bins of `profile_bp`, from what the encoder knows at 4 bp per bin.

    It sees some 70 bp: too few to tell a promoter by its surroundings, so that it has to find motifs. The whole network is slow
    to: what most proteins do is told by the surroundings, and drowns the few that have a motif.
    """

    def __init__(self, network: ModelConfig, config: TrainConfig, store: Store, scale: Scale) -> None:
        super().__init__()
        kinds = [store.kinds.get(track.key, "") for track in store.of("CHIP_TF")]
        self.rows = [row for row, kind in enumerate(kinds) if kind in config.profile_kinds]
        self.bin_bp, self.scale = config.profile_bp, scale
        self.norm = RMSBatchNorm(network.encoder_channels[PROFILE_LEVEL], channel_dim=1)
        self.project = TrackProjection(1, network.encoder_channels[PROFILE_LEVEL], len(self.rows))
        _begin_at(self.project, scale.mass[self.bin_bp][self.rows])

    def loss(self, local: Float[Tensor, "B C N"], batch: Batch, segments: int = 1) -> Float[Tensor, ""]:
        """Mean over its proteins; `segments`: of the multinomial."""
        strongest = nn.functional.max_pool1d(gelu(self.norm(local)), self.bin_bp >> PROFILE_LEVEL)
        organism = torch.zeros(len(local), dtype=torch.long, device=local.device)
        predicted = self.project.per_base(strongest, organism)
        mean, mass = (t[self.rows].to(local.device) for t in (self.scale.mean, self.scale.mass[self.bin_bp]))
        target = batch.tracks["CHIP_TF"][self.bin_bp][:, self.rows]
        scaled = scale_targets(target, mean[:, None], self.bin_bp, squashing=False)
        loss = multinomial_loss(predicted, scaled, batch.called[self.bin_bp], segments=segments)
        return (loss / mass).mean()


def _to_level(model: AlphaGenome, dna: Tensor) -> Tensor:
    """The encoder's skip at PROFILE_LEVEL, without the rest."""
    x: Tensor = model.encoder.dna_embedder(dna)
    for block in model.encoder.down_blocks[:PROFILE_LEVEL]:
        x = block(nn.functional.max_pool1d(x, 2))
    return x


class Objective(nn.Module):
    """The model, the head that only helps it train, and the losses. One call per step, so that processes can share it.

    The profile head is not saved with the model.
    """

    def __init__(
        self,
        model: AlphaGenome,
        config: TrainConfig,
        store: Store,
        scales: dict[str, Scale],
        contact_spread: Tensor,
    ) -> None:
        super().__init__()
        self.contact_spread = contact_spread
        self.model, self.config = model, config
        self.row_weights = {output: _row_weights(store, output, config.row_weights) for output in store.run_outputs}
        self.scales = scales
        for output, scale in scales.items():
            head = model.head(head_name(output))
            head.mean.copy_(scale.mean[None])
            for resolution in head.config.resolutions:
                _begin_at(head.at(resolution), scale.mass[resolution])
        self.profile = ProfileHead(model.config, config, store, scales["CHIP_TF"]) if config.profile_bp else None

    def forward(self, batch: Batch, *, only: str = "", chunk: Chunk | None = None) -> dict[str, Tensor]:
        """Loss by output. Means over examples, so that an example counts the same whatever its batch mates are.

        `only`: see Stage. `chunk`: of each window, by default all of it; the mean over the chunks' losses is the windows' loss.
        """
        chunk = chunk or Chunk(batch.codes.shape[1])
        self._count(chunk)
        dna, batch = one_hot(chunk.widened(batch.codes)), chunk.targets(batch)
        if only == "profile":
            assert self.profile is not None
            return {PROFILE: self.profile.loss(chunk.trimmed(_to_level(self.model, dna)), batch, chunk.segments)}
        organism = torch.zeros(len(dna), dtype=torch.long, device=dna.device)
        run = self._of_the_tower if only == "tower" else self._of_everything
        return run(dna, batch, organism, chunk)

    def _count(self, chunk: Chunk) -> None:
        """Norms of what has margins measure without them."""
        for part in (self.model.encoder, self.model.decoder):
            for module in part.modules():
                if isinstance(module, RMSBatchNorm):
                    module.counted = chunk.trimmed if chunk.count > 1 else None

    def _of_everything(self, dna: Tensor, batch: Batch, organism: Tensor, chunk: Chunk) -> dict[str, Tensor]:
        model = self.model
        trunk, skips = model.encode(dna)
        tokens, pair = chunk.attend(model, chunk.trimmed(trunk), organism)
        around = chunk.widened(chunk.whole(tokens, 1).transpose(1, 2)).transpose(1, 2)
        at_128 = model.embedder_128(tokens, organism)
        at_1 = model.embedder_1(chunk.trimmed(model.decode(around, skips)), at_128, organism)
        embeddings = Embeddings(
            self._dropped(at_128), self._dropped(at_1, whole_channels=True), model.embedder_pair(pair, organism)
        )
        losses: dict[str, Tensor] = {}
        if self.profile is not None:
            losses[PROFILE] = self.profile.loss(chunk.trimmed(skips[PROFILE_LEVEL]), batch, chunk.segments)
        for output, targets in batch.tracks.items():
            predicted = model.heads(head_name(output), embeddings, organism)
            losses[output] = self._tracks(output, predicted, targets, batch, chunk.segments)
        if model.contact_maps is not None:
            losses["CONTACT_MAPS"] = self._contacts(model.contacts(embeddings.pair, organism), batch)
        if model.splicing is not None:
            losses |= self._splicing(embeddings.at_1, organism, batch, chunk)
        return losses

    def _of_the_tower(self, dna: Tensor, batch: Batch, organism: Tensor, chunk: Chunk) -> dict[str, Tensor]:
        """With the encoder as it is, norms included, and without the decoder: what is known at 128 bp and of pairs."""
        model = self.model
        model.encoder.eval()
        with torch.no_grad():
            trunk, _ = model.encode(dna)
        tokens, pair = chunk.attend(model, chunk.trimmed(trunk), organism)
        at_128 = self._dropped(model.embedder_128(tokens, organism))
        losses: dict[str, Tensor] = {}
        for output, targets in batch.tracks.items():
            predicted = {TOKEN_BP: model.head(head_name(output)).at(TOKEN_BP)(at_128, organism)}
            losses[output] = self._tracks(output, predicted, targets, batch, chunk.segments)
        if model.contact_maps is not None:
            predicted_contacts = model.contacts(model.embedder_pair(pair, organism), organism)
            losses["CONTACT_MAPS"] = self._contacts(predicted_contacts, batch)
        return losses

    def _dropped(self, embedding: Tensor, *, whole_channels: bool = False) -> Tensor:
        """While training; of a 1-bp embedding whole channels, since its neighbours tell each other's values."""
        if not (self.training and self.config.dropout):
            return embedding
        drop = nn.functional.dropout1d if whole_channels else nn.functional.dropout
        return drop(embedding, self.config.dropout)

    def _tracks(
        self, output: str, predicted: dict[int, Tensor], targets: dict[int, Tensor], batch: Batch, segments: int
    ) -> Tensor:
        head, scale = self.model.head(head_name(output)), self.scales[output]
        weights = self.row_weights[output].to(batch.codes.device)
        parts = []
        for resolution, values in predicted.items():
            values, target = values.float(), targets[resolution]
            if resolution == TOKEN_BP:
                values = values.transpose(1, 2)  # the head has tracks last
            mask = batch.called[resolution] if output.startswith("CHIP") else None
            scaled = scaled_targets(head, target, resolution)
            loss = multinomial_loss(values, scaled, mask, segments=segments)
            loss = loss / scale.mass[resolution].to(values.device)
            parts.append((loss * weights).sum() / weights.sum())
            if resolution == TOKEN_BP and (weight := self.config.log_weights.get(output)):
                parts.append(weight * len(predicted) * log_error(values, target, head, log_unit(output)))
        return torch.stack(parts).sum() / len(predicted)

    def _contacts(self, predicted: Tensor, batch: Batch) -> Tensor:
        """In units of the targets' own variance at each distance, lest the far and noisy pairs drown the near ones."""
        mask = torch.ones(1, 1, dtype=torch.bool, device=predicted.device)
        bins = torch.arange(predicted.shape[1])
        spread = self.contact_spread[(bins[:, None] - bins).abs()][None, ..., None].to(predicted.device)
        ours, theirs = predicted.float() / spread, batch.contacts[..., None] / spread
        parts = [contact_loss(p[None], t[None], mask) for p, t in zip(ours, theirs, strict=True)]
        return torch.stack(parts).mean()

    def _splicing(self, at_1: Tensor, organism: Tensor, batch: Batch, chunk: Chunk) -> dict[str, Tensor]:
        splicing = self.model.splicing
        assert splicing is not None
        logits = splicing.class_logits(at_1, organism).float()
        labels = batch.labels[:, None] == torch.arange(splicing.config.classes, device=logits.device)[None, :, None]
        sites = torch.stack(
            [class_loss(a[None], b[None]) * chunk.share(b.any(0).sum()) for a, b in zip(logits, labels, strict=True)]
        ).mean()
        with torch.autocast(at_1.device.type, enabled=False):
            at_sites = chunk.at(at_1.float(), batch.sites.flatten(1))
            at_sites = at_sites.view(*at_sites.shape[:2], *batch.sites.shape[1:])
            junctions = splicing.junctions.between(at_sites, organism, batch.sites)
        counted = [
            junction_loss(_one(junctions, i), batch.junctions[i : i + 1], batch.sites[i : i + 1])
            for i in range(len(batch.codes))
        ]
        return {"SPLICE_SITES": sites, "SPLICE_JUNCTIONS": torch.stack(counted).mean()}


@torch.no_grad()
def _begin_at(projection: TrackProjection, mass: Tensor) -> None:
    """Begin at the mean target: the first steps would only learn how rare things are, and loudest for the rarest."""
    wanted = mass / nn.functional.softplus(projection.learnt_scale)
    projection.bias.copy_(torch.log(torch.expm1(wanted)))


def scaled_targets(head: TrackHead, target: Tensor, resolution: int) -> Tensor:
    """[B, T, bins] in model space."""
    return scale_targets(target, head.mean[0][:, None], resolution, squashing=head.config.squashing)


def log_unit(output: str) -> int:
    """Bases by which a 128-bp sum is divided before its logarithm: starts are counted per bin, coverage is a mean per base."""
    return 1 if output == "CAGE" else TOKEN_BP


def log_error(values: Tensor, target: Tensor, head: TrackHead, unit: int) -> Tensor:
    """Mean squared error of log(1 + 128-bp sum / unit): a multinomial hears mostly the strongest genes."""
    predicted = unscale(values.clone(), head.mean[0][:, None], TOKEN_BP, squashing=head.config.squashing)
    return (torch.log1p(predicted / unit) - torch.log1p(target / unit)).square().mean()


def _row_weights(store: Store, output: str, by_kind: dict[str, float]) -> Tensor:
    """Of each track of an output, by its kind."""
    return torch.tensor([by_kind.get(store.kinds.get(track.key, ""), 1.0) for track in store.of(output)])


def _one(junctions: Junctions, example: int) -> Junctions:
    here = slice(example, example + 1)
    return Junctions(junctions.counts[here], junctions.positions[here], junctions.mask[here])
