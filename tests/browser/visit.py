"""What a browser notices on one page: what it complained of, what it asked for, what a reader would see."""

from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, Page, Request

WIDTHS = (390, 1280)
READY = "() => document.documentElement.classList.contains('js') && document.readyState === 'complete'"
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"

# Text whose contrast with what lies behind it is under WCAG's AA; colours go through a canvas, which knows every notation.
FAINT = """() => {
  const pen = Object.assign(document.createElement('canvas'), {width: 1, height: 1}).getContext('2d', {willReadFrequently: true});
  const rgba = colour => {
    pen.clearRect(0, 0, 1, 1); pen.fillStyle = colour; pen.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, below) => [0, 1, 2].map(i => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
  const behind = node => {
    if (!node) return rgba('white');
    const own = rgba(getComputedStyle(node).backgroundColor);
    return own[3] === 1 ? own : over(own, behind(node.parentElement));
  };
  const luminance = colour => [0.2126, 0.7152, 0.0722].reduce((sum, weight, i) => {
    const part = colour[i] / 255;
    return sum + weight * (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  }, 0);
  const seen = node => node.checkVisibility({opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true});
  const faint = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement, text = walker.currentNode.data.trim();
    if (!text || node.closest('svg, script, style, noscript, .headerlink') || !seen(node)) continue;
    const style = getComputedStyle(node), ground = behind(node), ink = over(rgba(style.color), ground);
    const [dark, light] = [luminance(ink), luminance(ground)].sort((a, b) => a - b);
    const size = parseFloat(style.fontSize), large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    const contrast = (light + 0.05) / (dark + 0.05);
    if (contrast < (large ? 3 : 4.5)) faint.push(`${text.slice(0, 30)} (${node.className || node.tagName}): ${contrast.toFixed(2)}`);
  }
  return faint;
}"""


@dataclass
class Complaints:
    """What went wrong while pages of one context were open."""

    console: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)

    def listen(self, page: Page, base: str) -> None:
        """Notes console errors and warnings, exceptions, failed requests and requests beyond `base`."""
        page.on("console", lambda said: said.type in ("error", "warning") and self.console.append(said.text))
        page.on("pageerror", lambda error: self.console.append(str(error)))
        page.on("requestfailed", lambda request: broke(request) and self.failed.append(f"{request.url}: {request.failure}"))
        page.on("response", lambda answer: answer.status >= 400 and self.failed.append(f"{answer.url}: {answer.status}"))
        page.on("request", lambda request: leaves(request.url, base) and self.outside.append(request.url))


@dataclass(frozen=True)
class Visit:
    """One page as a reader of one language and one colour scheme meets it."""

    language: str
    title: str
    heading: str
    asof: str
    background: str
    overflow: dict[int, int]
    faint: list[str]
    complaints: Complaints


def leaves(url: str, base: str) -> bool:
    """Whether a request goes beyond the site; what a page carries inside itself does not."""
    return not url.startswith((base, "data:", "blob:", "about:"))


def broke(request: Request) -> bool:
    """Whether a request failed by itself; one is also given up when the reader moves on to another page."""
    return request.failure != "net::ERR_ABORTED"


def visit(context: BrowserContext, base: str, path: str) -> Visit:
    """Opens base + path and notes everything the tests ask about."""
    page, complaints = context.new_page(), Complaints()
    complaints.listen(page, base)
    page.goto(base + path)
    page.wait_for_function(READY)
    seen = look(page, complaints)
    page.close()
    return seen


def look(page: Page, complaints: Complaints) -> Visit:
    """What a reader sees of the page that is open."""
    return Visit(
        language=page.locator("html").get_attribute("lang") or "",
        title=page.title(),
        heading=page.locator("h1").first.inner_text(),
        asof=page.locator("article .asof time").inner_text(),
        background=page.evaluate("() => getComputedStyle(document.body).backgroundColor"),
        overflow={width: overflow_at(page, width) for width in WIDTHS},
        faint=page.evaluate(FAINT),
        complaints=complaints,
    )


def overflow_at(page: Page, width: int) -> int:
    """How many pixels the page is wider than a window of this width."""
    page.set_viewport_size({"width": width, "height": 800})
    return page.evaluate(OVERFLOW)
