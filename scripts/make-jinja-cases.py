#!/usr/bin/env python3
# Writes anew what Jinja2 makes of the templates in test/unit/jinja/cases.json (needs python3 with jinja2 3.1.6):
# add a line with "group" and "template" (and "globals", "files" to include), run this, look at the difference.
import json
import traceback

import jinja2

FILE = "test/unit/jinja/cases.json"


def expected(case):
    files = case.get("files", {})
    environment = jinja2.Environment(loader=jinja2.DictLoader(files))
    # As Elastic Rally hands over a track's parameters: seen by included templates without context, too.
    environment.globals.update(case.get("globals", {}))
    try:
        return {"ok": environment.from_string(case["template"]).render()}
    except jinja2.TemplateSyntaxError as error:
        return {"err": f"{type(error).__name__}: {error.message}", "line": error.lineno}
    except Exception as error:
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename in ("<template>", *files)]
        return {"err": f"{type(error).__name__}: {error}", "line": lines[-1]}


with open(FILE, encoding="utf8") as file:
    cases = json.load(file)
lines = []
for case in cases:
    given = {key: value for key, value in case.items() if key not in ("ok", "err", "line")}
    lines.append(json.dumps({**given, **expected(given)}, ensure_ascii=False))
with open(FILE, "w", encoding="utf8") as file:
    file.write("[\n" + ",\n".join(lines) + "\n]\n")
