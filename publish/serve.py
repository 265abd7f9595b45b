"""A preview of both languages as readers will see them joined; it rebuilds and reloads when something changes."""

import json
import os
import shutil
import sys
import threading
from collections.abc import Iterator
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from publish.session import Session
from publish.site import assembled
from warehouse.problems import PlaybookError
from warehouse.safe_text import printable

LIVE = "/.live"
QUIET_SECONDS = 0.2
HELD_SECONDS = 25
RELOAD = """<script>(function poll(seen){fetch("/.live?"+seen).then(r=>r.json()).then(now=>{
if(seen>=0&&now.version>seen&&!now.problems.length)return location.reload();
let box=document.getElementById("live-problems");
if(!box&&now.problems.length){box=document.createElement("pre");box.id="live-problems";box.setAttribute("role","alert");
box.style.cssText="position:fixed;inset:auto 0 0 0;margin:0;padding:1rem;max-height:50vh;overflow:auto;white-space:pre-wrap;background:#7f1d1d;color:#fff;z-index:99";
document.body.append(box)}
if(box)box.textContent=now.problems.join("\\n");
poll(now.version)}).catch(()=>setTimeout(poll,1000,seen))})(-1)</script>"""


class Preview:
    """The newest site that could be built, and what is wrong with the newest inputs."""

    def __init__(self, session: Session, edition: str):
        self.session, self.edition = session, edition
        self.home = session.project.build / "preview"
        self.folder: Path | None = None
        self.version = 0
        self.problems: list[str] = []
        self.changed = threading.Condition()

    def rebuild(self) -> None:
        """Build what lies on disk now. A page's mistake stands in the page; a definition's keeps the last site and is told."""
        try:
            prepared = self.session.prepare()
            with assembled(prepared, self.edition, draft=prepared.holds_back) as (folder, problems):
                target = self.home / str(os.getpid()) / str(self.version + 1)
                target.parent.mkdir(parents=True, exist_ok=True)
                os.replace(folder, target)
            self._show(target, [str(problem) for problem in problems])
        except PlaybookError as error:
            self._show(self.folder, [str(problem) for problem in error.problems])

    def _show(self, folder: Path | None, problems: list[str]) -> None:
        old = self.folder
        with self.changed:
            self.folder, self.version = folder, self.version + 1
            self.problems = problems if folder == old else []
            self.changed.notify_all()
        if old and old != folder:
            shutil.rmtree(old, ignore_errors=True)
        for problem in problems:
            print(printable(problem), flush=True)
        print(f"{'built' if folder != old else 'not built'}, {len(problems)} problems", flush=True)

    def state_after(self, seen: int) -> dict[str, Any]:
        """The state as soon as it is newer than `seen`, or as it is after a while."""
        with self.changed:
            self.changed.wait_for(lambda: self.version > seen, HELD_SECONDS)
            return {"version": self.version, "problems": self.problems}

    def clear(self) -> None:
        shutil.rmtree(self.home / str(os.getpid()), ignore_errors=True)


class _Handler(SimpleHTTPRequestHandler):
    """Serves the preview's folder of the moment, with the reloading script in every page."""

    preview: Preview

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        if address.path == LIVE:
            seen = int(address.query) if address.query.lstrip("-").isdecimal() else -1
            return self._send(json.dumps(self.preview.state_after(seen)).encode(), "application/json")
        if self.preview.folder is None:
            return self._send(f"<!doctype html><meta charset=utf-8><title>…</title>{RELOAD}".encode(), "text/html; charset=utf-8")
        self.directory = str(self.preview.folder)
        path = Path(self.translate_path(self.path))
        if path.is_dir() and address.path.endswith("/"):
            path /= "index.html"
        if path.suffix != ".html" and path.is_file():
            return super().do_GET()
        if path.is_dir():
            return super().do_GET()
        found = path.is_file()
        page = path if found else self.preview.folder / "404.html"
        html = page.read_text(encoding="utf-8").replace("</body>", f"{RELOAD}</body>")
        self._send(html.encode(), "text/html; charset=utf-8", HTTPStatus.OK if found else HTTPStatus.NOT_FOUND)

    def _send(self, body: bytes, kind: str, status: HTTPStatus = HTTPStatus.OK) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Requests are not news."""


class Server(ThreadingHTTPServer):
    """A server whose threads end with it, and to which a reader who leaves in the middle of a page is no error."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a connection that broke; anything else is ours to see."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Watcher(FileSystemEventHandler):
    """Rebuilds once a burst of changes has ended."""

    def __init__(self, preview: Preview):
        self.preview = preview
        self.touched = threading.Event()
        threading.Thread(target=self._run, daemon=True).start()

    def on_any_event(self, event: FileSystemEvent) -> None:
        if event.event_type in ("created", "modified", "deleted", "moved") and "__pycache__" not in event.src_path:
            self.touched.set()

    def _run(self) -> None:
        while True:
            self.touched.wait()
            while self.touched.is_set():
                self.touched.clear()
                self.touched.wait(QUIET_SECONDS)
            self.preview.rebuild()


def serve(session: Session, host: str, port: int, edition: str) -> int:
    """Serve until interrupted."""
    preview = Preview(session, edition)
    handler = type("Handler", (_Handler,), {"preview": preview})
    try:
        server = Server((host, port), handler)
    except OSError as error:
        raise PlaybookError(f"--port {port}: {error.strerror}; name another one") from error
    print(f"http://{host}:{server.server_address[1]}/ (English under en/), Ctrl+C to stop", flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    preview.rebuild()
    observer, watcher = Observer(), _Watcher(preview)
    for folder in _watched(session):
        observer.schedule(watcher, str(folder), recursive=True)
    observer.start()
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        return 0
    finally:
        observer.stop()
        server.shutdown()
        preview.clear()
    return 0


def _watched(session: Session) -> Iterator[Path]:
    """Every folder whose files a site depends on, each once."""
    project = session.project
    folders = {project.pages, project.rules, project.waivers.parent, project.adapters, project.marts, project.tables.parent, session.exports or project.exports}
    if session.adapter and (file := Path(session.adapter)).is_file():
        folders.add(file.resolve().parent)
    folders = {folder.resolve() for folder in folders if folder.is_dir()}
    return (folder for folder in sorted(folders) if not any(other != folder and folder.is_relative_to(other) for other in folders))
