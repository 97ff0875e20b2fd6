"""The pages as a reader of Chinese meets them: what the scripts say, igv.js's menus, Plotly's buttons, numbers and days."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.browser.conftest import Visitor
from tests.browser.test_edits import BASE, TATA, edited, pick
from tests.browser.test_maps import INTRON, SPLICED, ask
from tests.browser.test_scores import ROWS, one_track
from tests.conftest import Site

# The middle of a predicted track; of its gear.
TRACK_AT = """(type) => {
  const view = window.locuscope.viewer.browser.trackViews.find(({ track }) => track.type === type);
  const { left, top, width, height } = view.viewports[0].viewportElement.getBoundingClientRect();
  return [left + width / 2, top + height / 2];
}"""
GEAR_AT = """(type) => {
  const view = window.locuscope.viewer.browser.trackViews.find(({ track }) => track.type === type);
  const { left, top, width, height } = view.gearContainer.querySelector("svg").getBoundingClientRect();
  return [left + width / 2, top + height / 2];
}"""
SAID = "window.locuscope.viewer.root.querySelector('.igv-container').innerText"  # without what is hidden


@pytest.fixture
def reader(visitors: Callable[..., Visitor]) -> Visitor:
    return visitors(locale="zh-CN")


def chinese(text: str) -> bool:
    """Whether it is written in Chinese, beside names and units."""
    return bool(re.search(r"[\u4e00-\u9fff]", text))


def test_tracks_popups_and_menus_of_the_genome_browser(reader: Visitor) -> None:
    page = reader.open("/")
    reader.until_drawn(2)
    assert page.get_attribute("html", "lang") == "zh-hans"
    assert "参与" in page.inner_text("#about") and "由 Locuscope yeast" in page.inner_text("#about")
    page.mouse.click(*page.evaluate(TRACK_AT, "predicted"))
    said = reader.until(f"{SAID}.includes('分辨率') && {SAID}")
    assert "实验方法" in said and "留出集性能" in said and "Resolution" not in said
    page.mouse.click(*page.evaluate(GEAR_AT, "predicted"))
    said = reader.until(f"{SAID}.includes('移除轨道') && {SAID}")
    assert "设置轨道名称" in said and "Set track" not in said


@pytest.mark.slow
def test_the_finder_the_exports_and_the_keyboard_map(reader: Visitor) -> None:
    page = reader.open("/")
    reader.until_drawn(2)
    page.click("#choose-tracks")
    assert re.fullmatch(r"158 条轨道中的 158 条", page.inner_text("#finder-count"))
    assert "输出类型" in page.inner_text("#finder-facets") and "剪接" in page.inner_text("#finder-presets")
    page.fill("#finder-text", "no such track at all")
    assert page.inner_text("#finder-count") == "没有符合的轨道；请减少关键词或筛选条件。"
    page.click("#finder-done")
    page.click("#export summary")
    reader.until("document.getElementById('export-said').textContent.includes('条轨道')")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    page.wait_for_selector("#keys[open]")


def test_a_link_is_made_revoked_and_opened_again(reader: Visitor) -> None:
    page = reader.open("/")
    reader.until_drawn(2)
    page.click("#share")
    page.click("#share-make")
    row = page.locator("#share-list li").first
    assert "尚未打开过" in row.inner_text()
    row.locator(".acts button").nth(2).click()
    toast = page.locator(".toast").first
    assert "链接已关闭" in toast.inner_text()
    toast.locator("button").first.click()
    reader.until("document.querySelector('.toasts').innerText.includes('已重新开放')")


def test_a_base_is_edited(reader: Visitor) -> None:
    page = reader.open(f"/?locus={TATA}")
    reader.until("window.locuscope?.viewer.place?.start === 556631")
    pick(reader, BASE)
    page.fill("#editor-insert input", "ACXQ")
    page.click("#editor-insert button")
    assert page.inner_text("#editor-error") == "“ACXQ”中含有非碱基字母。"
    page.click("#editor [data-base=G]")
    edited(reader, "556,673 T 变为 G")
    assert str(page.get_attribute("#edit-chips .cross", "aria-label")).startswith("撤回 ")


def test_a_contact_map_as_a_square_and_an_intron(reader: Visitor, site: Site) -> None:
    row = ask(site, SPLICED, reader)
    page = reader.open(f"/p/{row}{INTRON}")
    page.locator("#square summary").click()
    reader.until("document.querySelector('#square .modebar-btn')")
    assert page.inner_text("#square summary") == "方形接触图谱"
    titles = page.evaluate("() => [...document.querySelectorAll('#square .modebar-btn')].map((b) => b.dataset.title)")
    assert titles and all(chinese(title) for title in titles), titles


@pytest.mark.slow
def test_a_job_its_table_and_its_plot(reader: Visitor) -> None:
    page = reader.open(f"/?locus={TATA}")
    reader.until("window.locuscope?.viewer.place?.start === 556631")
    one_track(reader, "chip_sua7")
    page.click("#tab-variants")
    page.fill("#ask-variants", "chrIV:556673:T>G\nchrIV:556673:T>C")
    assert page.inner_text("#predict") == "打分"
    page.click("#predict")
    page.wait_for_url("**/s/*")
    reader.until(f"document.getElementById('status').hidden && {ROWS}.length === 2", 120)
    assert page.inner_text("#counts") == "已打分 2 / 2" and page.inner_text("#found") == "2 行"
    page.fill("#filters [name=filter]", "nothing like this")
    reader.until("document.querySelector('#table .none')?.innerText.includes('没有符合上述条件的行')")
    reader.until("document.querySelector('#plot .modebar-btn')")
    titles = page.evaluate("() => [...document.querySelectorAll('#plot .modebar-btn')].map((b) => b.dataset.title)")
    assert titles and all(chinese(title) for title in titles), titles
