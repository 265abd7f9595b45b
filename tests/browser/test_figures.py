"""Figures open and close by keyboard, mouse and touch, with and without scripts, in both languages; on paper they stay closed."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.kinds import FOLDERS
from tests.browser.visit import FAINT, OVERFLOW, READY

FIGURE = ".md-content .figure"
PATHS = ["index.html", "weekly.html", "kpis/response_minutes.html"]
PAGES = pytest.mark.parametrize(("language", "path"), [(language, path) for language in FOLDERS for path in PATHS])


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A page on a narrow screen that is touched."""
    context = browser.new_context(viewport={"width": 390, "height": 780}, has_touch=True)
    yield context.new_page()
    context.close()


def panel(figure: Locator) -> Locator:
    """What a figure opens."""
    return figure.locator("> ul")


def folded_out(page: Page) -> Locator:
    """The figures that stand in the open: those in folded tables wait until the reader unfolds them."""
    return page.locator(f"{FIGURE}:not(details:not(.figure) .figure)")


@PAGES
def test_a_figure_opens_and_closes_by_keyboard_alone(page: Page, root_address: str, language: str, path: str):
    page.goto(root_address + FOLDERS[language] + path)
    page.wait_for_function(READY)
    figure = folded_out(page).first
    summary = figure.locator("summary")
    expect(panel(figure)).to_be_hidden()
    summary.focus()
    page.keyboard.press("Enter")
    expect(panel(figure)).to_be_visible()
    expect(panel(figure)).to_be_in_viewport(ratio=1)
    page.keyboard.press("Tab")
    expect(panel(figure).locator("a").first).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(summary).to_be_focused()
    page.keyboard.press("Space")
    expect(panel(figure)).to_be_hidden()


@PAGES
def test_one_figure_is_open_at_a_time_and_its_mark_closes_it(page: Page, root_address: str, language: str, path: str):
    page.goto(root_address + FOLDERS[language] + path)
    first, second = folded_out(page).nth(0), folded_out(page).nth(1)
    first.locator("summary").click()
    second.locator("summary").click()
    expect(panel(first)).to_be_hidden()
    expect(panel(second)).to_be_visible()
    box = panel(second).bounding_box()
    page.mouse.click(box["x"] + box["width"] - 24, box["y"] + box["height"] - 24)
    expect(panel(second)).to_be_hidden()


@PAGES
def test_a_touch_opens_a_figure_across_a_narrow_screen(phone: Page, root_address: str, language: str, path: str):
    phone.goto(root_address + FOLDERS[language] + path)
    figure = folded_out(phone).first
    figure.locator("summary").tap()
    box = panel(figure).bounding_box()
    assert (box["x"], box["width"]) == (0, 390)
    assert phone.evaluate(OVERFLOW) == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@PAGES
def test_what_opens_stands_out(browser: Browser, root_address: str, language: str, path: str, scheme: str):
    context = browser.new_context(color_scheme=scheme, viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(root_address + FOLDERS[language] + path)
    page.wait_for_function(READY)
    folded_out(page).first.locator("summary").click()
    faint = page.evaluate(FAINT)
    context.close()
    assert faint == []


def test_figures_open_without_a_script(browser: Browser, root_address: str):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(root_address + "index.html")
    figure = folded_out(page).first
    figure.locator("summary").click()
    expect(panel(figure)).to_be_visible()
    context.close()


@PAGES
def test_on_paper_figures_stay_closed(page: Page, root_address: str, language: str, path: str):
    page.goto(root_address + FOLDERS[language] + path)
    page.wait_for_function(READY)
    folded_out(page).first.locator("summary").click()
    page.emulate_media(media="print")
    assert [one for one in page.locator(f"{FIGURE} > ul").all() if one.is_visible()] == []
    assert folded_out(page).first.locator("summary").is_visible()


def test_a_card_still_leads_to_its_kpi(page: Page, root_address: str):
    page.goto(root_address + "index.html")
    card = page.locator(".card").first
    with page.expect_navigation():
        card.click(position={"x": card.bounding_box()["width"] - 12, "y": card.bounding_box()["height"] - 12})
    assert page.url.endswith("kpis/mqls.html")
