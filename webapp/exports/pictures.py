"""Contact maps as pictures of a report: the triangle over the locus, near pairs at its foot, far ones above."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from predictor.api import Interval, format_locus
from webapp.exports.choice import ChosenTrack
from webapp.predictions.models import Prediction
from webapp.predictions.pairs import MAX_SIZE, read_contacts

MOST_MAPS = 8
_WIDTH = 1200  # pixels
_RAMP = ("#5e3c99", "#b2abd2", "#f7f7f7", "#fdb863", "#c65102")  # as static/js/diverging.js has it: orange is more
STEPS = 65
NOTHING, OUTSIDE = STEPS, STEPS + 1
_GREY, _WHITE = (224, 228, 230), (255, 255, 255)


@dataclass(frozen=True, slots=True)
class Picture:
    """`source` a data address of a PNG; `start` and `end` of its foot as people read them; colours end at minus and plus `limit`."""

    name: str
    unit: str
    source: str
    start: str
    end: str
    limit: str
    ramp: str


def contact_picture(prediction: Prediction, track: ChosenTrack, place: Interval) -> Picture:
    """Of a map over `place`."""
    found = read_contacts(prediction, track.key, place.start, place.end, MAX_SIZE)
    limit = track.row.scale or 1.0
    image = Image.fromarray(triangle(found.values, limit, _WIDTH))
    image.putpalette(_palette())
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    source = f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode('ascii')}"
    first, last = format_locus(place).rpartition(":")[2].split("-")
    return Picture(track.name, track.row.unit, source, first, last, f"{limit:.2g}", ", ".join(_RAMP))


def triangle(values: NDArray[np.float32], limit: float, width: int) -> NDArray[np.uint8]:
    """[width / 2, width]: a pixel at x and at height h shows the pair of bins at x - h and x + h, as a colour from 0 (minus `limit` or
    less) to STEPS - 1, NOTHING where there is no value, OUTSIDE."""
    bins = len(values)
    x = (np.arange(width) + 0.5) * bins / width
    height = (width // 2 - np.arange(width // 2) - 0.5) * bins / width
    left, right = np.floor(x - height[:, None]).astype(int), np.ceil(x + height[:, None]).astype(int) - 1
    inside = (left >= 0) & (right < bins)
    chosen = values[left[inside], right[inside]]
    known = np.isfinite(chosen)
    share = np.clip(np.where(known, chosen, 0) / limit, -1, 1)
    picture = np.full(inside.shape, OUTSIDE, np.uint8)
    picture[inside] = np.where(known, np.round((share + 1) / 2 * (STEPS - 1)), NOTHING)
    return picture


def _palette() -> list[int]:
    """Red, green and blue of each colour."""
    nodes = [[int(code[at : at + 2], 16) for at in (1, 3, 5)] for code in _RAMP]
    at = np.linspace(0, len(nodes) - 1, STEPS)
    ramp = [np.interp(at, range(len(nodes)), channel) for channel in zip(*nodes, strict=True)]
    colours = [*np.column_stack(ramp).round().astype(int).tolist(), _GREY, _WHITE]
    return [channel for colour in colours for channel in colour]
