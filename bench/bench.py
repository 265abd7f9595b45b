"""Times what people wait for, each as a ratio to a floor measured in the same run: `python bench/bench.py`.

The floor is the least that any tool would have to do: open the data, or render as many plain pages. Ratios carry over
to other machines, seconds do not. Every figure is the best of several runs; nothing here is a test.
"""

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parent.parent
RUNS = 3
SCAN = """import duckdb, sys, pathlib
con = duckdb.connect()
for file in sorted(pathlib.Path(sys.argv[1]).glob('*.csv')):
    con.execute('select count(*) from read_csv(?, all_varchar = true)', [str(file)]).fetchall()"""
OPEN = """import duckdb, sys
duckdb.connect(sys.argv[1], read_only=True).execute('select count(*) from marts.kpi_values').fetchall()"""
PLAIN = "site_name: plain\ntheme: {name: material, font: false}\nuse_directory_urls: false\n"


def best(run: Callable[[], object], before: Callable[[], object] = lambda: None) -> float:
    """Seconds of the fastest of several runs."""
    times = []
    for _ in range(RUNS):
        before()
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)


def python(*arguments: str, folder: Path = ROOT) -> None:
    subprocess.run([sys.executable, *arguments], check=True, cwd=folder, capture_output=True)


def playbook(project: Path, *arguments: str) -> Callable[[], None]:
    return lambda: python("-m", "publish.cli", *arguments, "--project", str(project))


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        project = Path(scratch) / "playbook"
        shutil.copytree(ROOT, project, ignore=shutil.ignore_patterns(".git", ".venv", "build", "site", "tests", "__pycache__"))
        report(project, Path(scratch))


def report(project: Path, scratch: Path) -> None:
    """Measure and print one line for each thing people wait for."""
    def forget() -> None:
        shutil.rmtree(project / "build", ignore_errors=True)

    scan = best(lambda: python("-c", SCAN, str(project / "data" / "sample")))
    line("check, nothing computed yet", best(playbook(project, "check"), forget), "DuckDB reading the same CSVs", scan)
    warehouse = str(next((project / "build" / "warehouse").glob("*.duckdb")))
    opened = best(lambda: python("-c", OPEN, warehouse))
    line("kpi, warehouse at hand", best(playbook(project, "kpi", "mql_to_sql", "--by", "source")), "DuckDB opening the same file", opened)
    built = best(playbook(project, "build"))
    pages = plain_site(project, scratch)
    floor = best(lambda: python("-m", "mkdocs", "build", "--quiet", folder=scratch / "plain"))
    line(f"build of {pages} pages in two languages", built, f"Material rendering {pages} plain pages in one process", floor)


def plain_site(project: Path, scratch: Path) -> int:
    """As many pages of plain text as the site has, with as much text as their main part; the number of them."""
    pages = [page for page in (project / "site").resolve().rglob("*.html") if page.name != "404.html"]
    docs = scratch / "plain" / "docs"
    docs.mkdir(parents=True)
    for number, page in enumerate(sorted(pages)):
        (docs / ("index.md" if number == 0 else f"page{number}.md")).write_text("# Page\n\n" + "word " * (page.stat().st_size // 50), encoding="utf-8")
    (scratch / "plain" / "mkdocs.yml").write_text(PLAIN, encoding="utf-8")
    return len(pages)


def line(what: str, seconds: float, floor_is: str, floor: float) -> None:
    print(f"{what}: {seconds:.2f} s = {seconds / floor:.1f} × {floor_is} ({floor:.2f} s)")


if __name__ == "__main__":
    main()
