"""The lines of a file of variants, whatever it is packed in."""

from __future__ import annotations

import tempfile
import zlib
from dataclasses import dataclass
from typing import Literal

from predictor.errors import DomainError

MAX_TEXT_BYTES = 1 << 26  # unpacked; what a small file may swell to
MAX_LINES = 200_000  # each is an object, many times the size of an empty one in a file
_CHUNK = 1 << 14  # packed bytes unpacked at once, to a thousand times as many at most
_BREAKS_OFF = "the file breaks off here, so this row may not be whole; upload it again"


@dataclass(frozen=True, slots=True)
class Upload:
    """`lines` without their ends; `broken` says why the last one cannot be trusted, or ""; `kind` is what the lines came from."""

    kind: Literal["vcf", "bcf", "table"]
    lines: list[str]
    broken: str = ""


def read_upload(data: bytes | bytearray, filename: str) -> Upload:
    """VCF, VCF.gz (gzip or bgzf), BCF or a table, by content first and by name where that says nothing.

    Raises DomainError (400) when nothing can be read: `empty_file`, `not_text`, `bad_gzip`, `bad_bcf`; `file_too_large` (413).
    """
    broken = ""
    if data[:2] == b"\x1f\x8b":
        data, whole = _unpack(data, filename)
        broken = "" if whole else _BREAKS_OFF
    if data[:4] == b"BCF\x02":
        return _from_bcf(data, filename, broken)
    if data.count(b"\n") + data.count(b"\r") - data.count(b"\r\n") > MAX_LINES:
        raise _too_many_lines(filename)
    lines = _decode(data, filename).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not any(line.strip() for line in lines):
        raise DomainError("empty_file", f"{filename} is empty; upload a VCF or a table of variants.", status=400)
    if not (lines[-1] or broken):
        lines.pop()  # after the last line's end
    named = filename.lower().removesuffix(".gz").removesuffix(".bgz").endswith(".vcf")
    is_vcf = named or any(line.startswith(("##fileformat=VCF", "#CHROM\tPOS\tID\tREF\tALT")) for line in lines[:1000])
    return Upload("vcf" if is_vcf else "table", lines, broken)


def _too_large(filename: str) -> DomainError:
    return DomainError("file_too_large", f"{filename} unpacks to over {MAX_TEXT_BYTES >> 20} MB; split it.", status=413)


def _too_many_lines(filename: str) -> DomainError:
    return DomainError("file_too_large", f"{filename} has more than {MAX_LINES:,} lines; split it.", status=413)


def _unpack(data: bytes | bytearray, filename: str) -> tuple[bytearray, bool]:
    """All members of a gzip file (bgzf has many), and whether it was whole. What comes before a break is kept."""
    text, at = bytearray(), 0
    member, whole = zlib.decompressobj(31), False
    try:
        while at < len(data):
            chunk = data[at : at + _CHUNK]
            text += member.decompress(chunk)
            at += len(chunk) - len(member.unused_data)
            if len(text) > MAX_TEXT_BYTES:
                raise _too_large(filename)
            if whole := member.eof:
                member = zlib.decompressobj(31)
    except zlib.error:
        whole = False
    if not text and not whole:
        raise DomainError(
            "bad_gzip", f"{filename} is a damaged gzip file; make it again with gzip or bgzip.", status=400
        )
    return text, whole


def _decode(data: bytes | bytearray, filename: str) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):  # Excel's "Unicode text"
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError:
            data = b"\0"
    if data[:4] == b"PK\x03\x04":
        raise DomainError(
            "not_text",
            f"{filename} is a zip archive or an Excel workbook; save it as CSV or VCF and upload that.",
            status=400,
        )
    if b"\0" in data:
        raise DomainError(
            "not_text", f"{filename} is not text; upload a VCF, VCF.gz, BCF or a table in UTF-8.", status=400
        )
    return data.decode("utf-8-sig", errors="replace")


def _from_bcf(data: bytes | bytearray, filename: str, broken: str) -> Upload:
    """BCF as VCF lines, the header first. htslib cannot go on behind a damaged record, so that it ends the lines."""
    import pysam

    lines: list[str] = []
    loud = pysam.set_verbosity(0)  # htslib would write to stderr what the sentence says
    try:
        with tempfile.NamedTemporaryFile(suffix=".bcf") as file:
            file.write(data)
            file.flush()
            with pysam.VariantFile(file.name) as variants:
                lines += str(variants.header).rstrip("\n").split("\n")
                size = 0
                for record in variants:
                    lines.append(str(record).rstrip("\n"))
                    size += len(lines[-1])  # a byte of a record may stand for a long word of the header
                    if size > MAX_TEXT_BYTES:
                        raise _too_large(filename)
                    if len(lines) > MAX_LINES:
                        raise _too_many_lines(filename)
    except (OSError, ValueError):
        if not lines:
            raise DomainError(
                "bad_bcf", f"{filename} is a damaged BCF file; make it again with bcftools view -Ob.", status=400
            ) from None
        broken = _BREAKS_OFF
        lines.append("")
    finally:
        pysam.set_verbosity(loud)
    return Upload("bcf", lines, broken)
