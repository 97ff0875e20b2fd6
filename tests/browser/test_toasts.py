"""Toasts: they tell, they wait for whoever reads them, they give a way back, and they never take the focus."""

from __future__ import annotations

from tests.browser.conftest import Visitor

TOAST = "const { toast } = await import('/static/js/toast.js');"


def say(visitor: Visitor, call: str) -> None:
    visitor.page.evaluate(f"async () => {{ {TOAST} {call}; }}")


def at_models(visitor: Visitor) -> None:
    visitor.page.emulate_media(reduced_motion="reduce")  # it goes at once, without fading
    visitor.page.clock.install(time=0)
    visitor.open("/models")
    visitor.page.clock.pause_at(3_600_000)  # time goes on when a test says so


def test_a_toast_is_said_politely_and_leaves_after_five_seconds_at_the_soonest(visitor: Visitor) -> None:
    at_models(visitor)
    page = visitor.page
    page.focus("#theme")
    say(visitor, "toast('The link is copied.')")
    region = page.get_by_role("status")
    assert region.get_attribute("aria-live") == "polite"
    assert "The link is copied." in region.inner_text()
    assert page.evaluate("() => document.activeElement.id") == "theme"
    page.clock.run_for(4900)
    assert page.locator(".toast").count() == 1
    page.clock.run_for(200)
    assert page.locator(".toast").count() == 0


def test_a_toast_stays_under_the_pointer_and_with_the_focus(visitor: Visitor) -> None:
    at_models(visitor)
    page = visitor.page
    say(visitor, "toast('The view is deleted.', { undo: () => {} })")
    page.hover(".toast")
    page.clock.run_for(60_000)
    assert page.locator(".toast").count() == 1
    page.focus(".toast-undo")
    page.mouse.move(5, 5)
    page.clock.run_for(60_000)
    assert page.locator(".toast").count() == 1
    page.focus("#theme")
    page.clock.run_for(20_000)
    assert page.locator(".toast").count() == 0


def test_undo_is_reached_by_keyboard_called_once_and_gives_the_focus_back(visitor: Visitor) -> None:
    at_models(visitor)
    page = visitor.page
    say(visitor, "window.undone = 0; toast('The view is deleted.', { undo: () => { window.undone += 1; } })")
    page.focus("#theme")
    page.focus(".toast-undo")
    page.keyboard.press("Enter")
    assert page.evaluate("() => window.undone") == 1
    assert page.locator(".toast").count() == 0
    assert page.evaluate("() => document.activeElement.id") == "theme"


def test_three_are_shown_at_a_time_and_the_oldest_goes(visitor: Visitor) -> None:
    at_models(visitor)
    say(visitor, "for (const name of ['one', 'two', 'three', 'four']) toast(name)")
    assert visitor.page.locator(".toast > span").all_inner_texts() == ["two", "three", "four"]


def test_where_motion_is_not_wanted_a_toast_does_not_move(visitor: Visitor) -> None:
    at_models(visitor)
    say(visitor, "toast('Still.')")
    assert visitor.page.evaluate("() => document.querySelector('.toast').getAnimations().length") == 0
