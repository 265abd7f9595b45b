"""The theme: what it replaces in Material still exists, and what it prints is escaped and local."""

import re
import subprocess
import sys
from pathlib import Path

import jinja2
import material
import pytest
import yaml
from mkdocs.commands.build import build
from mkdocs.config import load_config

ROOT = Path(__file__).parents[1]
THEME = ROOT / "publish" / "theme"
MATERIAL = Path(material.__file__).parent / "templates"
OUR_PARTIALS = {"partials/asof.html", "partials/switch.html", "partials/upkeep.html"}
TEMPLATES = {path.relative_to(THEME).as_posix() for path in THEME.rglob("*.html")}
HOSTILE = '</title><script>alert("x")</script>'
ESCAPED = "&lt;/title&gt;&lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt;"


@pytest.fixture
def render(tmp_path: Path):
    """Builds one page with our configuration, without the macros, and gives back the files' texts by name."""

    def rendered(markdown: str = "# A page\n", config: str = "mkdocs.yml", nav: list | None = None, **extra: str):
        pages, site = tmp_path / "pages", tmp_path / "site"
        pages.mkdir(exist_ok=True)
        (pages / "index.md").write_text("# Home\n", encoding="utf-8")
        (pages / "page.md").write_text(markdown, encoding="utf-8")
        plugins = {"search": {}, "offline": {}}
        loaded = load_config(str(ROOT / config), docs_dir=str(pages), site_dir=str(site), plugins=plugins, nav=nav)
        loaded.extra.update(extra)
        build(loaded)
        return {path.name: path.read_text(encoding="utf-8") for path in site.rglob("*.html")}

    return rendered


def blocks(template: Path) -> set[str]:
    """The names of the blocks a template defines."""
    tree = jinja2.Environment().parse(template.read_text(encoding="utf-8"))
    return {block.name for block in tree.find_all(jinja2.nodes.Block)}


@pytest.mark.parametrize("name", sorted(TEMPLATES - OUR_PARTIALS))
def test_a_template_we_replace_exists_in_material(name: str):
    assert (MATERIAL / name).exists()


@pytest.mark.parametrize("name", sorted(OUR_PARTIALS))
def test_a_partial_of_ours_replaces_none_of_materials(name: str):
    assert name in TEMPLATES
    assert not (MATERIAL / name).exists()


@pytest.mark.parametrize("name", ["main.html", "404.html"])
def test_the_blocks_we_fill_exist_in_material(name: str):
    assert blocks(THEME / name)
    assert blocks(THEME / name) <= blocks(MATERIAL / "base.html")


@pytest.mark.parametrize(
    ("includes", "included"),
    [("partials/header.html", "partials/alternate.html"), ("partials/footer.html", "partials/copyright.html")],
)
def test_material_still_prints_the_partials_we_replace(includes: str, included: str):
    assert f'include "{included}"' in (MATERIAL / includes).read_text(encoding="utf-8")


def test_a_hostile_title_stays_inside_the_title(render):
    page = render(nav=[{ESCAPED: "page.md"}, "index.md"])["page.html"]
    title = re.search("<title>(.*?)</title>", page, re.DOTALL)
    assert title and title[1].startswith(ESCAPED)
    assert "<script>alert" not in page


def test_the_banner_is_on_every_page_and_escaped(render):
    pages = render(banner=HOSTILE)
    assert len(pages) == 3
    for page in pages.values():
        assert f'role="status">{ESCAPED}</p>' in page
        assert HOSTILE not in page


def test_without_a_banner_there_is_no_empty_bar(render):
    assert "md-banner" not in render()["page.html"]


@pytest.mark.parametrize(("config", "label"), [("mkdocs.yml", "データ時点"), ("mkdocs.en.yml", "Data as of")])
def test_the_date_of_the_data_stands_above_the_heading(render, config: str, label: str):
    page = render(config=config, asof="2026-11-20 18:40")["page.html"]
    assert f"{label} <time>2026-11-20 18:40</time>" in page
    assert page.index("<time>2026-11-20") < page.index("<h1")


def test_a_japanese_heading_can_be_linked_to(render):
    assert 'id="引き渡しの条件"' in render("# 定義\n\n## 引き渡しの条件\n")["page.html"]


@pytest.mark.parametrize("config", ["mkdocs.yml", "mkdocs.en.yml"])
def test_no_page_names_another_host(render, config: str):
    for page in render(config=config).values():
        assert re.findall(r"""(?:src|href|action)=["']?(?:https?:)?//[^"'\s>]*""", page) == []


def test_the_search_shim_is_our_copy_and_keeps_its_licence(render):
    assert '<script src="assets/iframe-worker.js"></script>' in render()["page.html"]
    assert "Martin Donath" in (THEME / "assets" / "iframe-worker.js").read_text(encoding="utf-8")


def test_every_asset_the_configuration_names_is_in_the_theme(tmp_path: Path):
    config = load_config(str(ROOT / "mkdocs.yml"), docs_dir=str(tmp_path), plugins={})
    named = [*config.extra_css, *config.extra["polyfills"], config.theme["favicon"]]
    assert [name for name in named if not (THEME / name).is_file()] == []


def test_both_languages_offer_the_same_colours_and_languages(tmp_path: Path):
    names = ("mkdocs.yml", "mkdocs.en.yml")
    japanese, english = (load_config(str(ROOT / name), docs_dir=str(tmp_path), plugins={}) for name in names)
    schemes = [[(entry["media"], entry.get("scheme")) for entry in config.theme["palette"]] for config in (japanese, english)]
    assert schemes[0] == schemes[1]
    assert japanese.extra["languages"] == english.extra["languages"]
    assert japanese.extra["labels"].keys() == english.extra["labels"].keys()


def built_by(generator: str, project: Path) -> dict[str, bytes]:
    """The HTML that a generator makes of the project, without the line that names the generator."""
    site = project / generator
    command = [sys.executable, "-m", generator, "build", "--strict", "--site-dir", str(site)]
    subprocess.run(command, cwd=project, check=True, capture_output=True)
    named = re.compile(rb'<meta name="generator"[^>]*>')
    return {path.relative_to(site).as_posix(): named.sub(b"", path.read_bytes()) for path in site.rglob("*.html")}


def test_properdocs_builds_the_same_pages_from_the_same_configuration(tmp_path: Path):
    settings = {
        "INHERIT": str(ROOT / "mkdocs.yml"),
        "docs_dir": "pages",
        "theme": {"custom_dir": str(THEME)},
        "plugins": {"macros": {"modules": []}},
    }
    (tmp_path / "mkdocs.yml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "index.md").write_text("# 表紙\n\n{{ 6 * 7 }}\n\n| a |\n|---|\n| b |\n", encoding="utf-8")
    ours = built_by("mkdocs", tmp_path)
    assert set(ours) == {"index.html", "404.html"} and b"42" in ours["index.html"]
    assert built_by("properdocs", tmp_path) == ours
