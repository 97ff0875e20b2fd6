"""Dimensions of the network. Every width in the model comes from here; FULL is AlphaGenome as published."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

TOKEN_BP = 128  # seven halvings
PAIR_TOKENS = 16  # tokens pooled into one bin of the pair representation
CONV_WIDTH = 5
STEM_WIDTH = 15
POSITION_FEATURES = 32  # widening windows by which the pair representation knows distances
ORGANISMS = ("human", "mouse")  # in the order of the published network's organism index


@dataclass(frozen=True, slots=True)
class TrackHeadConfig:
    """One output type: its tracks per organism and the resolutions (bp per bin) it is predicted at.

    `squashing`: targets are raised to the power 0.75 (RNA-seq only).
    """

    name: str
    tracks: int
    resolutions: tuple[int, ...]
    squashing: bool = False


@dataclass(frozen=True, slots=True)
class SplicingConfig:
    """The splice heads. `usage_tracks` = tissues on both strands; at most `sites` of each class form junctions."""

    classes: int = 5
    tissues: int = 367
    junction_channels: int = 768
    sites: int = 512

    @property
    def usage_tracks(self) -> int:
        """Tissues by strand."""
        return 2 * self.tissues


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """Widths and depths; the defaults are AlphaGenome's."""

    stem_channels: int = 768
    channel_step: int = 128  # added at each halving of the encoder
    down_blocks: int = 6
    tower_blocks: int = 9
    heads: int = 8
    key_channels: int = 128
    value_channels: int = 192
    pair_channels: int = 128
    pair_heads: int = 32
    pair_key_channels: int = 128
    max_position: int = 8192  # of the rotary embedding, in tokens: fixed, never scaled with the input
    organisms: int = 2
    track_heads: tuple[TrackHeadConfig, ...] = field(default=())
    contact_tracks: int = 0  # none: no contact maps
    splicing: SplicingConfig | None = None
    rope: Literal["float32", "bfloat16"] = "float32"  # precision of the tower's phases (model/rotary.py)
    standardized: bool = True  # False: kernels that were standardised before they were saved are used as they are

    @property
    def trunk_channels(self) -> int:
        """Channels of a token."""
        return self.stem_channels + self.down_blocks * self.channel_step

    @property
    def encoder_channels(self) -> tuple[int, ...]:
        """Channels of the skips at 1, 2, 4 ... bp per bin."""
        return tuple(self.stem_channels + i * self.channel_step for i in range(self.down_blocks + 1))

    def to_json(self) -> dict[str, Any]:
        """For a checkpoint's card."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> ModelConfig:
        """The inverse of `to_json`; an unknown key raises TypeError."""
        heads = tuple(
            TrackHeadConfig(**{**head, "resolutions": tuple(head["resolutions"])}) for head in values["track_heads"]
        )
        splicing = SplicingConfig(**values["splicing"]) if values.get("splicing") else None
        return cls(**{**values, "track_heads": heads, "splicing": splicing})


FULL = ModelConfig(
    track_heads=(
        TrackHeadConfig("atac", 256, (1, 128)),
        TrackHeadConfig("dnase", 384, (1, 128)),
        TrackHeadConfig("procap", 128, (1, 128)),
        TrackHeadConfig("cage", 640, (1, 128)),
        TrackHeadConfig("rna_seq", 768, (1, 128), squashing=True),
        TrackHeadConfig("chip_tf", 1664, (128,)),
        TrackHeadConfig("chip_histone", 1152, (128,)),
    ),
    contact_tracks=28,
    splicing=SplicingConfig(),
)
