"""The published network in numbers (Jaganathan et al., Cell 2019, “SpliceAI-10k”, and the files' own description). No torch here."""

from __future__ import annotations

CHANNELS = 32
CLASSES = 3  # neither, acceptor, donor: the order of the published networks
WIDTHS = (11,) * 8 + (21,) * 4 + (41,) * 4  # of the kernels of each residual block, which has two
DILATIONS = (1,) * 4 + (4,) * 4 + (10,) * 4 + (25,) * 4
BLOCKS_PER_SKIP = 4  # what leaves every fourth block is read by the classifier
SKIPS = len(WIDTHS) // BLOCKS_PER_SKIP + 1  # and what enters the first
FLANK_BP = sum((width - 1) * dilation for width, dilation in zip(WIDTHS, DILATIONS, strict=True))
assert FLANK_BP == 5_000  # on either side: 4 x 10 + 4 x 40 + 4 x 200 + 4 x 1,000


def shapes(members: int) -> dict[str, tuple[int, ...]]:
    """Names and shapes of the tensors in our checkpoint, all networks together."""
    found: dict[str, tuple[int, ...]] = {"stem.kernel": (CHANNELS, 4, 1), "stem.bias": (CHANNELS,), "bias": (CLASSES,)}
    for number, width in enumerate(WIDTHS):
        found |= {f"blocks.{number}.{name}": (CHANNELS,) for name in ("gain", "shift", "first.bias", "second.bias")}
        found |= {f"blocks.{number}.{name}.kernel": (CHANNELS, CHANNELS, width) for name in ("first", "second")}
    found |= {f"skips.{number}": (CLASSES, CHANNELS) for number in range(SKIPS)}
    return {name: (members, *shape) for name, shape in found.items()}
