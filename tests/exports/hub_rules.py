"""A strict reader of track hubs, after UCSC's trackDb specification: what it does not know, or knows otherwise, is an error."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

Get = Callable[[str], str]
Stanza = dict[str, str]

HUB = {"hub", "shortLabel", "longLabel", "genomesFile", "email"}
HUB_MORE = {"descriptionUrl"}
GENOME = {"genome", "trackDb"}
_NUMBER = r"-?\d+(\.\d+)?([eE][+-]?\d+)?"
_TRACK = {  # setting: what it may be
    "track": r"[A-Za-z][A-Za-z0-9_]*",
    "shortLabel": r"\S.{0,16}",
    "longLabel": r"\S.{0,79}",
    "type": rf"bigWig( {_NUMBER} {_NUMBER})?",
    "bigDataUrl": r"\S+\.bw",
    "color": r"\d{1,3},\d{1,3},\d{1,3}",
    "visibility": "hide|dense|squish|pack|full",
    "priority": r"\d+(\.\d+)?",
    "autoScale": "on|off|group",
    "maxHeightPixels": r"\d+:\d+:\d+",
    "windowingFunction": "maximum|mean|minimum|mean\\+whiskers",
    "html": r"\S+",
    "parent": r"[A-Za-z][A-Za-z0-9_]*( on| off)?",
    "container": "multiWig",
    "aggregate": "transparentOverlay|solidOverlay|stacked|none",
    "showSubtrackColorOnUi": "on|off",
}
_CONTAINER = {"container", "aggregate", "showSubtrackColorOnUi"}


@dataclass
class Hub:
    """`files`: address of each bigWig by the name of its track."""

    settings: Stanza
    genomes: list[str]
    tracks: list[Stanza] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)


def read_hub(address: str, get: Get) -> Hub:
    """Everything that a browser reads before it asks for values. Raises ValueError that says the line."""
    (settings,) = _stanzas(get(address), "hub")
    _check(settings, HUB, HUB_MORE)
    hub = Hub(settings, [])
    genomes = _relative(address, settings["genomesFile"])
    if "descriptionUrl" in settings:
        get(_relative(address, settings["descriptionUrl"]))
    for genome in _stanzas(get(genomes), "genome"):
        _check(genome, GENOME, set())
        hub.genomes.append(genome["genome"])
        at = _relative(genomes, genome["trackDb"])
        for stanza in _stanzas(get(at), "track"):
            _track(hub, stanza, at, get)
    if len(set(hub.genomes)) != len(hub.genomes):
        raise ValueError("a genome stands twice")
    return hub


def _track(hub: Hub, stanza: Stanza, at: str, get: Get) -> None:
    known = {one["track"]: one for one in hub.tracks}
    _check(stanza, {"track", "shortLabel", "longLabel", "type"}, set(_TRACK))
    for name, text in stanza.items():
        if not re.fullmatch(_TRACK[name], text):
            raise ValueError(f"{name} is {text!r}")
    if stanza["track"] in known:
        raise ValueError(f"track {stanza['track']} stands twice")
    if "container" in stanza:
        if "aggregate" not in stanza or "bigDataUrl" in stanza:
            raise ValueError("a container has an aggregate and no data")
    elif "bigDataUrl" not in stanza or _CONTAINER & stanza.keys():
        raise ValueError(f"{stanza['track']} has no data, or settings of a container")
    if "parent" in stanza:
        parent = known.get(stanza["parent"].split()[0])  # it must stand before
        if not parent or "container" not in parent or parent["type"].split()[0] != stanza["type"].split()[0]:
            raise ValueError(f"{stanza['track']} has no such parent")
    if (limits := stanza["type"].split()[1:]) and float(limits[0]) >= float(limits[1]):
        raise ValueError(f"{stanza['track']} reaches from {limits[0]} to {limits[1]}")
    if any(int(part) > 255 for part in stanza.get("color", "0").split(",")):
        raise ValueError(f"color is {stanza['color']}")
    if "maxHeightPixels" in stanza:
        most, usual, least = map(int, stanza["maxHeightPixels"].split(":"))
        if not most >= usual >= least:
            raise ValueError(f"maxHeightPixels is {stanza['maxHeightPixels']}")
    if "html" in stanza:
        get(_relative(at, stanza["html"]))
    if "bigDataUrl" in stanza:
        hub.files[stanza["track"]] = _relative(at, stanza["bigDataUrl"])
    hub.tracks.append(stanza)


def _relative(base: str, given: str) -> str:
    """Beside the file that names it, wherever the hub is served from."""
    parts = urlsplit(given)
    if parts.scheme or parts.netloc or given.startswith("/") or ".." in given.split("/"):
        raise ValueError(f"{given} is not relative")
    return urljoin(base, given)


def _stanzas(text: str, first: str) -> list[Stanza]:
    found: list[Stanza] = []
    if not text.endswith("\n") or "\r" in text or "\t" in text:
        raise ValueError("lines end in \\n, and a blank stands between a name and its value")
    for block in re.split(r"\n{2,}", text.strip("\n")):
        stanza: Stanza = {}
        for line in block.split("\n"):
            name, blank, value = line.partition(" ")
            if not (re.fullmatch("[A-Za-z][A-Za-z0-9]*", name) and blank and value and value == value.strip()):
                raise ValueError(f"{line!r} is no setting")
            if name in stanza:
                raise ValueError(f"{name} stands twice")
            stanza[name] = value
        if next(iter(stanza)) != first:
            raise ValueError(f"a stanza begins with {next(iter(stanza))}, not with {first}")
        found.append(stanza)
    return found


def _check(stanza: Stanza, needed: set[str], more: set[str]) -> None:
    if missing := needed - stanza.keys():
        raise ValueError(f"{sorted(missing)} are missing")
    if unknown := stanza.keys() - needed - more:
        raise ValueError(f"nothing knows {sorted(unknown)}")
