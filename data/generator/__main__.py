"""`python -m data.generator [--out DIR] [--seed N] [--clean]`: writes the export of a made-up revenue team."""

from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from data.generator import faults, tables
from data.generator.desk import Desk, review
from data.generator.leads import hand_on
from data.generator.market import CAMPAIGNS, open_market
from data.generator.team import INSIDE, LEAVER, MEMBERS
from data.generator.workdays import CLOSES
from data.generator.world import EXPORTED_AT, World

SAMPLE = Path(__file__).parents[1] / "sample"


def simulate(seed: int) -> World:
    """Lets the team work for 78 weeks and a bit."""
    world = World(seed)
    open_market(world)
    world.desks.update({member.member_id: Desk(world, member) for member in INSIDE})
    world.at(datetime.combine(LEAVER.left_on, CLOSES), hand_on, LEAVER.member_id)
    world.run(EXPORTED_AT)
    return world


def main(options: Namespace) -> None:
    """Writes the CSV files and says on the terminal what was planted."""
    world = simulate(options.seed)
    review(world)
    if not options.clean:
        for kind, lead_ids in faults.plant(world).items():
            print(f"{kind}: {' '.join(lead_ids)}")
    tables.arrange(world.rows)
    rows = {**world.rows, "members": [asdict(row) for row in MEMBERS], "campaigns": [asdict(row) for row in CAMPAIGNS],
            "leads": [{**vars(lead), "record_url": lead.record_url} for lead in world.leads]}
    tables.write(options.out, rows)


def options() -> Namespace:
    """What the command line asks for."""
    parser = ArgumentParser(prog="python -m data.generator", description="Writes the CRM export of a made-up revenue team.")
    parser.add_argument("--out", type=Path, default=SAMPLE, help="folder of the CSV files (default: data/sample)")
    parser.add_argument("--seed", type=int, default=1, help="another seed is another team's history")
    parser.add_argument("--clean", action="store_true", help="leave the planted faults out")
    return parser.parse_args()


if __name__ == "__main__":
    main(options())
