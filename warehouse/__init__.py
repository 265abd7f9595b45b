"""From definitions and exports to tables: everything later reads what this package writes.

`build.prepare` is the way in; it imports none of `checks`, `macros` and `publish`.
"""
