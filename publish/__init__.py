"""Drives the others: the `playbook` command, the staging of pages, the site and its preview."""
