"""A faulty archive is not kept: mended at its address, it is installed by the next run."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError

from tests.measured.test_install import install, packed, served
from webapp.loci.models import Assembly


def left() -> list[Path]:
    return [path for path in (Path(settings.HOME) / "measured" / "fetching").rglob("*") if path.is_file()]


def test_an_archive_whose_content_is_refused_is_fetched_again(genome: Assembly, signals: Path) -> None:
    good = packed(signals)
    (signals / "peaks.bed").write_text("chrVI\t10\t99999999\n")
    files = {"/a.tar.gz": packed(signals)}
    with served(files) as (address, ranges):
        with pytest.raises(CommandError, match="does not lie on chrVI"):
            install(f"{address}/a.tar.gz")
        assert left() == []
        files["/a.tar.gz"] = good  # mended there
        assert "2 tracks were there already" not in install(f"{address}/a.tar.gz")
    assert ranges == ["", ""]


def test_a_damaged_gzip_is_refused_in_a_sentence_and_not_kept(genome: Assembly, signals: Path) -> None:
    body = bytearray(packed(signals))
    body[40:60] = bytes(20)
    with served({"/a.tar.gz": bytes(body)}) as (address, _), pytest.raises(CommandError, match="cannot be unpacked"):
        install(f"{address}/a.tar.gz")
    assert not [path for path in left() if path.name == "a.tar.gz"]


def test_an_archive_that_changed_while_it_was_fetched_is_fetched_anew_at_once(genome: Assembly, signals: Path) -> None:
    good = packed(signals)
    files = {"/a.tar.gz": b"\x00" * len(good)}
    with served(files, cut=100) as (address, ranges):
        with pytest.raises(CommandError, match=r"broke off|cannot be fetched"):
            install(f"{address}/a.tar.gz")
        files["/a.tar.gz"] = good  # the first 100 bytes of it are now others
        said = install(f"{address}/a.tar.gz")
    assert "is damaged; fetching it anew" in said and "2 tracks installed" in said
    assert ranges == ["", "bytes=100-", ""]
