"""Scoring many variants as a person does it: paste, upload, mutate what is in view, scan a promoter; sort, open one."""

from __future__ import annotations

from pathlib import Path

from tests.browser.conftest import Visitor
from tests.browser.test_edits import TATA, edited

ROWS = "[...document.querySelectorAll('#table tbody tr')]"


def one_track(visitor: Visitor, *keys: str) -> None:
    """Choose these tracks alone, which makes scoring quick."""
    page = visitor.page
    page.click("#choose-tracks")
    page.click("#choose-none")
    for key in keys:
        page.fill("#finder-text", key)
        page.click(f".track[data-key={key}]")
    page.click("#finder-done")


def scored(visitor: Visitor, rows: int, seconds: float = 120) -> None:
    visitor.page.wait_for_url("**/s/*")
    visitor.until("document.getElementById('status').hidden", seconds)
    visitor.until(f"{ROWS}.length === {rows}")


def test_pasted_variants_are_scored_sorted_and_opened(visitor: Visitor) -> None:
    page = visitor.open(f"/?locus={TATA}")
    visitor.until("window.locuscope?.viewer.place?.start === 556631")
    one_track(visitor, "chip_sua7", "chip_spt15")
    page.click("#tab-variants")
    long = "chrIV:556673:T>T" + "ACGTA" * 6  # longer than what is shown of it
    page.fill("#ask-variants", f"chrIV:556673:T>G\nnonsense\nchrIV-556700-A-T\nchrIV:556673:A>C\n{long}")
    assert page.inner_text("#predict") == "Score"
    page.click("#predict")
    scored(visitor, 5)
    text = page.inner_text("#table")
    assert "“nonsense” is not a variant" in text
    assert "does not fit the reference, which has T there and not A" in text
    assert "3 of 5 scored, 2 not, see the table" in page.inner_text("#counts")
    assert "research use only" in page.inner_text(".about")
    # A cell is as full of colour as its score is large beside the largest of its kind in this job.
    cells = visitor.until(
        f"{ROWS}.filter((row) => row.cells.length > 4).map(({{ cells }}) => [cells[3].textContent, cells[3].style.backgroundColor])"
    )
    tints = [
        tint and float(tint.rpartition(",")[2].strip(" )"))
        for _, tint in sorted(cells, key=lambda cell: abs(float(cell[0].replace("−", "-"))))
    ]
    assert len(tints) == 3 and tints[-1] and tints == sorted(tints)
    assert "largest of its kind" in page.inner_text("#tints")
    header = page.locator("#table thead button", has_text="Sua7").first
    header.click()  # the greatest first
    first = visitor.until(f"{ROWS}[0].cells[1].textContent.includes('556700') && {ROWS}[0].cells[1].textContent")
    header.click()
    visitor.until(f"!{ROWS}[0].cells[1].textContent.includes('{first.split(':')[1]}')")
    page.select_option("#filters [name=status]", "bad")
    visitor.until(f"{ROWS}.length === 2")
    page.select_option("#filters [name=status]", "ok")
    page.fill("#filters [name=filter]", "31 bp")  # with its anchor
    visitor.until(f"{ROWS}.length === 1")
    page.locator("#table button.open").first.click()
    page.wait_for_url("**/p/*")
    edited(visitor, "556,674 30 bp inserted")


def test_every_base_in_view_is_mutated_and_the_tata_box_stands_out(visitor: Visitor) -> None:
    page = visitor.open("/?locus=chrIV:556659-556688")
    visitor.until("window.locuscope?.viewer.place?.start === 556658")
    one_track(visitor, "chip_spt15")
    page.click("#mutate")
    page.wait_for_url("**/s/*")
    visitor.until("document.getElementById('status').hidden", 180)
    logo = visitor.until(
        "(() => { const [track] = window.locuscope.viewer?.browser?.findTracks(({ type }) => type === 'logo') ?? [];"
        " return track?.logo.heights.every((height) => height !== null) && track.logo; })()"
    )
    assert logo["reference"] == "CCGAGCCAAAGGTATATAGGCTCCTTTGCA"  # TATATA begins at the 13th base
    inside = logo["heights"][12:18]
    outside = logo["heights"][:12] + logo["heights"][18:]
    assert sum(inside) / 6 > 3 * max(0, sum(outside) / 24)  # TBP is held there by its box
    sizes = "(({ l, r }) => [l, r])(document.getElementById('plot')._fullLayout._size)"
    assert visitor.until(sizes) == [50, 56]  # as wide as the browser above, base under base
    page.focus("#tracks")
    page.keyboard.press("-")  # 30 bases are the closest that the browser goes
    visitor.until("(([first, last]) => last - first > 45)(document.getElementById('plot').layout.xaxis.range)")
    page.set_viewport_size({"width": 390, "height": 844})  # on a phone what a change does is seen without scrolling
    visitor.until("document.scrollingElement.scrollWidth <= innerWidth")  # the tracks and the plot become as narrow
    visitor.until("document.querySelector('#plot .main-svg').getBoundingClientRect().right <= innerWidth")
    value = page.locator("#table tbody tr td:last-child").first.bounding_box()
    assert value and value["x"] + value["width"] <= 390
    assert "Spt15" in page.inner_text("#column option") and page.locator("#column option").count() == 1
    visitor.until("document.getElementById('plot').data?.[0].type === 'heatmap'")
    assert visitor.until("document.getElementById('plot').data[0].z.length") == 4
    assert visitor.until(sizes) == [50, 56]


def test_a_file_is_uploaded_and_a_bad_one_refused(visitor: Visitor, tmp_path: Path) -> None:
    page = visitor.open("/")
    visitor.until("window.locuscope?.viewer.place")
    visitor.expected = {400, 422}
    one_track(visitor, "chip_reb1")
    page.click("#tab-variants")
    wrong = tmp_path / "photo.vcf.gz"
    wrong.write_bytes(b"\x89PNG\r\n" + bytes(range(256)) * 4)
    page.set_input_files("#ask-file", wrong)
    page.click("#predict")
    page.wait_for_selector("#ask-error:not([hidden])")
    assert page.inner_text("#ask-error").endswith(".")
    good = tmp_path / "two.vcf"
    good.write_text(
        "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
        "chrIV\t556673\tone\tT\tG\t.\t.\t.\nchrIV\t556673\ttwo\tT\t<DEL>\t.\t.\t.\n"
    )
    page.set_input_files("#ask-file", good)
    page.click("#predict")
    scored(visitor, 2)
    assert "symbolic" in page.inner_text("#table")
    with page.expect_download() as download:
        page.click("a[download]:has-text('VCF')")
    written = Path(download.value.path()).read_text()
    assert "one" in written and "research use only" in written


def test_a_view_that_is_too_wide_to_mutate_is_said(visitor: Visitor) -> None:
    page = visitor.open("/?locus=chrIV:550000-563000")
    visitor.until("window.locuscope?.viewer.place?.chromosome === 'chrIV'")
    page.click("#mutate")
    page.wait_for_selector("#message:not([hidden])")
    assert "Zoom in to at most 1,000 bp" in page.inner_text("#message")


def test_a_job_that_does_not_exist_is_a_page_with_a_sentence(visitor: Visitor) -> None:
    visitor.expected = {404}
    page = visitor.open("/s/nothing")
    assert "check that the link is complete" in page.inner_text("main")
