"""Sequence logos as SVG, for the model card: letters as high as what they contribute."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_COLOURS = ("#1a7f37", "#1f5fbf", "#b7791f", "#b3261e")  # A C G T, as browsers draw them
_STEP, _HEIGHT, _LEFT, _GAP = 22, 90, 120, 34
_CAP = 0.72  # height of a capital letter in units of the font size


def logo_page(rows: list[tuple[str, NDArray[np.float64]]]) -> str:
    """One logo [L, 4] under another, each with its name; columns below zero are left out."""
    width = _LEFT + _STEP * max(len(matrix) for _, matrix in rows) + 20
    height = (_HEIGHT + _GAP) * len(rows) + 10
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="Helvetica, Arial, sans-serif">',
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
    ]
    for place, (name, matrix) in enumerate(rows):
        base = (_HEIGHT + _GAP) * (place + 1) - 14
        parts.append(f'<text x="8" y="{base - _HEIGHT / 2}" font-size="13" fill="#17212b">{name}</text>')
        parts.append(f'<path d="M{_LEFT} {base}H{_LEFT + _STEP * len(matrix)}" stroke="#b9c3c8"/>')
        parts += _letters(np.maximum(matrix, 0), base)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _letters(matrix: NDArray[np.float64], base: float) -> list[str]:
    unit = _HEIGHT / max(float(matrix.sum(1).max()), 1e-9)
    parts = []
    for column, heights in enumerate(matrix * unit):
        y = base
        for row in np.argsort(heights):
            high = float(heights[row])
            if high < 1:
                continue
            x = _LEFT + _STEP * (column + 0.5)
            parts.append(
                f'<text transform="translate({x:.1f} {y:.1f}) scale(1 {high / (_STEP * _CAP):.3f})" font-size="{_STEP}" '
                f'font-weight="700" text-anchor="middle" fill="{_COLOURS[row]}">{"ACGT"[row]}</text>'
            )
            y -= high
    return parts
