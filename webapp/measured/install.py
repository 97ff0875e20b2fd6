"""Installing, replacing and removing measured tracks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from predictor.api import DomainError
from webapp.loci.services import get_assembly
from webapp.measured.bundle import read_bundle
from webapp.measured.models import MeasuredTrack
from webapp.measured.steps import highest
from webapp.measured.storage import forget_unused, keep


@dataclass(frozen=True, slots=True)
class Installed:
    """How many tracks were new or changed, and how many were there already."""

    changed: int
    same: int


def install_folder(folder: Path, genome: str, bundle: str, say: Callable[[str], None]) -> Installed:
    """All tracks of a folder; a track of the same key is replaced. `bundle`: how the source is called.

    What was written before an error stays and is installed; the next run goes over it at once. Raises DomainError."""
    assembly = get_assembly(genome)
    lengths = dict(assembly.chromosomes.order_by("order").values_list("name", "length"))
    changed = same = 0
    for order, found in enumerate(read_bundle(folder, assembly.name, lengths, settings.MODEL)):
        digest, places = keep(found.steps)
        fields = {
            **found.fields, "order": order, "bundle": bundle, "digest": digest, "places": places,
            "maximum": max(map(highest, found.steps.values())),
        }  # fmt: skip
        key = fields.pop("key")
        before = MeasuredTrack.objects.filter(genome=assembly.name, key=key).values(*fields).first()
        if before == fields:
            same += 1
            continue
        MeasuredTrack.objects.update_or_create(genome=assembly.name, key=key, defaults=fields)
        changed += 1
        say(f"{assembly.name}: {key}, {fields['name']} ({sum(map(len, found.steps.values())):,} steps)")
    forget_unused()
    return Installed(changed, same)


def remove_tracks(genome: str, keys: Sequence[str]) -> int:
    """Remove these tracks, or all where `keys` is ["all"]; how many. Raises DomainError `unknown_measurement`."""
    name = get_assembly(genome).name
    rows = MeasuredTrack.objects.filter(genome=name)
    if list(keys) != ["all"]:
        there = set(rows.values_list("key", flat=True))
        for key in keys:
            if key not in there:
                raise DomainError("unknown_measurement", f"No track “{key[:60]}” of {name} is installed.", status=404)
        rows = rows.filter(key__in=keys)
    count, _ = rows.delete()
    forget_unused()
    return count
