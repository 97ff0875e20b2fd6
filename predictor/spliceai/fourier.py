"""Long convolutions of few channels by Fourier transforms: overlapping frames, a product of 32 x 32 for each frequency.

A kernel of 41 costs 41 products of 32 x 32 per base in the plain form; here each frame of N bases gives N - 40 of them for N/2 + 1
complex products and the transforms, an eighth. In float32 it loses no more than the plain form does: a transform is a rotation.
Frames go through in blocks that stay in a processor's cache.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import torch
from jaxtyping import Complex, Float
from torch import Tensor

SIZES = (64, 80, 96, 128, 160, 192, 256, 320, 384, 512)  # of a frame: what a transform takes in quick steps
BLOCK_VALUES = 1 << 19  # of frames at once: 2 MB
OF_KERNEL = 64  # frames that a kernel's transform costs as much as: 32 rows and their turning
SPECTRA = 160  # of kernels, 0.5 to 1.5 MB each: one network's at two or three sizes


@dataclass(frozen=True, slots=True)
class Frames:
    """How `length` outputs of a kernel of `width` are made: `count` frames of `size`, each `hop` further."""

    width: int
    size: int
    count: int

    @classmethod
    def of(cls, width: int, length: int, rows: int) -> Frames:
        """The size that transforms least, the kernel's own transform included."""
        sizes = [size for size in SIZES if size >= 2 * width]
        size = min(sizes, key=lambda size: (-(-length // (size - width + 1)) * rows + OF_KERNEL) * size)
        return cls(width, size, -(-length // (size - width + 1)))

    @property
    def hop(self) -> int:
        """Outputs of a frame."""
        return self.size - self.width + 1

    @property
    def read(self) -> int:
        """Of each row; what lies behind its end must be finite."""
        return self.written + self.width - 1

    @property
    def written(self) -> int:
        """At least `length`."""
        return self.count * self.hop


@dataclass(frozen=True, slots=True, eq=False)
class Kernel:
    """Of a convolution whose following norm is folded in; known by what it is, not by what is in it."""

    values: Float[Tensor, "O C W"]
    bias: Float[Tensor, " O"]

    @property
    def width(self) -> int:
        """Taps."""
        return self.values.shape[2]


@lru_cache(SPECTRA)
def spectrum(kernel: Kernel, size: int) -> Complex[Tensor, "F O C"]:
    """Of a kernel that is laid on the input as it stands (a correlation, as in all networks)."""
    values: Tensor = torch.fft.rfft(kernel.values, n=size).conj().permute(2, 0, 1).resolve_conj().contiguous()
    return values


def convolve(
    frames: Frames,
    x: Float[Tensor, "C R read"],
    kernel: Kernel,
    out: Float[Tensor, "O R written"],
    *,
    relu: bool,
) -> None:
    """Rows R are apart from each other. Only whole inputs are read; `out` may be a part of something longer."""
    of_kernel = spectrum(kernel, frames.size)
    constant = (kernel.bias * frames.size)[:, None]  # at frequency 0
    framed = x.unfold(2, frames.size, frames.hop)
    written = out.view(*out.shape[:2], frames.count, frames.hop)
    step = max(1, BLOCK_VALUES // (x.shape[0] * x.shape[1] * frames.size))
    for start in range(0, frames.count, step):
        part = framed[:, :, start : start + step]
        there = torch.fft.rfft(part)
        rows = _turned(there.flatten(0, 2)).view(-1, x.shape[0], part.shape[1] * part.shape[2])
        product = torch.bmm(of_kernel, rows)
        product[0] += constant
        back = torch.fft.irfft(_turned(product.flatten(1)), n=frames.size)
        inner = back.view(out.shape[0], part.shape[1], part.shape[2], frames.size)[..., : frames.hop]
        to = written[:, :, start : start + step]
        if relu:
            torch.clamp_min(inner, 0, out=to)
        else:
            to.copy_(inner)


def _turned(x: Complex[Tensor, "a b"]) -> Complex[Tensor, "b a"]:
    return x.t().contiguous()
