"""In which language a document is written."""

import pytest

from pipeline.documents.language import language_of
from pipeline.documents.read import read

SENTENCES = {
    "en": "Norway and Chile opened a new round of trade talks in Oslo on the third of March.",
    "fr": "Le ministre du Commerce a déclaré que les négociations se poursuivent à Genève avec la Suisse.",
    "de": "Der Handelsminister sagte, dass die Verhandlungen mit der Schweiz am Montag in Genf beginnen.",
    "es": "El ministro de Comercio dijo que las negociaciones con Chile siguen en la capital del país.",
    "pt": "O ministro do Comércio disse que as negociações com o Chile não vão terminar até ao fim do ano.",
    "it": "Il ministro del Commercio ha detto che i negoziati con la Svizzera continuano nella capitale.",
    "zh": "中国与欧盟在布鲁塞尔举行新一轮经贸磋商。",
    "ja": "日本とカナダはオタワで貿易協定の交渉を行った。",
    "ko": "한국과 칠레는 서울에서 무역 협상을 시작했다.",
}


@pytest.mark.parametrize(("language", "text"), SENTENCES.items())
def test_a_sentence_tells_its_language(language: str, text: str) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize("text", ["", "Oslo 12 3 4", "Talks", "Tariffs: 10%\nQuota: 500 t", "1,234.5"])
def test_a_few_words_do_not_tell(text: str) -> None:
    assert language_of(text) is None


def test_names_in_another_script_do_not_make_a_text_another_language() -> None:
    text = "The Ministry of Commerce (商务部) said that the talks with Japan (日本) were held on Monday."
    assert language_of(text) == "en"


def test_a_text_of_two_languages_has_none() -> None:
    assert language_of(f"{SENTENCES['en']} {SENTENCES['fr']}") is None


def test_what_a_page_says_of_itself_decides_where_words_leave_it_open() -> None:
    assert language_of("Mercosur", "pt-BR") == "pt"
    assert language_of(SENTENCES["fr"], "en-US") == "fr"
    page = f"<html lang='en'><body><article><h1>Commerce</h1><p>{SENTENCES['fr']}</p></article></body></html>"
    assert read(page.encode()).language == "fr"


def test_a_menu_in_english_does_not_make_a_french_page_english() -> None:
    text = f"Home\n\nNews\n\n{SENTENCES['fr']}\n\nRead more\n"
    assert read(text.encode()).language == "fr"


def test_paragraphs_without_blanks_are_a_story() -> None:
    text = (
        "中国与欧盟举行磋商\n\n8月12日，双方在布鲁塞尔就电动汽车关税问题进行了讨论。\n\n双方同意再次会晤。\n"
    )
    document = read(text.encode())
    assert [block.region for block in document.blocks] == ["headline", "body", "body"]
    assert document.title == "中国与欧盟举行磋商"
