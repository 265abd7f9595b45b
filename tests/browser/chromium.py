"""The Chromium that the browser tests drive: found, or fetched by `python -m tests.browser.chromium`."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

NOT_TESTED = "no Chromium runs here, so the pages were NOT tested in a browser (console, requests, layout, switch, search)"
PACKAGES = ["chromium", "fonts-noto-cjk"]


def find() -> str | None:
    """The path of a Chromium that starts: $CHROMIUM, one on PATH, else Playwright's own; None without one."""
    return next((path for path in candidates() if path and starts(path)), None)


def candidates() -> Iterator[str | None]:
    """Where to look, the dearest look-up last."""
    for name in (os.environ.get("CHROMIUM"), "chromium", "google-chrome"):
        yield shutil.which(name) if name else None
    yield playwrights_own()


def playwrights_own() -> str | None:
    """Where Playwright keeps the browser it downloads, if it has downloaded it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def starts(path: str) -> bool:
    """Whether the browser runs at all: one whose libraries are missing cannot even say its version."""
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def install_package() -> bool:
    """Debian's own package, where this user may install one without being asked for a password."""
    if not shutil.which("apt-get") or not shutil.which("dpkg"):
        return False
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if as_root and not runs(["sudo", "-n", "true"]):
        return False
    say(f"Installing {' and '.join(PACKAGES)} with apt-get …")
    apt = [*as_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    return runs([*apt, "update"]) and runs([*apt, "install", "--yes", "--no-install-recommends", *PACKAGES])


def download() -> bool:
    """Playwright's own Chromium, into the user's cache."""
    say("Downloading Playwright's Chromium …")
    return runs([sys.executable, "-m", "playwright", "install", "chromium"])


def runs(command: list[str]) -> bool:
    """Whether the command could be started and succeeded; its errors are shown, its progress is not."""
    try:
        return subprocess.run(command, stdout=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def ensure() -> str | None:
    """A Chromium, installed or downloaded where there was none."""
    for fetch in (lambda: True, install_package, download):
        if fetch() and (path := find()):
            return path
    return None


if __name__ == "__main__":
    if not ensure():
        say(f"\n*** {NOT_TESTED}.\n*** Install Chromium, or set CHROMIUM=/path/to/it, and run `make test` again.\n")
