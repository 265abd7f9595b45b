"""The preview: both languages joined, told of every change, and alive through a mistake."""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.world import ROOT


class Preview:
    """A running `playbook serve`, and the project it shows."""

    def __init__(self, project: Path):
        self.project = project
        self.process = subprocess.Popen([sys.executable, "-m", "publish.cli", "serve", "--port", "0", "--project", str(project)], cwd=project,
                                        env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.home = self.process.stdout.readline().split()[0]
        self.version = 0

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(self.home + path, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def wait(self) -> list[str]:
        """The problems of the next build, once it is there."""
        for _ in range(20):
            state = json.loads(self.get(f".live?{self.version}")[1])
            if state["version"] > self.version:
                self.version = state["version"]
                return state["problems"]
        raise AssertionError("nothing was built")


@pytest.fixture
def preview(copy_project, tmp_path: Path) -> Iterator[Preview]:
    running = Preview(copy_project(tmp_path / "playbook"))
    try:
        assert running.wait() == []
        time.sleep(1)  # the watcher starts after the first build
        yield running
    finally:
        running.process.terminate()
        running.process.wait(30)
        running.process.stdout.close()


def test_the_preview_joins_both_languages_reloads_on_a_change_and_outlives_a_mistake(preview: Preview) -> None:
    assert "いまの状況" in preview.get("")[1] and "Where we stand" in preview.get("en/")[1]
    assert preview.get("en/kpis/mqls.html")[0] == 200 and preview.get("kpis/mqls.csv")[0] == 200
    status, lost = preview.get("nowhere.html")
    assert status == 404 and "ページが見つかりません" in lost

    page = preview.project / "playbook" / "ja" / "index.md"
    kept = page.read_text(encoding="utf-8")
    page.write_text(kept + "\n書き足した一文。\n", encoding="utf-8")
    assert preview.wait() == [] and "書き足した一文。" in preview.get("")[1]

    targets = preview.project / "playbook" / "definitions" / "targets.yml"
    right = targets.read_text(encoding="utf-8")
    targets.write_text(right.replace("value: 55", "valu: 55", 1), encoding="utf-8")
    assert any("unknown key 'valu'" in problem for problem in preview.wait())
    assert "書き足した一文。" in preview.get("")[1]

    targets.write_text(right, encoding="utf-8")
    assert preview.wait() == []

    page.write_text(kept.replace("{{ home_cards() }}", '{{ kpi("mqlz") }}'), encoding="utf-8")
    preview.wait()
    text = preview.get("")[1]
    assert 'class="mistake"' in text and "mqlz" in text
