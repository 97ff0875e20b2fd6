"""What a link is called is written on its picture, in Chinese too; what no font has is left out."""

from __future__ import annotations

import io

import pytest
from django.test import Client
from PIL import Image

from tests.api.people import alice, finished, share
from webapp.sharing.fonts import lettered

__all__ = ["alice"]


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("GAL1, promoter", "GAL1, promoter"),
        ("半乳糖基因的启动子 GAL1", "半乳糖基因的启动子 GAL1"),
        ("酵母（第一课）：预测与实测", "酵母（第一课）：预测与实测"),
        ("半乳糖 \U0001f9ec GAL1", "半乳糖  GAL1"),  # no font here has emoji
        ("\U0001f9ec", ""),
    ],
)
def test_every_letter_that_is_written_is_one_of_the_font(given: str, written: str) -> None:
    text, font = lettered(given, 40)
    assert text == written
    box = bytes(font.getmask("\U0010ffff"))
    assert not [letter for letter in text if letter.strip() and bytes(font.getmask(letter)) == box]


def test_a_name_in_chinese_is_on_the_picture(alice: Client) -> None:
    found = finished(alice)
    pictures = []
    for name in ("半乳糖基因的启动子", "酵母基因组的一段"):
        view = share(alice, prediction=found, name=name)
        content = alice.get(f"{view['url']}/preview.png").content
        pictures.append(Image.open(io.BytesIO(content)).convert("L").crop((0, 36, 1200, 96)))
    dark = [sum(picture.histogram()[:128]) for picture in pictures]
    assert min(dark) > 1500  # strokes, not a few frames of boxes
    assert pictures[0].tobytes() != pictures[1].tobytes()
