"""The one place where bases of a genome are kept and read: rows of 65,536 bases in PostgreSQL, as narrow as they can be.

A chromosome of 250 Mb is 3,800 rows of at most 32 kB; a window costs the rows it touches, wherever it lies. What has only A, C, G and T
takes two bits a base, N alone none, anything else of IUPAC's letters four: what is ambiguous stays so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from predictor.api import DomainError, Interval
from webapp.loci.models import Assembly, Chromosome, SequenceChunk

CHUNK_BP = 1 << 16
_TWO_BITS = b"ACGT"
_FOUR_BITS = b"=ACMGRSVTWYHKDBN"  # IUPAC's letters as sets of bases: A 1, C 2, G 4, T 8
_ALPHABETS = {2: _TWO_BITS, 4: _FOUR_BITS}
_COPY = "COPY loci_sequencechunk (chromosome_id, number, bits, bases) FROM STDIN (FORMAT BINARY)"


def _encoder(alphabet: bytes) -> NDArray[np.uint8]:
    table = np.full(256, 255, np.uint8)
    table[np.frombuffer(alphabet, np.uint8)] = np.arange(len(alphabet), dtype=np.uint8)
    table[ord("=")] = 255  # the empty set is no base
    return table


def _decoder(alphabet: bytes, bits: int) -> NDArray[np.uint8]:
    """[256, bases per byte]: the letters of each byte, the first in its highest bits."""
    letters = np.frombuffer(alphabet, np.uint8)
    shifts = np.arange(8 - bits, -1, -bits)
    found: NDArray[np.uint8] = letters[(np.arange(256)[:, None] >> shifts) & ((1 << bits) - 1)]
    return found


_ENCODERS = {bits: _encoder(alphabet) for bits, alphabet in _ALPHABETS.items()}
_DECODERS = {bits: _decoder(alphabet, bits) for bits, alphabet in _ALPHABETS.items()}


def pack_bases(bases: bytes) -> tuple[int, bytes]:
    """(bits a base, packed) of upper-case letters. Raises DomainError `not_dna` (400)."""
    if bases.count(b"N") == len(bases):
        return 0, b""
    letters = np.frombuffer(bases, np.uint8)
    for bits, encoder in _ENCODERS.items():
        codes = encoder[letters]
        if (codes < 255).all():
            per_byte = 8 // bits
            codes = np.pad(codes, (0, -len(codes) % per_byte)).reshape(-1, per_byte)
            shifts = np.arange(8 - bits, -1, -bits, dtype=np.uint8)
            return bits, np.bitwise_or.reduce(codes << shifts, axis=1).astype(np.uint8).tobytes()
    wrong = bytes(letters[_ENCODERS[4][letters] == 255][:1]).decode("latin-1")
    raise DomainError(
        "not_dna",
        f"“{wrong}” is no letter of DNA; a sequence has A, C, G, T, N and IUPAC's ambiguity codes.",
        status=400,
    )


def unpack_bases(bits: int, packed: bytes, first: int, stop: int) -> bytes:
    """Bases [first, stop) of what was packed."""
    if bits == 0:
        return b"N" * (stop - first)
    per_byte = 8 // bits
    low = first // per_byte
    some = np.frombuffer(packed, np.uint8)[low : -(-stop // per_byte)]
    return _DECODERS[bits][some].tobytes()[first - low * per_byte : stop - low * per_byte]


def store_chromosome(
    assembly: Assembly, order: int, name: str, bases: Iterable[bytes], aliases: Iterable[str] = ()
) -> Chromosome:
    """A chromosome with its bases, given in upper case and in pieces of any length; one piece is in memory at a time.

    Raises DomainError `not_dna` or `no_bases` (400). Call it in a transaction.
    """
    chromosome = Chromosome.objects.create(
        assembly=assembly, order=order, name=name, length=0, aliases=sorted({alias.casefold() for alias in aliases})
    )
    length = 0
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        copy.set_types(["int8", "int4", "int2", "bytea"])
        for number, chunk in enumerate(_chunks(bases)):
            try:
                copy.write_row((chromosome.pk, number, *pack_bases(chunk)))
            except DomainError as error:
                raise DomainError(error.code, f"{name}: {error}", status=error.status) from None
            length += len(chunk)
    if not length:
        raise DomainError("no_bases", f"The chromosome “{name[:40]}” has no bases.", status=400)
    chromosome.length = length
    chromosome.save(update_fields=["length"])
    return chromosome


def read_bases(assembly: Assembly, place: Interval) -> bytes:
    """Upper-case bases of an interval that lies on the chromosome."""
    return b"".join(stream_bases(assembly, place))


def stream_bases(assembly: Assembly, place: Interval) -> Iterator[bytes]:
    """As `read_bases`, in pieces of at most CHUNK_BP; sixteen rows are read at a time."""
    first, last = place.start // CHUNK_BP, (place.end - 1) // CHUNK_BP
    found = SequenceChunk.objects.filter(chromosome__assembly=assembly, chromosome__name=place.chromosome)
    for low in range(first, last + 1, _AT_ONCE):
        high = min(last, low + _AT_ONCE - 1)
        rows = found.filter(number__gte=low, number__lte=high).order_by("number").values_list("number", "bits", "bases")
        expected = low
        for number, bits, packed in rows:
            if number != expected:
                break
            expected += 1
            origin = number * CHUNK_BP
            yield unpack_bases(bits, bytes(packed), max(place.start - origin, 0), min(place.end - origin, CHUNK_BP))
        if expected != high + 1:
            raise LookupError(f"{assembly.name} has no bases of {place}, row {expected}")


_AT_ONCE = 16  # 1 Mb


def _chunks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bases in pieces of CHUNK_BP."""
    held = bytearray()
    for piece in pieces:
        held += piece
        whole = len(held) // CHUNK_BP * CHUNK_BP
        for first in range(0, whole, CHUNK_BP):
            yield bytes(held[first : first + CHUNK_BP])
        del held[:whole]
    if held:
        yield bytes(held)
