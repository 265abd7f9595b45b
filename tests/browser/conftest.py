"""One built site, served over http from a sub-folder and opened from disk, in one Chromium."""

import contextlib
import fcntl
import functools
import http.server
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from publish.serve import Server
from tests.browser import chromium
from tests.browser.visit import Visit, visit

ROOT = Path(__file__).parents[2]
NOT_COPIED = shutil.ignore_patterns(".git", ".venv", "build", "site", "exports", "__pycache__", ".*_cache", ".hypothesis")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All browser tests go to one worker: a second browser and a second build would cost more than they save."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session")
def built_site(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The folder `playbook build` leaves behind, built once for all workers from a copy of the project."""
    base = tmp_path_factory.getbasetemp()
    project = (base if worker_id == "master" else base.parent) / "project"
    with open(project.with_suffix(".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (project / "site").exists():
            shutil.rmtree(project, ignore_errors=True)
            shutil.copytree(ROOT, project, ignore=NOT_COPIED)
            build(project)
    return project / "site"


def build(project: Path) -> None:
    """Runs the command a reader of the README would run, with the copy's own code."""
    command = [sys.executable, "-m", "publish.cli", "build", "--project", str(project)]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True)
    assert done.returncode == 0, f"the build failed with {done.returncode}:\n{done.stdout}{done.stderr}"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the session; without one the tests are skipped, and say what that leaves untested."""
    path = chromium.find()
    if path is None:
        pytest.skip(chromium.NOT_TESTED)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path)
        yield running
        running.close()


class StaticHost(http.server.SimpleHTTPRequestHandler):
    """Serves files as a static host does: the site's own 404 page for a missing one, and no log."""

    def log_message(self, *_: object) -> None:
        pass

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        lost = Path(self.directory) / "404.html"
        if code != 404 or not lost.exists():
            return super().send_error(code, message, explain)
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(lost.read_bytes())


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address at which `folder` is served, for as long as the block runs."""
    handler = functools.partial(StaticHost, directory=str(folder))
    with Server(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="session")
def root_address(built_site: Path) -> Iterator[str]:
    """The site at the root of a host."""
    with served(built_site) as address:
        yield address


@pytest.fixture(scope="session")
def addresses(built_site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Where readers open the site: in a sub-folder of a host, and from disk."""
    host = tmp_path_factory.mktemp("host")
    (host / "playbook").symlink_to(built_site)
    with served(host) as address:
        yield {"http": f"{address}playbook/", "disk": f"{built_site.as_uri()}/"}


@pytest.fixture(scope="session")
def visits(browser: Browser, addresses: dict[str, str]) -> Callable[..., Visit]:
    """Visits a page once however many tests ask: (http or disk, path, light or dark) to what was seen."""
    readers = {scheme: browser.new_context(color_scheme=scheme) for scheme in ("light", "dark")}

    @functools.cache
    def remembered(way: str, path: str, scheme: str = "light") -> Visit:
        return visit(readers[scheme], addresses[way], path)

    return remembered


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page of its own, for tests that click and type."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()
