"""Every page in the reader's language: their choice, else their browser's; links carry none."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from django.utils import translation
from django.utils.html import escape

from predictor.api import model_info
from webapp.lib import sentences
from webapp.predictions.describe import SHOWCASE_NAME, card_said, title_of
from webapp.predictions.models import Prediction

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    """A request leaves its language to the thread, which the next request sets anew."""
    yield
    translation.deactivate()


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


def sentence_of(client: Client, path: str, body: object = None, **options: object) -> str:
    """What an error of the API says."""
    said = (
        client.post(path, body, content_type="application/json", **options)
        if body is not None
        else client.get(path, **options)
    )  # type: ignore[arg-type]
    return str(said.json()["error"]["message"])


def test_a_bad_sequence_is_refused_in_the_readers_language(client: Client) -> None:
    asked = {"sequence": "ACGTACGT!ACGT"}
    english = sentence_of(client, "/api/v1/predictions", asked)
    assert english == "“!” at position 9 is not a DNA letter; use A, C, G, T, N or IUPAC codes."
    chinese = sentence_of(client, "/api/v1/predictions", asked, **CHINESE)
    assert chinese == "第 9 位的“!”不是 DNA 字母；请使用 A、C、G、T、N 或 IUPAC 代码。"


def test_a_sentence_within_a_sentence_is_translated_too(client: Client) -> None:
    said = sentence_of(client, "/api/v1/predictions", {"sequence": "ACGT", "tracks": ["nonsense"]}, **CHINESE)
    assert said.startswith("模型“yeast”没有名为“nonsense”的轨道；您是否想输入 ")
    said = sentence_of(client, "/api/v1/predictions", {"sequense": "ACGT"}, **CHINESE)
    assert said == "没有字段“sequense”；您是否想输入 sequence？"
    with translation.override("zh-hans"):
        said = sentences.said("This genome has no chromosome “chrXX”; did you mean chrX or chrXI?")
    assert said == "该基因组没有染色体“chrXX”；您是否想输入 chrX 或 chrXI？"


def test_a_problem_page_says_its_sentence_in_chinese(client: Client) -> None:
    page = client.get("/p/00000000-0000-4000-8000-000000000000", **CHINESE).content.decode()
    assert "此地址没有预测；请检查链接是否完整。" in page
    assert "There is" not in page


def test_a_sentence_that_no_template_fits_stays_as_it_is() -> None:
    with translation.override("zh-hans"):
        assert sentences.said("Something nobody wrote down.") == "Something nobody wrote down."
        assert sentences.said("") == ""


def test_notes_that_are_stored_side_by_side_are_each_translated() -> None:
    with translation.override("zh-hans"):
        assert sentences.said("3 U read as T. Line numbers were removed.") == "3 个 U 按 T 读取。已去除行号。"
    with translation.override("en"):
        assert sentences.said("3 U read as T.") == "3 U read as T."


def test_rows_that_are_refused_together_are_each_translated(client: Client) -> None:
    english = (
        "None of the 2 rows can be scored. Row 1: “chrII:5:Q>T” has the allele Q; an allele is written with A, C, G and T. "
        "Row 2: “chrII:0:A>T” stands at 0, but positions are counted from 1 (only SPDI counts from 0)."
    )
    with translation.override("zh-hans"):
        chinese = sentences.said(english)
    assert chinese == (
        "2 行都无法打分。第 1 行：“chrII:5:Q>T”含等位基因 Q；等位基因须用 A、C、G 和 T 书写。"
        "第 2 行：“chrII:0:A>T”位于 0，但位置从 1 开始计数（只有 SPDI 从 0 开始）。"
    )


def test_the_models_page_says_the_models_own_sentences_in_chinese(client: Client) -> None:
    page = client.get("/models", **CHINESE).content.decode()
    card = model_info("yeast")
    for english in (card.summary, card.licence, card.citation, *card.limits):
        assert escape(english) not in page
        with translation.override("zh-hans"):
            assert escape(sentences.said(english)) in page
    assert "将转录单元绘成高度为其平均表达量的方块" in page and "RNA-seq，42 次重复" in page
    assert "TFIIB：全基因组 7,726 个结合事件" in page and "binding events in the genome" not in page
    assert "单位：转录本区间内的 TPM; 转录本区间内的 FPKM。" in page
    english_page = client.get("/models").content.decode()
    assert escape(card.limits[0]) in english_page


def test_the_stored_name_of_the_home_page_is_made_of_its_genes() -> None:
    row = Prediction(name=SHOWCASE_NAME, chromosome="chrII", asked_start=269_312, asked_end=285_696, genome="sacCer3")
    assert title_of(row) == "GAL7, GAL10 and GAL1: chrII:269,313-285,696"
    with translation.override("zh-hans"):
        assert title_of(row) == "GAL7、GAL10 和 GAL1：chrII:269,313-285,696"
        row.name = "GAL7 and mine"
        assert title_of(row).startswith("GAL7 and mine：")


def test_what_a_result_keeps_of_its_model_is_said_in_the_readers_language() -> None:
    card = {
        "title": "T",
        "licence": "Apache-2.0; see its model card for the terms of the training tables",
        "citation": "C",
    }
    assert card_said(card) == card
    with translation.override("zh-hans"):
        assert card_said(card) == {**card, "licence": "Apache-2.0；训练数据表的条款见其模型卡片"}
