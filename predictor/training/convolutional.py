"""The rival that attention has to beat: the same network with dilated convolutions of the same size instead of the tower."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor, nn

from predictor.catalogue import ModelInfo, read_card
from predictor.checkpoints.folder import read_weights
from predictor.codes import encode_bases
from predictor.inference.edits import Edit
from predictor.inputs import ModelInput
from predictor.model.alphagenome import AlphaGenome, Embeddings, one_hot
from predictor.model.config import PAIR_TOKENS, ModelConfig
from predictor.model.layers import RMSBatchNorm, gelu
from predictor.model.scaling import unscale
from predictor.results import PredictedTrack, PredictionResult, Progress, SiteList
from predictor.tracks import Track, head_name

BLOCKS = 7  # 4 transformer blocks of the yeast model have 713,312 parameters, 7 of these 723,520
REACH = 3


class DilatedBlock(nn.Module):
    """A residual convolution over three tokens `dilation` apart."""

    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        self.norm = RMSBatchNorm(channels, channel_dim=1)
        self.conv = nn.Conv1d(channels, channels, REACH, padding=dilation, dilation=dilation)
        self.norm_out = RMSBatchNorm(channels, channel_dim=1)
        self.project = nn.Conv1d(channels, channels, 1)

    def forward(self, x: Float[Tensor, "B C L"]) -> Float[Tensor, "B C L"]:
        out: Tensor = x + self.project(gelu(self.norm_out(self.conv(gelu(self.norm(x))))))
        return out


class DilatedTower(nn.Module):
    """In place of the transformer tower; reaches 2 * (2^7 - 1) tokens, 32 kb. It knows no pairs: they are zeros."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.pair_channels = config.pair_channels
        self.blocks = nn.Sequential(*(DilatedBlock(config.trunk_channels, 2**i) for i in range(BLOCKS)))

    def forward(self, x: Float[Tensor, "B L C"]) -> tuple[Float[Tensor, "B L C"], Float[Tensor, "B P P E"]]:
        pairs = x.shape[1] // PAIR_TOKENS
        tokens: Tensor = self.blocks(x.transpose(1, 2)).transpose(1, 2)
        return tokens, x.new_zeros(len(x), pairs, pairs, self.pair_channels)


def without_attention(model: AlphaGenome) -> AlphaGenome:
    """The same model with the other tower."""
    model.tower = DilatedTower(model.config)  # type: ignore[assignment]
    return model


class ConvolutionalPredictor:
    """A trained rival, for `evaluate`: plain passes, tracks along the sequence only."""

    def __init__(self, folder: Path) -> None:
        self.info: ModelInfo = read_card(folder)
        self.device, self.dtype = "cpu", "float32"
        model = without_attention(AlphaGenome(ModelConfig.from_json(self.info.settings["network"])))
        model.load_state_dict(read_weights(self.info.weights, model))
        self._model = model.eval()

    @torch.inference_mode()
    def predict(
        self,
        model_input: ModelInput,
        tracks: Sequence[Track],
        progress: Progress | None = None,
        *,
        window: tuple[int, int] | None = None,
        resolution: int | None = None,
        sites: SiteList | None = None,
    ) -> PredictionResult:
        """The whole input at the tracks' own resolutions; nothing else is understood."""
        if window is not None or resolution is not None or sites is not None:
            raise NotImplementedError("The rival predicts whole inputs only.")
        organism = torch.zeros(1, dtype=torch.long)
        codes = torch.from_numpy(encode_bases(model_input.sequence))[None]
        embeddings = self._model.embed(one_hot(codes), organism)
        heads: dict[str, Tensor] = {}
        predicted = []
        for track in tracks:
            if track.output not in heads:
                heads[track.output] = self._values(track, embeddings, organism)
            row = [one.key for one in self.info.tracks if one.output == track.output].index(track.key)
            bins = -(-model_input.real_bp // track.resolution)
            predicted.append(PredictedTrack(track, heads[track.output][row, :bins].numpy(), track.resolution))
        whole = (0, model_input.real_bp)
        return PredictionResult(self.info, model_input, tuple(predicted), self.device, self.dtype, {}, whole)

    def _values(self, track: Track, embeddings: Embeddings, organism: Tensor) -> Tensor:
        """[tracks, bins] of a track's output, in experimental units."""
        if track.output == "SPLICE_SITES":
            assert self._model.splicing is not None
            return torch.softmax(self._model.splicing.class_logits(embeddings.at_1, organism)[0].float(), dim=0)
        head = self._model.head(head_name(track.output))
        scaled = self._model.heads(head_name(track.output), embeddings, organism)[track.resolution][0].float()
        scaled = scaled if track.resolution == 1 else scaled.T
        return unscale(scaled, head.mean[0][:, None], track.resolution, squashing=head.config.squashing)

    def alternatives(
        self,
        model_input: ModelInput,
        edits: Sequence[Edit],
        tracks: Sequence[Track],
        *,
        window: tuple[int, int],
        resolution: int | None = None,
        sites: Sequence[SiteList] | None = None,
    ) -> Iterator[PredictionResult]:
        """Not understood."""
        raise NotImplementedError("The rival predicts whole inputs only.")
