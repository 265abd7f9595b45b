"""The page a host shows for an address that is none."""

import pytest
from playwright.sync_api import Page

from tests.browser.kinds import FOLDERS


@pytest.mark.parametrize("language", list(FOLDERS))
@pytest.mark.parametrize("address", ["nowhere.html", "en/stages/nowhere/else.html"])
def test_a_missing_page_links_home_in_both_languages(page: Page, root_address: str, address: str, language: str):
    answer = page.goto(root_address + address)
    assert answer is not None and answer.status == 404
    page.locator(f"article a[lang={language}]").click()
    assert page.url == f"{root_address}{FOLDERS[language]}index.html"
    assert page.locator("html").get_attribute("lang") == language
