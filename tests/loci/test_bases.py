"""Bases in PostgreSQL, and the FASTA file that is made of them."""

from __future__ import annotations

import random

import pytest
from django.db import connection

from predictor.api import DomainError, Interval
from webapp.loci.bases import CHUNK_BP, pack_bases, read_bases, store_chromosome, unpack_bases
from webapp.loci.fasta import AssemblyFasta
from webapp.loci.models import Assembly, SequenceChunk

IUPAC = b"ACGTNMRWSYKVHDB"


def some(letters: bytes, length: int, seed: int = 1) -> bytes:
    return bytes(random.Random(seed).choices(letters, k=length))


@pytest.fixture
def assembly(db: None) -> Assembly:
    return Assembly.objects.create(name="made", title="made", organism="none", digest="d")


@pytest.mark.parametrize(("letters", "bits"), [(b"N", 0), (b"ACGT", 2), (b"ACGTN", 4), (IUPAC, 4)])
@pytest.mark.parametrize("length", [1, 2, 3, 4, 5, 1_001])
def test_what_is_packed_comes_back_in_every_part(letters: bytes, bits: int, length: int) -> None:
    bases = (
        (letters + some(letters, length))[-length:] if length < 20 else letters + some(letters, length - len(letters))
    )
    packed = pack_bases(bases)
    assert packed[0] <= bits
    assert len(packed[1]) == -(-length * packed[0] // 8)
    for first in range(min(length, 6)):
        for stop in range(max(first + 1, length - 6), length + 1):
            assert unpack_bases(*packed, first, stop) == bases[first:stop]


def test_bases_are_the_same_wherever_pieces_and_rows_end(assembly: Assembly) -> None:
    bases = some(b"ACGT", CHUNK_BP) + b"N" * CHUNK_BP + some(IUPAC, CHUNK_BP) + some(b"ACGT", 777)
    pieces = [bases[:10], b"", bases[10 : CHUNK_BP + 5], bases[CHUNK_BP + 5 :]]
    made = store_chromosome(assembly, 0, "chr1", pieces, ["One", "1"])
    assert (made.length, made.aliases) == (len(bases), ["1", "one"])
    assert list(SequenceChunk.objects.filter(chromosome=made).order_by("number").values_list("bits", flat=True)) == [
        2,
        0,
        4,
        2,
    ]
    edges = [
        0,
        1,
        CHUNK_BP - 1,
        CHUNK_BP,
        CHUNK_BP + 1,
        2 * CHUNK_BP,
        3 * CHUNK_BP - 3,
        3 * CHUNK_BP,
        len(bases) - 1,
        len(bases),
    ]
    for number, start in enumerate(edges):
        for end in edges[number + 1 :]:
            assert read_bases(assembly, Interval("chr1", start, end)) == bases[start:end]


def test_rows_that_are_missing_are_an_error_and_no_shorter_sequence(assembly: Assembly) -> None:
    made = store_chromosome(assembly, 0, "chr1", [some(b"ACGT", 3 * CHUNK_BP)])
    SequenceChunk.objects.filter(chromosome=made, number=1).delete()
    with pytest.raises(LookupError, match="row 1"):
        read_bases(assembly, Interval("chr1", 0, 3 * CHUNK_BP))


@pytest.mark.parametrize("wrong", [b"ACGU", b"acgt", b"AC-T", b"AC T", b"AC*", "ACé".encode("latin-1")])
def test_what_is_no_dna_is_refused_with_the_chromosome(assembly: Assembly, wrong: bytes) -> None:
    with pytest.raises(DomainError, match=r"chr1: .* is no letter of DNA"):
        store_chromosome(assembly, 0, "chr1", [wrong])


def test_a_chromosome_without_bases_is_refused(assembly: Assembly) -> None:
    with pytest.raises(DomainError, match="“chr1” has no bases"):
        store_chromosome(assembly, 0, "chr1", [b""])


def test_packed_bases_are_not_compressed_again(assembly: Assembly) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attstorage FROM pg_attribute WHERE attrelid = 'loci_sequencechunk'::regclass AND attname = 'bases'"
        )
        assert cursor.fetchone() in {("e",), (b"e",)}


@pytest.mark.parametrize("lengths", [[1], [59], [60], [61, 120], [121, 1, 60], [200_000, 3]])
def test_every_part_of_the_fasta_is_the_part_of_the_whole(assembly: Assembly, lengths: list[int]) -> None:
    whole, index = b"", []
    for number, length in enumerate(lengths):
        bases = some(b"ACGTN", length, number)
        store_chromosome(assembly, number, f"chr{number}", [bases])
        whole += f">chr{number}\n".encode()
        index.append(f"chr{number}\t{length}\t{len(whole)}\t60\t61\n")
        whole += b"".join(bases[at : at + 60] + b"\n" for at in range(0, length, 60))
    fasta = AssemblyFasta(assembly)
    assert (fasta.size, fasta.index.decode()) == (len(whole), "".join(index))
    assert b"".join(fasta.part(0, len(whole))) == whole
    chooser = random.Random(3)
    for _ in range(30):
        first = chooser.randrange(len(whole))
        stop = chooser.randint(first + 1, min(len(whole), first + 1_000))
        assert b"".join(fasta.part(first, stop)) == whole[first:stop]
