"""Contact maps as cool and mcool, splice junctions as BED12."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.http import HttpRequest, HttpResponseBase

from predictor.api import JunctionLine, bed12_lines, write_cool
from webapp.exports.choice import Choice, ChosenTrack, about, lengths_of
from webapp.exports.responses import file_response, pieces, streamed, written, zip_of
from webapp.predictions.junctions import read_junctions
from webapp.predictions.pairs import MAX_SIZE, read_contacts


def cool(request: HttpRequest, choice: Choice, form: str) -> HttpResponseBase:
    """The maps at their own resolution, a file each; mcool with coarser ones beside it."""

    def write(path: Path, track: ChosenTrack) -> None:
        window = read_contacts(choice.prediction, track.key, choice.start, choice.end, MAX_SIZE)
        lengths, said = lengths_of(choice.prediction), {**about(choice.prediction), "track": track.name}
        said["unit"] = track.row.unit
        write_cool(
            path, lengths, choice.chromosome, window.start, window.bin_bp, window.values, said, zooms=form == "mcool"
        )

    if len(choice.tracks) == 1:
        (track,) = choice.tracks
        return file_response(lambda path: write(path, track), f"{choice.name(track)}.{form}", "application/x-hdf5")

    def contents(track: ChosenTrack) -> Iterator[bytes]:
        with written(lambda path: write(path, track), f".{form}") as path:
            yield from pieces(path)

    return zip_of(choice, form, ((f"{choice.name(track)}.{form}", contents(track)) for track in choice.tracks))


def bed(request: HttpRequest, choice: Choice, form: str) -> HttpResponseBase:
    """A file of each track's junctions that lie in the stretch."""

    def lines(track: ChosenTrack) -> Iterator[bytes]:
        found = [
            JunctionLine(choice.chromosome, one.start, one.end, one.strand, one.value)
            for one in read_junctions(choice.prediction, [track.key])
            if one.start >= choice.start and one.end <= choice.end
        ]
        yield from (line.encode() for line in bed12_lines(found, track.row.colour))

    members = ((f"{choice.name(track)}.bed", lines(track)) for track in choice.tracks)
    if len(choice.tracks) == 1:
        name, parts = next(members)
        return streamed(parts, name, "text/x-bed; charset=us-ascii")
    return zip_of(choice, form, members)
