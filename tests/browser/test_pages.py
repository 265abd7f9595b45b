"""Every page kind in both languages, over http and from disk, as a reader meets it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.kinds import FOLDERS, PAGE_KINDS
from tests.browser.visit import READY, Complaints, Visit

Visits = Callable[..., Visit]
PAGES = pytest.mark.parametrize(
    ("language", "path"),
    [pytest.param(language, path, id=f"{kind}-{language}") for kind, path in PAGE_KINDS for language in FOLDERS],
)
WAYS = pytest.mark.parametrize("way", ["http", "disk"])


@WAYS
@PAGES
def test_a_page_opens_without_an_error(visits: Visits, way: str, language: str, path: str):
    complaints = visits(way, FOLDERS[language] + path).complaints
    assert complaints.console == []
    assert complaints.failed == []


@WAYS
@PAGES
def test_no_request_leaves_the_site(visits: Visits, way: str, language: str, path: str):
    assert visits(way, FOLDERS[language] + path).complaints.outside == []


@PAGES
def test_a_page_says_its_language_title_and_heading(visits: Visits, language: str, path: str):
    seen = visits("disk", FOLDERS[language] + path)
    assert seen.language == language
    assert seen.title.strip()
    assert seen.heading.strip()


@PAGES
def test_a_page_carries_the_date_of_its_data(visits: Visits, language: str, path: str):
    assert re.match(r"\d{4}-\d\d-\d\d", visits("disk", FOLDERS[language] + path).asof)


@PAGES
def test_a_page_never_scrolls_sideways(visits: Visits, language: str, path: str):
    assert visits("disk", FOLDERS[language] + path).overflow == {390: 0, 1280: 0}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@PAGES
def test_all_text_stands_out(visits: Visits, language: str, path: str, scheme: str):
    assert visits("disk", FOLDERS[language] + path, scheme).faint == []


@PAGES
def test_a_dark_desktop_gets_a_dark_page(visits: Visits, language: str, path: str):
    light, dark = (visits("disk", FOLDERS[language] + path, scheme).background for scheme in ("light", "dark"))
    assert brightness(light) > 200
    assert brightness(dark) < 60


@WAYS
@pytest.mark.parametrize("path", [pytest.param(path, id=kind) for kind, path in PAGE_KINDS])
def test_the_language_switch_keeps_the_page_and_leads_back(page: Page, addresses: dict[str, str], way: str, path: str):
    base, complaints = addresses[way], Complaints()
    complaints.listen(page, base)
    page.goto(base + path)
    assert switched(page) == (f"{base}{FOLDERS['en']}{path}", "en")
    assert switched(page) == (f"{base}{path}", "ja")
    assert complaints == Complaints()


def switched(page: Page) -> tuple[str, str | None]:
    """Where the language switch leads, and the language the page there declares."""
    page.wait_for_function(READY)
    with page.expect_navigation():
        page.locator(".language-switch").click()
    return page.url, page.locator("html").get_attribute("lang")


def brightness(colour: str) -> float:
    """The mean of the channels of `rgb(r, g, b)`."""
    channels = [float(part) for part in colour.strip("rgb()").split(",")]
    return sum(channels) / 3
