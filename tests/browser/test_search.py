"""The search box, over http and from disk."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.kinds import FOLDERS
from tests.browser.visit import Complaints

HITS = "[data-md-component=search-result] .md-search-result__link"
NOTHING = {"ja": "何も見つかりませんでした", "en": "No matching documents"}


@pytest.mark.parametrize("way", ["http", "disk"])
@pytest.mark.parametrize("language", list(FOLDERS))
def test_typing_a_term_finds_pages_and_a_click_opens_one(
    page: Page, addresses: dict[str, str], way: str, language: str
):
    base, complaints = addresses[way] + FOLDERS[language], Complaints()
    complaints.listen(page, addresses[way])
    page.goto(base + "stages/mql.html")
    page.locator("[data-md-component=search-query]").press_sequentially("MQL")
    with page.expect_navigation():
        page.locator(HITS).first.click()
    assert page.url.startswith(base)
    assert "mql" in page.locator("article").inner_text().lower()
    assert complaints == Complaints()


@pytest.mark.parametrize("way", ["http", "disk"])
@pytest.mark.parametrize("language", list(FOLDERS))
def test_a_term_that_is_nowhere_finds_nothing(page: Page, addresses: dict[str, str], way: str, language: str):
    page.goto(addresses[way] + FOLDERS[language] + "index.html")
    page.locator("[data-md-component=search-query]").press_sequentially("zzqxv")
    expect(page.locator(".md-search-result__meta")).to_have_text(NOTHING[language])
    assert page.locator(HITS).count() == 0
