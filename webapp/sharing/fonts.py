"""The letters of a link's picture: Pillow's own font, and one with Chinese for names that it cannot write."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from PIL import ImageFont

_CHINESE = "vendor/noto-sans-sc-5.3.0/noto-sans-sc-chinese-simplified-400-normal.woff2"
_NOBODYS = "\U0010ffff"  # no font has it: what is drawn for it is drawn for whatever a font lacks
_PROBE = 24  # pixels


def lettered(text: str, size: int) -> tuple[str, ImageFont.FreeTypeFont]:
    """The text and a font that has its letters; those that neither font has are left out, rather than drawn as boxes."""
    if all(_has(False, letter) for letter in text):
        return text, _font(False, size)
    return "".join(letter for letter in text if _has(True, letter)).strip(), _font(True, size)


@lru_cache(maxsize=20_000)
def _has(chinese: bool, letter: str) -> bool:
    """Whether a font draws this letter."""
    if letter.isspace():
        return True
    font = _font(chinese, _PROBE)
    mask, missing = font.getmask(letter), font.getmask(_NOBODYS)
    return mask.size != missing.size or bytes(mask) != bytes(missing)


@lru_cache(maxsize=16)
def _font(chinese: bool, size: int) -> ImageFont.FreeTypeFont:
    if chinese:
        return ImageFont.truetype(settings.BASE_DIR / "static" / _CHINESE, size)
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont)  # Pillow's wheels have FreeType
    return font
