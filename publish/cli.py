"""The `playbook` command. Thin: it reads options, imports what one command needs, and turns errors into exit codes."""

import sys
from collections.abc import Callable
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any

import click

from warehouse.problems import PlaybookError


class Day(click.ParamType):
    """A day such as 2026-11-20."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, context: click.Context | None) -> date:
        try:
            return value if isinstance(value, date) else date.fromisoformat(value)
        except ValueError:
            self.fail(f"'{value}' is no day; write it as 2026-11-20", param, context)


SHARED = [
    click.option("--project", "project_folder", type=click.Path(file_okay=False, path_type=Path), metavar="DIR", help="The playbook's repository (default: the one around here)."),
    click.option("--exports", type=click.Path(path_type=Path), metavar="DIR", help="The CRM's exports (default: data/exports, else data/sample)."),
    click.option("--adapter", metavar="NAME|FILE", help="How the exports map to tables (default: canonical)."),
    click.option("--as-of", "as_of", type=Day(), metavar="DATE", help="The day to judge by (default: what the export says)."),
    click.option("--memory", default="2GB", show_default=True, metavar="SIZE", help="Memory for the warehouse."),
]


def command(function: Callable) -> Callable:
    """A command with the shared options, given to it as `open_inputs`, `memory` and the project."""

    @wraps(function)
    def run(project_folder: Path | None, exports: Path | None, adapter: str | None, as_of: date | None, memory: str, **options: Any) -> None:
        from publish.session import Session

        with _exit_codes():
            sys.exit(function(Session(project_folder, exports, adapter, as_of, memory), **options) or 0)

    for option in reversed(SHARED):
        run = option(run)
    return run


class _exit_codes:
    """Our errors as sentences on stderr and the contract's exit code."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type | None, error: BaseException | None, trace: Any) -> bool:
        if isinstance(error, PlaybookError):
            from warehouse.safe_text import printable

            for problem in error.problems:
                click.echo(printable(str(problem)), err=True)
            sys.exit(error.exit_code)
        if isinstance(error, BrokenPipeError):
            sys.exit(0)
        if isinstance(error, OSError):
            click.echo(f"{error.filename or 'a file'}: {(error.strerror or str(error)).lower()}; check that it is there, may be read, and that there is space", err=True)
            sys.exit(2)
        return False


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="inside-sales-playbook", prog_name="playbook")
def main() -> None:
    """The inside-sales playbook: pages, definitions and the CRM's data, checked against each other."""


@main.command()
@command
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--rows", default=20, show_default=True, type=click.IntRange(min=0), help="Rows to show for each finding.")
def check(session: Any, form: str, rows: int) -> int:
    """Hold exports, definitions and pages against each other; exit 1 when a rule fails."""
    from checks import report

    prepared = session.prepare()
    render = report.as_json if form == "json" else report.as_text
    click.echo(render(prepared.findings, prepared.as_of, rows))
    return 1 if prepared.holds_back else 0


@main.command()
@command
@click.option("--draft", is_flag=True, help="Build even when a rule fails, under a banner on every page.")
@click.option("--edition", type=click.Choice(["team", "manager"]), default="team", show_default=True, help="Who will read it.")
def build(session: Any, draft: bool, edition: str) -> int:
    """Check, then build both languages into site/; a failed rule stops it and leaves the last site as it was."""
    from publish import site

    return site.build(session, edition, draft)


@main.command()
@command
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--edition", type=click.Choice(["team", "manager"]), default="team", show_default=True)
def serve(session: Any, port: int, host: str, edition: str) -> int:
    """Preview both languages; reload when a page, a definition, a rule, an adapter or an export changes."""
    from publish import serve as preview

    return preview.serve(session, host, port, edition)


