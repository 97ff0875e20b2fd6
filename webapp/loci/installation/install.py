"""An assembly into PostgreSQL: its sequence first, which the site shows from then on, then its genes.

Each of the two appears whole, in one transaction; what a kill or a lost connection leaves unfinished, the next run finishes.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection, transaction

from predictor.api import DomainError, accessions_of, opened, read_aliases, read_bands, read_sequences
from webapp.lib.download import NotFetchedError, Remote, fetch, without_secrets
from webapp.lib.room import check_room
from webapp.loci.bases import store_chromosome
from webapp.loci.installation.genes import GenesOf, store_genes
from webapp.loci.installation.sources import Plan, Source
from webapp.loci.models import Assembly, Chromosome
from webapp.loci.search import LONGEST_NAME

Say = Callable[[str], None]

_FORMAT = "1"  # raise it when rows are written differently
_LOCK = 0x10C05C0F  # any constant: one installer at a time
_SIGNING = re.compile(  # names in a query that open a file and do not name it: of S3 and its like, Google's and CloudFront's
    r"x-(amz|goog|signature)[a-z-]*|awsaccesskeyid|googleaccessid|key-pair-id|policy|signature|sig|expires|(access_)?token",
    re.IGNORECASE,
)
# Azure's, beside `sig` alone: too short for any other place.
_AZURE = re.compile(r"s[evprt]|ss|srt|spr|sk(oid|tid|t|e|s|v)", re.IGNORECASE)
_PER_BASE = 0.35  # bytes in PostgreSQL, with its log
_PER_BYTE = {".2bit": 4.0, ".gz": 4.5}  # bases


def work_folder(name: str) -> Path:
    """Where the files of an assembly are fetched; what is there stays until it is installed."""
    return Path(settings.HOME) / "reference" / "fetching" / name


def install(plan: Plan, say: Say, *, replace: bool = False, genes: GenesOf | None = None) -> bool:
    """Whether anything had to be done. `genes`: another way to read the annotation's file.

    Raises DomainError: `name_taken`, `not_fetched`, `wrong_sha256`, `disk_full`, and whatever is wrong with a file.
    """
    found = Assembly.objects.filter(name=plan.name).first()
    if other := Assembly.objects.filter(name__iexact=plan.name).exclude(name=plan.name).first():
        raise DomainError(
            "name_taken",
            f"{plan.name} differs from {other.name}, which is installed, in upper and lower case alone; give another --name.",
            status=409,
        )
    if found and not replace and _is_there(found, plan):
        say(f"{plan.name} is installed")
        return False
    if found and found.packaged:
        raise DomainError("name_taken", f"{plan.name} comes with this software; give another --name.", status=409)
    same = found is not None and _known(found, "sequence") == _said(plan.sequence)
    if found and same and not replace and plan.whole and found.files["sequence"].get("selected"):
        raise DomainError(
            "name_taken",
            f"{plan.name} is installed without its scaffolds and alternative loci; say --replace too to read all of the file.",
            status=409,
        )
    whole = same and not replace
    if found and not whole and not replace:
        raise DomainError(
            "name_taken",
            f"{plan.name} is installed from another file, {_known(found, 'sequence').get('place', 'unknown')}; say --replace to put "
            "this one in its place, or give another --name.",
            status=409,
        )
    work = work_folder(plan.name)
    _check_room(plan, whole=whole)
    work.mkdir(parents=True, exist_ok=True)
    assembly = found if found and whole else _sequence(plan, work, say)
    if plan.annotation:
        path = _here(plan.annotation, work, say)
        with _thrown_away_when_bad(path, work, say):
            say(_genes(assembly, path, genes, plan.annotation, say))
    shutil.rmtree(work, ignore_errors=True)
    return True


@contextmanager
def _thrown_away_when_bad(path: Path, work: Path, say: Say) -> Iterator[None]:
    """What was fetched and cannot be read is fetched anew by the next run; a file of somebody's own stays."""
    try:
        yield
    except DomainError:
        if path.is_relative_to(work):
            path.unlink(missing_ok=True)
            say(f"{path.name} was thrown away; run this again to fetch it anew")
        raise


