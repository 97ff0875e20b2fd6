"""All stored values of a track at its own resolution, for files; the browser reads windows instead (windows.py)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from webapp.predictions.models import PredictedTrack, Tile
from webapp.predictions.tiles import decode


def read_native(track: PredictedTrack, edge: str = "") -> NDArray[np.float32]:
    """float32 [bins] from the prediction's start on: exactly what is stored. `edge`: one of EDGES or REFERENCE."""
    rows = Tile.objects.filter(track=track, edge=edge, level=0).order_by("index").values_list("data", flat=True)
    parts = [decode(data) for data in rows.iterator(chunk_size=4)]
    return np.concatenate(parts) if parts else np.empty(0, np.float32)
