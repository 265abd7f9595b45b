"""Every kind of page a reader can open, one example each; a new kind is one line here and all browser tests drive it."""

PAGE_KINDS = [
    ("home", "index.html"),
    ("weekly", "weekly.html"),
    ("stages", "stages/index.html"),
    ("stage", "stages/mql.html"),
    ("agreements", "agreements/index.html"),
    ("agreement", "agreements/first_touch.html"),
    ("kpis", "kpis/index.html"),
    ("kpi", "kpis/mql_to_sql.html"),
    ("cohorts", "cohorts/index.html"),
    ("model", "model/index.html"),
    ("time", "model/time.html"),
    ("guides", "guide/index.html"),
    ("guide", "guide/writing.html"),
    ("glossary", "glossary.html"),
    ("findings", "findings.html"),
]

FOLDERS = {"ja": "", "en": "en/"}