def _genes(assembly: Assembly, path: Path, genes: GenesOf | None, source: Source, say: Say) -> str:
    """Committed when it returns what was done: the genes and their digest at once, or answers made without them pass for theirs."""
    digest = _digest(path, source)
    say(f"{assembly.name}: reading genes from {path.name} (SHA-256 {digest})")
    with transaction.atomic():
        _one_at_a_time()
        assembly.longest_bp, said = store_genes(assembly, path, say, genes)
        assembly.annotation = digest
        assembly.files = {**assembly.files, "annotation": _said(source, digest, path)}
        assembly.save(update_fields=["longest_bp", "annotation", "files"])
    return said


def _sequence(plan: Plan, work: Path, say: Say) -> Assembly:
    """Committed when it returns."""
    aliases = _optional(plan.aliases, work, say, read_aliases)
    bands = _optional(plan.bands, work, say, read_bands)
    path = _here(plan.sequence, work, say)
    with _thrown_away_when_bad(path, work, say):
        assembly = _read(plan, path, aliases, bands, say)
    if path.is_relative_to(work):  # and not somebody's own
        path.unlink(missing_ok=True)
    return assembly


def _read(plan: Plan, path: Path, aliases: dict[str, Any], bands: dict[str, Any], say: Say) -> Assembly:
    digest = _digest(path, plan.sequence)
    said = _said(plan.sequence, digest, path) | ({} if plan.whole else {"selected": True})
    say(f"{plan.name}: reading sequences from {path.name} (SHA-256 {digest})")
    with transaction.atomic():
        _one_at_a_time()
        Assembly.objects.filter(name=plan.name).delete()
        assembly = Assembly.objects.create(
            name=plan.name, title=plan.title, organism=plan.organism, source=plan.credit or _identity(plan.sequence.place)["place"][:500],
            licence=plan.licence, digest=hashlib.sha256(f"{_FORMAT} {digest}".encode()).hexdigest(), packaged=False,
            files={"sequence": said},
        )  # fmt: skip
        count = total = 0
        for record in read_sequences(path):
            if record.name in plan.without or not plan.wanted(record.name):
                continue
            name = plan.rename(record.name)
            names = (one for one in _names(plan, name, aliases) if len(one.casefold()) <= LONGEST_NAME)
            made = store_chromosome(assembly, count, name, _told(record.pieces, name, say), names)
            if name in bands:
                made.bands = bands[name]
                made.save(update_fields=["bands"])
            count, total = count + 1, total + made.length
            say(f"{plan.name}: {made.name}, {made.length:,} bp")
        if not count:
            raise DomainError("bad_fasta", f"{path.name} has none of the chromosomes that {plan.name} has.", status=400)
        _in_order(assembly)
    say(f"{plan.name}: {count:,} sequences, {total:,} bp in PostgreSQL; the site shows them now")
    return assembly


def _in_order(assembly: Assembly) -> None:
    """Fails where two chromosomes go by one name, which would lead people to the wrong one."""
    seen: dict[str, str] = {}
    for name, aliases in assembly.chromosomes.values_list("name", "aliases"):
        for alias in sorted({name.casefold(), *aliases}):
            if seen.setdefault(alias, name) != name:
                raise DomainError(
                    "bad_names", f"{seen[alias]} and {name} of {assembly.name} both go by “{alias}”.", status=400
                )


def _names(plan: Plan, name: str, aliases: dict[str, set[str]]) -> Iterable[str]:
    bare = name.removeprefix("chr")
    for names in ({first, *others} for first, others in aliases.items()):
        if name in names:
            yield from names - {name}
    yield from accessions_of(plan.name.partition("-")[0], name)
    yield from (one for one in (bare, f"chr{bare}") if one != name)
    if bare in {"M", "MT"}:
        yield from {"M", "MT", "chrM", "chrMT"} - {name}


