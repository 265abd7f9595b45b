"""A made-up Japanese revenue team, simulated event by event: `python -m data.generator` writes its CRM export."""
