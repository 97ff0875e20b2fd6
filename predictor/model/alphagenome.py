"""AlphaGenome (Avsec et al., Nature 2026): DNA to tracks. `forward` is the paper's figure 1."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn

from predictor.model.attention import MultiQueryAttention, TransformerTower, tower_frequencies
from predictor.model.config import ModelConfig
from predictor.model.convolutions import SequenceDecoder, SequenceEncoder
from predictor.model.embeddings import Embedder1, Embedder128, EmbedderPair
from predictor.model.heads import OrganismLinear, TrackHead
from predictor.model.layers import OrganismEmbedding
from predictor.model.splicing import SpliceSites


@dataclass(slots=True)
class Embeddings:
    """What the heads read: [B, L, 2 trunk], [B, 2 stem, S] and [B, P, P, pair]."""

    at_128: Tensor
    at_1: Tensor
    pair: Tensor


class AlphaGenome(nn.Module):
    """The parts are separate calls; `forward` composes them and has no mode flags."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = SequenceEncoder(config)
        self.organism = OrganismEmbedding(config.organisms, config.trunk_channels)
        self.tower = TransformerTower(config)
        self.decoder = SequenceDecoder(config)
        self.embedder_128 = Embedder128(config)
        self.embedder_1 = Embedder1(config)
        self.embedder_pair = EmbedderPair(config)
        self.track_heads = nn.ModuleDict({head.name: TrackHead(config, head) for head in config.track_heads})
        # None where the model has no such output, so that its checkpoint has no such weights.
        self.contact_maps = (
            OrganismLinear(config.organisms, config.pair_channels, config.contact_tracks)
            if config.contact_tracks
            else None
        )
        self.splicing = (
            SpliceSites(2 * config.stem_channels, config.organisms, config.splicing) if config.splicing else None
        )

    def encode(self, dna: Float[Tensor, "B 4 S"]) -> tuple[Float[Tensor, "B C L"], list[Tensor]]:
        """One-hot DNA (N is all zeros) to tokens before the tower, and the decoder's skips, finest first."""
        trunk, skips = self.encoder(dna)
        return trunk, skips

    def attend(
        self, trunk: Float[Tensor, "B C L"], organism: Tensor
    ) -> tuple[Float[Tensor, "B L C"], Float[Tensor, "B P P E"]]:
        """The tower: tokens that have seen the whole input, and the pairs."""
        x = (trunk + self.organism(organism)[:, :, None]).transpose(1, 2)
        tokens, pair = self.tower(x)
        return tokens, pair

    def decode(self, tokens: Float[Tensor, "B L C"], skips: list[Tensor]) -> Float[Tensor, "B c S"]:
        """Tokens back to bases."""
        x: Tensor = self.decoder(tokens.transpose(1, 2), skips)
        return x

    def head(self, name: str) -> TrackHead:
        """The head of an output type, by its name in the config."""
        head = self.track_heads[name]
        assert isinstance(head, TrackHead)
        return head

    def embed(self, dna: Float[Tensor, "B 4 S"], organism: Tensor) -> Embeddings:
        """All three embeddings of the whole input."""
        trunk, skips = self.encode(dna)
        tokens, pair = self.attend(trunk, organism)
        at_128 = self.embedder_128(tokens, organism)
        at_1 = self.embedder_1(self.decode(tokens, skips), at_128, organism)
        return Embeddings(at_128, at_1, self.embedder_pair(pair, organism))

    def forward(self, dna: Float[Tensor, "B 4 S"], organism: Tensor) -> dict[str, dict[int, Tensor]]:
        """Every track in model space: {head: {1: [B, T, S], 128: [B, L, T]}}."""
        embeddings = self.embed(dna, organism)
        return {name: self.heads(name, embeddings, organism) for name in self.track_heads}

    def contacts(self, pair: Float[Tensor, "B P P E"], organism: Tensor) -> Float[Tensor, "B P P T"]:
        """Contact maps per pair of 2,048-bp bins from the pair embedding; linear, so they may be negative."""
        assert self.contact_maps is not None
        flat: Tensor = self.contact_maps(pair.flatten(1, 2), organism)
        return flat.view(*pair.shape[:3], -1)

    def heads(self, name: str, embeddings: Embeddings, organism: Tensor) -> dict[int, Tensor]:
        """One head at each of its resolutions."""
        head = self.head(name)
        by_resolution: dict[int, Tensor] = {}
        for resolution in head.config.resolutions:
            if resolution == 1:
                by_resolution[1] = head.at(1).per_base(embeddings.at_1, organism)
            else:
                by_resolution[resolution] = head.at(resolution)(embeddings.at_128, organism)
        return by_resolution


def skeleton(config: ModelConfig) -> AlphaGenome:
    """The network without memory for its weights: for names and shapes, and for `assemble`."""
    with torch.device("meta"):
        return AlphaGenome(config)


def assemble(model: AlphaGenome, weights: dict[str, Tensor]) -> AlphaGenome:
    """A skeleton with these weights, every name of its state, in evaluation mode; nothing is initialised in vain."""
    model.load_state_dict(weights, assign=True)
    for module in model.modules():
        if isinstance(module, MultiQueryAttention):  # its table is in no checkpoint
            module.frequency = tower_frequencies(model.config)
    return model.eval()


def one_hot(codes: Tensor) -> Tensor:
    """Base codes [B, S] (A C G T = 0..3, anything else N) to float32 [B, 4, S]; N is all zeros."""
    return (codes[:, None, :] == torch.arange(4, device=codes.device)[None, :, None]).float()
