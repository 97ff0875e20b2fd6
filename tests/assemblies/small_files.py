"""A little genome of three chromosomes in every form in which genomes are published."""

from __future__ import annotations

import gzip
import random
import struct

CODES = {"T": 0, "C": 1, "A": 2, "G": 3}


def dna(length: int, seed: int) -> str:
    return "".join(random.Random(seed).choices("ACGT", k=length))


# Soft-masked bases, N and one ambiguous base, as real genomes have.
CHR2 = "N" * 100 + dna(3_000, 2) + dna(200, 3).lower() + "N" * 17 + dna(70_000, 4)
CHR10 = dna(5_000, 5) + "R" + dna(99, 6)
CHR_X = dna(2_000, 7)
SEQUENCES = {"chr10": CHR10, "chr2": CHR2, "chrX": CHR_X}


def fasta(sequences: dict[str, str] = SEQUENCES, line: int = 50) -> bytes:
    lines = []
    for name, bases in sequences.items():
        lines += [f">{name} a description", *(bases[at : at + line] for at in range(0, len(bases), line))]
    return ("\n".join(lines) + "\n").encode()


def fasta_gz() -> bytes:
    return gzip.compress(fasta(), mtime=0)


def two_bit(sequences: dict[str, str]) -> bytes:
    """As UCSC's FAQ defines it; only A, C, G, T and N fit in."""
    records = []
    for bases in sequences.values():
        blocks = [_runs(bases, lambda base: base in "Nn"), _runs(bases, str.islower)]
        record = struct.pack("<I", len(bases))
        for runs in blocks:
            record += struct.pack("<I", len(runs)) + b"".join(struct.pack("<I", start) for start, _ in runs)
            record += b"".join(struct.pack("<I", end - start) for start, end in runs)
        codes = [CODES.get(base.upper(), 0) for base in bases] + [0] * (-len(bases) % 4)
        packed = bytes(
            (codes[at] << 6) | (codes[at + 1] << 4) | (codes[at + 2] << 2) | codes[at + 3]
            for at in range(0, len(codes), 4)
        )
        records.append(record + struct.pack("<I", 0) + packed)
    head = struct.pack("<IIII", 0x1A412743, 0, len(sequences), 0)
    offset = len(head) + sum(5 + len(name) for name in sequences)
    index = b""
    for name, record in zip(sequences, records, strict=True):
        index += bytes([len(name)]) + name.encode() + struct.pack("<I", offset)
        offset += len(record)
    return head + index + b"".join(records)


def _runs(bases: str, inside: object) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for at, base in enumerate(bases):
        if inside(base):  # type: ignore[operator]
            if runs and runs[-1][1] == at:
                runs[-1] = runs[-1][0], at + 1
            else:
                runs.append((at, at + 1))
    return runs