def _told(pieces: Iterator[bytes], name: str, say: Say, every: int = 50_000_000) -> Iterator[bytes]:
    done = told = 0
    for piece in pieces:
        yield piece
        done += len(piece)
        if done - told >= every:
            told = done
            say(f"{name}: {done / 1e6:,.0f} Mb read")


def _optional(source: Source | None, work: Path, say: Say, read: Callable[[Path], dict[str, Any]]) -> dict[str, Any]:
    if not source:
        return {}
    path = _here(source, work, say)
    with _thrown_away_when_bad(path, work, say):
        return read(path)


def _here(source: Source, work: Path, say: Say) -> Path:
    """The file on this machine, checked against the digest where one is known."""
    if source.get:
        return source.get(work, say)
    if source.remote:
        name = source.place.partition("?")[0].rstrip("/").rpartition("/")[2] or "file"
        folder = work / hashlib.sha256(source.place.encode()).hexdigest()[:12]  # two addresses may end alike
        try:
            return fetch(Remote(source.place, name, sha256=source.sha256), folder / name, say)
        except NotFetchedError as error:
            raise DomainError(
                "not_fetched",
                f"{_identity(source.place)['place']} answered {error}; check the address, or name another place with --mirror.",
                status=502,
            ) from None
    path = Path(source.place).expanduser().resolve()
    with opened(path):  # or the sentence that there is none
        return path


def _digest(path: Path, source: Source) -> str:
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if source.sha256 and found != source.sha256.lower():
        raise DomainError(
            "wrong_sha256",
            f"{path.name} has the SHA-256 {found}, not {source.sha256}; it was not installed.",
            status=422,
        )
    return found


def _check_room(plan: Plan, *, whole: bool) -> None:
    """Raises DomainError `disk_full` for what is known before anything is fetched."""
    needed = 0.0
    for source, counts in ((plan.sequence, not whole), (plan.annotation, True)):
        if source is None or not counts:
            continue
        local = Path(source.place).expanduser()
        fetched = source.remote or source.get is not None
        size = source.mb * 1_000_000 if fetched else local.stat().st_size if local.is_file() else 0
        needed += size if fetched else 0
        if source is plan.sequence:
            needed += size * _PER_BYTE.get(local.suffix, 1.0) * _PER_BASE
        else:
            needed += size * 4
    check_room(work_folder(plan.name).parent, int(needed))


def _said(source: Source, digest: str = "", path: Path | None = None) -> dict[str, Any]:
    """What is kept of a file: where it was, its digest, its size."""
    return _identity(source.place) | ({"sha256": digest, "bytes": path.stat().st_size} if path else {})


def _identity(place: str) -> dict[str, str]:
    """Which file it is, without what may be a secret: user, password and query are left out of the address. What a query says beside
    its signature tells files apart, and is kept as a digest."""
    if "://" not in place:
        return {"place": place}
    asked = [pair for pair in urlsplit(place).query.split("&") if pair]
    names = {pair: pair.partition("=")[0] for pair in asked}
    azure = "sig" in names.values()
    asked = [p for p in asked if not _SIGNING.fullmatch(names[p]) and not (azure and _AZURE.fullmatch(names[p]))]
    query = {"query": hashlib.sha256("&".join(asked).encode()).hexdigest()} if asked else {}
    return {"place": without_secrets(place), **query}


def _known(assembly: Assembly, part: str) -> dict[str, str]:
    """The same of what is installed; the address whole, as it was kept once, or bare with its digest."""
    kept = assembly.files.get(part, {})
    return {**_identity(kept["place"]), **({"query": kept["query"]} if "query" in kept else {})} if kept else {}


def _is_there(found: Assembly, plan: Plan) -> bool:
    """From the same places, with the digests that are asked for, and all of it if that is."""
    if plan.whole and found.files.get("sequence", {}).get("selected"):
        return False
    for part, source in (("sequence", plan.sequence), ("annotation", plan.annotation)):
        if source is None:
            continue
        digest = found.files.get(part, {}).get("sha256")
        if _known(found, part) != _identity(source.place) or (source.sha256 and digest != source.sha256.lower()):
            return False
    return Chromosome.objects.filter(assembly=found).exists()


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