@main.command()
@command
@click.argument("kpi_id", metavar="ID")
@click.option("--period", type=click.Choice(["week", "month", "quarter", "year", "all"]), default="week", show_default=True)
@click.option("--by", metavar="DIMENSION", help="source, campaign, segment, motion, department, member and others; a wrong one lists them.")
@click.option("--basis", type=click.Choice(["flow", "cohort"]), help="Default: the KPI's first.")
@click.option("--horizon", metavar="DAYS|all", help="Days a cohort is followed, or all: no limit (default: the KPI's).")
@click.option("--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True)
def kpi(session: Any, kpi_id: str, period: str, by: str | None, basis: str | None, horizon: str | None, form: str) -> int:
    """A KPI's rows, for each period the total first."""
    from publish import figures

    click.echo(figures.render(figures.rows(session, kpi_id, period, by, basis, horizon), form), nl=False)
    return 0


@main.command()
@command
@click.argument("sql")
@click.option("--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True)
def query(session: Any, sql: str, form: str) -> int:
    """Run one SELECT over the locked warehouse."""
    from publish import figures

    click.echo(figures.render(figures.query(session, sql), form), nl=False)
    return 0


@main.command()
@command
@click.argument("agreement", required=False)
@click.option("--as", "department", metavar="DEPARTMENT", help="The department that signs, a party of the agreement.")
@click.option("--by", metavar="NAME", help="Who signs for it.")
@click.option("--evidence", metavar="URL", help="Where it was agreed: a pull request, the minutes.")
@click.option("--on", type=Day(), metavar="DATE", help="The day it was signed (default: today).")
@click.option("--from", "file", type=click.Path(path_type=Path), metavar="FILE.csv", help="Record the answers of a sheet or form: agreement, department, by, on, evidence, terms.")
@click.option("--status", is_flag=True, help="List every agreement and its signatures.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Of --status.")
def sign(session: Any, file: Path | None, status: bool, form: str, **one: Any) -> int:
    """Sign the newest terms of AGREEMENT for a department; --status tells how all agreements stand."""
    is_one = any(value is not None for value in one.values())
    if status + (file is not None) + is_one != 1 or is_one and None in (one["agreement"], one["department"], one["by"]):
        raise click.UsageError("write AGREEMENT --as DEPARTMENT --by NAME, or --from FILE.csv, or --status")
    if status:
        from publish import standings

        text, holds = standings.status(session, form)
        click.echo(text)
        return 0 if holds else 1
    from publish import answers, sign as signing

    click.echo(signing.sign_all(session, answers.read(file)) if file else signing.sign(session, **one))
    return 0


@main.command()
@command
@click.option("--status", is_flag=True, help="List the pages that lag behind their other language.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Of --status.")
@click.option("--caught-up", is_flag=True, help="Mark each PAGE, as it is now in both languages, as in step.")
@click.option("--all", "every", is_flag=True, help="With --caught-up: every page.")
@click.argument("pages", nargs=-1, metavar="[PAGE]...")
def translate(session: Any, status: bool, form: str, caught_up: bool, every: bool, pages: tuple[str, ...]) -> int:
    """Tell which pages are older than their other language, and mark those that were brought in step."""
    from publish import translate as translating

    if status == caught_up or caught_up != (bool(pages) != every):
        raise click.UsageError("write --status, or --caught-up with PAGE… or --all")
    click.echo(translating.status(session, form) if status else translating.caught_up(session, pages, every))
    return 0


@main.command()
@command
@click.option("--format", "form", type=click.Choice(["text", "csv", "slack"]), default="text", show_default=True)
@click.option("--member", metavar="ID", help="One owner's leads only.")
@click.option("--language", type=click.Choice(["ja", "en"]), default="ja", show_default=True, help="Of text and Slack; CSV has ids.")
def today(session: Any, form: str, member: str | None, language: str) -> int:
    """Each owner's leads that are overdue or due, with links into the CRM."""
    from publish import today as morning

    click.echo(morning.render(session, form, member, language), nl=False)
    return 0


if __name__ == "__main__":
    main()
