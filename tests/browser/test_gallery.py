"""From a story to its view."""

from __future__ import annotations

from tests.browser.conftest import Visitor


def test_a_place_of_the_gallery_opens_where_its_story_is(visitor: Visitor) -> None:
    page = visitor.open("/gallery")
    assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.locator("#tpi1-tata").get_by_role("button", name="Open TPI1").click()
    page.wait_for_url("**/p/*")
    visitor.until_drawn(2)  # of the strand without a gene there is nothing to see
    assert page.evaluate("locuscope.viewer.browser.currentLoci()") == "chrIV:556300-557000"
    assert page.locator("#edit-chips").inner_text().startswith("556,673 T to G")
    assert not page.locator("#message").is_visible()