# Two transcripts of ABC1 on chr2: the second is tagged, so that it stands for the gene. CDS without the stop codon, as GTF has it.
# ruff: noqa: E501 - lines of files
GTF = """\
##description: made
chr2\tHAVANA\tgene\t1001\t3000\t.\t-\t.\tgene_id "ENSG00000000001.5"; gene_type "protein_coding"; gene_name "ABC1";
chr2\tHAVANA\ttranscript\t1001\t3000\t.\t-\t.\tgene_id "ENSG00000000001.5"; transcript_id "ENST00000000001.2"; gene_type "protein_coding"; gene_name "ABC1"; transcript_type "protein_coding"; tag "basic";
chr2\tHAVANA\texon\t1001\t3000\t.\t-\t.\tgene_id "ENSG00000000001.5"; transcript_id "ENST00000000001.2"; gene_name "ABC1";
chr2\tHAVANA\ttranscript\t1101\t2900\t.\t-\t.\tgene_id "ENSG00000000001.5"; transcript_id "ENST00000000002.7"; gene_type "protein_coding"; gene_name "ABC1"; transcript_type "protein_coding"; tag "basic"; tag "MANE_Select";
chr2\tHAVANA\texon\t2701\t2900\t.\t-\t.\tgene_id "ENSG00000000001.5"; transcript_id "ENST00000000002.7"; gene_name "ABC1";
chr2\tHAVANA\tCDS\t2701\t2800\t.\t-\t0\tgene_id "ENSG00000000001.5"; transcript_id "ENST00000000002.7"; gene_name "ABC1";
chr2\tHAVANA\texon\t1101\t1400\t.\t-\t.\tgene_id "ENSG00000000001.5"; transcript_id "ENST00000000002.7"; gene_name "ABC1";
chr2\tHAVANA\tCDS\t1204\t1400\t.\t-\t2\tgene_id "ENSG00000000001.5"; transcript_id "ENST00000000002.7"; gene_name "ABC1";
chr2\tHAVANA\tstop_codon\t1201\t1203\t.\t-\t0\tgene_id "ENSG00000000001.5"; transcript_id "ENST00000000002.7"; gene_name "ABC1";
chr2\tHAVANA\tgene\t5001\t5100\t.\t+\t.\tgene_id "ENSG00000000002.1"; gene_type "lncRNA"; gene_name "LINC1";
chr2\tHAVANA\texon\t5001\t5100\t.\t+\t.\tgene_id "ENSG00000000002.1"; transcript_id "ENST00000000003.1"; gene_name "LINC1"; gene_type "lncRNA";
chrX\tHAVANA\tgene\t1901\t2100\t.\t+\t.\tgene_id "ENSG00000000003.1"; gene_type "protein_coding"; gene_name "OVER1";
chrX\tHAVANA\texon\t1901\t2100\t.\t+\t.\tgene_id "ENSG00000000003.1"; transcript_id "ENST00000000004.1"; gene_name "OVER1";
chrUn_1\tHAVANA\tgene\t1\t100\t.\t+\t.\tgene_id "ENSG00000000004.1"; gene_type "protein_coding"; gene_name "FAR1";
"""

# The same ABC1 as Ensembl's GFF3 says it: chromosomes without chr, the stop codon inside the CDS.
GFF3 = """\
##gff-version 3
2\tensembl\tgene\t1001\t3000\t.\t-\t.\tID=gene:ENSG00000000001;Name=ABC1;biotype=protein_coding;description=ATP%2Dbinding [Source:HGNC]
2\tensembl\tmRNA\t1101\t2900\t.\t-\t.\tID=transcript:ENST00000000002;Parent=gene:ENSG00000000001;biotype=protein_coding;tag=Ensembl_canonical
2\tensembl\texon\t2701\t2900\t.\t-\t.\tParent=transcript:ENST00000000002;Name=e1
2\tensembl\tCDS\t2701\t2800\t.\t-\t0\tID=CDS:P1;Parent=transcript:ENST00000000002
2\tensembl\texon\t1101\t1400\t.\t-\t.\tParent=transcript:ENST00000000002;Name=e2
2\tensembl\tCDS\t1201\t1400\t.\t-\t2\tID=CDS:P1;Parent=transcript:ENST00000000002
2\tensembl\tncRNA_gene\t5001\t5100\t.\t+\t.\tID=gene:ENSG00000000002;biotype=miRNA
2\tensembl\tmiRNA\t5001\t5100\t.\t+\t.\tID=transcript:ENST00000000003;Parent=gene:ENSG00000000002;biotype=miRNA
2\tensembl\texon\t5001\t5100\t.\t+\t.\tParent=transcript:ENST00000000003
"""
BANDS = "chr2\t0\t40000\tp11.1\tacen\nchr2\t40000\t73317\tq11.1\tgpos50\n"
ALIASES = "# ucsc\tensembl\tgenbank\trefseq\nchr2\t2\tCM000664.2\tNC_000002.12\nchr10\t10\tCM000672.2\tNC_000010.11\n"
