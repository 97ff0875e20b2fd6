"""The picture of a link in a chat or a forum: its tracks at its place, drawn from the stored values."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import Any

import numpy as np
from django.utils import translation
from numpy.typing import NDArray
from PIL import Image, ImageColor, ImageDraw

from predictor.api import DomainError, Interval, format_locus
from webapp.predictions.describe import NOTICE
from webapp.predictions.models import OWN, PredictedTrack, Prediction
from webapp.predictions.windows import read_window
from webapp.scoring.models import ScoreJob
from webapp.scoring.services import column_of, read_points
from webapp.sharing.describe import title_of
from webapp.sharing.fonts import lettered
from webapp.sharing.models import View

WIDTH, HEIGHT = 1200, 630  # what previews are cut to
_MOST_TRACKS = 6
_MARGIN, _TOP, _FOOT = 56, 158, 64
_INK, _MUTED, _LINE, _ACCENT = "#17212b", "#55636e", "#dbe1e4", "#0f6b73"
_FLOOR = 0.1  # of a track's highest value: next to nothing is not blown up to a full bar


def preview(view: View) -> bytes:
    """PNG of 1,200 by 630 pixels; drawn once in a while, since neither values nor a link's state change. In English: its font has
    no other letters, and whoever sends a link knows no better what its readers speak."""
    with translation.override("en"):
        return _drawn(view.token, view.name, view.job.done if view.job else 0)


@lru_cache(maxsize=64)
def _drawn(token: str, name: str, done: int) -> bytes:
    view = View.objects.select_related("prediction", "job").get(token=token)
    image = Image.new("RGB", (WIDTH, HEIGHT), "#ffffff")
    draw = ImageDraw.Draw(image)
    found = view.subject
    card = found.model_card
    draw.rectangle((0, 0, WIDTH, 10), fill=_ACCENT)
    title = title_of(found)
    _text(draw, (_MARGIN, 40), name or title, 44, _INK)
    if isinstance(found, Prediction):
        _tracks(image, draw, found, view.state)
        locus = view.state.get("locus")
        where = format_locus(Interval(locus["chromosome"], locus["start"], locus["end"])) if locus else title
    else:
        where = f"{found.done:,} of {found.total:,} variants scored"
        _points(draw, found, view.state)
    _text(draw, (_MARGIN, 102), where, 27, _MUTED)
    draw.line((_MARGIN, HEIGHT - _FOOT, WIDTH - _MARGIN, HEIGHT - _FOOT), fill=_LINE, width=2)
    _text(draw, (_MARGIN, HEIGHT - 48), f"{card['title']}, version {card['version']}", 23, _INK)
    said = NOTICE[0].upper() + NOTICE[1:]
    _text(draw, (WIDTH - _MARGIN - lettered(said, 23)[1].getlength(said), HEIGHT - 48), said, 23, _MUTED)
    file = io.BytesIO()
    image.save(file, "PNG", compress_level=6)
    return file.getvalue()


def _tracks(image: Image.Image, draw: ImageDraw.ImageDraw, found: Prediction, state: dict[str, Any]) -> None:
    rows = {row.key: row for row in found.tracks.all() if row.shape == "bins"}
    states = {one["key"]: one for one in state.get("tracks", []) if one["key"] in rows}
    shown = [rows[key] for key, one in states.items() if not one["hidden"]] or list(rows.values())
    shown = shown[:_MOST_TRACKS]
    if not shown:
        return
    own = bool(state.get("own")) and found.edited_bp is not None
    whole = {"start": 0, "end": found.edited_bp or 0} if own else {"start": found.asked_start, "end": found.asked_end}
    place = state.get("locus") or whole
    offset = found.start if own else 0
    width = WIDTH - 2 * _MARGIN
    try:
        keys = [f"{row.key}:{OWN}" if own else row.key for row in shown]
        values = read_window(found, keys, place["start"] + offset, place["end"] + offset, width)
    except DomainError:  # nothing is there to draw, as of a prediction that was evicted
        return
    lane = (HEIGHT - _FOOT - 14 - _TOP) // len(shown)
    for number, (row, line) in enumerate(zip(shown, values, strict=True)):
        top = _TOP + number * lane
        one = states.get(row.key, {})
        _bars(image, line, row, one, top + min(26, lane // 3), lane - min(26, lane // 3) - 8)
        _text(draw, (_MARGIN, top - 2), row.name, 19, _INK)


def _bars(
    image: Image.Image, line: NDArray[np.float32], row: PredictedTrack, one: dict[str, Any], top: int, height: int
) -> None:
    """One column of pixels per value [width]."""
    values = np.nan_to_num(line, nan=0.0)
    scale = one.get("scale")
    least = _FLOOR * (row.maximum or 0.0)
    low, high = (
        (scale["min"], scale["max"]) if scale else (min(0.0, float(values.min())), max(float(values.max()), least))
    )
    share = np.clip((values - low) / (high - low), 0, 1) if high > low else np.zeros_like(values)
    depth = np.arange(height, 0, -1)[:, None] - 1  # of each pixel above the floor
    mask = Image.fromarray(((depth < share * (height - 1)) * 255).astype(np.uint8))
    image.paste(_colour(one.get("colour") or row.colour), (_MARGIN, top), mask)
    ImageDraw.Draw(image).line((_MARGIN, top + height, WIDTH - _MARGIN, top + height), fill=_LINE)


def _points(draw: ImageDraw.ImageDraw, job: ScoreJob, state: dict[str, Any]) -> None:
    try:
        column = column_of(job, str(state.get("column", 0)))
    except DomainError:
        return
    found = read_points(job, column)
    _text(draw, (_MARGIN, _TOP - 8), job.columns[column]["name"], 21, _INK)
    values = np.array(found["value"], np.float64)
    top, bottom = _TOP + 34, HEIGHT - _FOOT - 24
    if not len(values):
        return
    low, high = min(0.0, values.min()), max(0.0, values.max())
    span = (high - low) or 1.0
    zero = bottom - (0 - low) / span * (bottom - top)
    draw.line((_MARGIN, zero, WIDTH - _MARGIN, zero), fill=_LINE, width=2)
    left, right = _MARGIN + 12, WIDTH - _MARGIN - 12
    for number, value in enumerate(values):
        x = left + (right - left) * (number + 0.5) / len(values)
        y = bottom - (value - low) / span * (bottom - top)
        colour = "#1d62a8" if value >= 0 else "#b3302a"
        draw.line((x, zero, x, y), fill=colour, width=2)
        draw.ellipse((x - 5, y - 5, x + 5, y + 5), fill=colour)


def _colour(text: str) -> tuple[int, ...]:
    try:
        return ImageColor.getrgb(text)[:3]
    except ValueError:
        return ImageColor.getrgb(_ACCENT)[:3]


def _text(draw: ImageDraw.ImageDraw, place: tuple[float, float], text: str, size: int, colour: str) -> None:
    """One line, cut where the picture ends."""
    text, font = lettered(text, size)
    while len(text) > 1 and font.getlength(text) > WIDTH - 2 * _MARGIN:
        text = text[:-2].rstrip("… ") + "…"
    draw.text(place, text, fill=colour, font=font)
