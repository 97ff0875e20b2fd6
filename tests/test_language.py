"""Every page in the reader's language: their choice, else their browser's; links carry none."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db

CHINESE = {"headers": {"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5"}}


def test_a_page_is_in_english_unless_something_else_is_asked_for(client: Client) -> None:
    said = client.get("/models")
    assert '<html lang="en">' in said.content.decode()
    assert said.headers["Content-Language"] == "en"
    assert "/words/" not in said.content.decode()


@pytest.mark.parametrize("wanted", ["zh-CN", "zh-Hans", "zh", "zh-SG,zh;q=0.9", "zh-TW"])
def test_a_browser_that_prefers_chinese_gets_chinese(client: Client, wanted: str) -> None:
    said = client.get("/models", headers={"Accept-Language": wanted})
    assert '<html lang="zh-hans">' in said.content.decode()
    assert said.headers["Content-Language"] == "zh-hans"
    assert {"Accept-Language", "Cookie"} <= {word.strip() for word in said.headers["Vary"].split(",")}


def test_a_language_that_is_not_there_falls_back_to_english(client: Client) -> None:
    assert '<html lang="en">' in client.get("/models", headers={"Accept-Language": "fr-FR"}).content.decode()


def test_a_choice_is_kept_and_beats_the_browser(client: Client) -> None:
    back = "http://testserver/models?from=menu"
    said = client.post("/language", {"language": "en", "next": "/"}, headers={"Referer": back})
    assert (said.status_code, said.headers["Location"]) == (302, back)
    cookie = said.cookies["locuscope_language"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"], cookie["path"]) == (True, "Lax", 31536000, "/")
    assert '<html lang="en">' in client.get("/models", **CHINESE).content.decode()


def test_without_a_referrer_the_form_says_where_to_go_back(client: Client) -> None:
    said = client.post("/language", {"language": "zh-hans", "next": "/v/abc?axis=own"})
    assert said.headers["Location"] == "/v/abc?axis=own"


def test_a_choice_leads_to_no_other_site_and_keeps_no_unknown_language(client: Client) -> None:
    said = client.post(
        "/language", {"language": "xx", "next": "//evil.example/"}, headers={"Referer": "https://evil.example/"}
    )
    assert said.headers["Location"] == "/"
    assert "locuscope_language" not in said.cookies


def test_the_scripts_words_are_fetched_once_and_named_by_their_content(client: Client) -> None:
    page = client.get("/models", **CHINESE).content.decode()
    address = page.split('<script src="/words/')[1].split('"')[0]
    said = client.get(f"/words/{address}", headers={"Accept-Encoding": "gzip"})
    assert said.headers["Content-Type"].startswith("text/javascript")
    assert said.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert said.headers["Vary"] == "Accept-Encoding"
    assert said.headers["Content-Encoding"] == "gzip"
    plain = client.get(f"/words/{address}").content.decode()
    assert "django.gettext" in plain
    assert client.get("/words/zh-hans-0000000000000000.js").headers["Cache-Control"] == "no-store"
    assert client.get("/words/fr-0000000000000000.js").status_code == 404


def test_values_are_kept_by_caches_whatever_language_their_reader_has(client: Client) -> None:
    catalogue = client.get("/api/v1/models/yeast/catalogue")
    fixed = f"/api/v1/models/yeast/catalogue?digest={catalogue.headers['ETag'].split(chr(34))[1]}"
    said = client.get(fixed, **CHINESE)
    assert "immutable" in said.headers["Cache-Control"]
    assert "Accept-Language" not in said.headers.get("Vary", "")
