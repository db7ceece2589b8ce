#!/usr/bin/env python3
"""How many programs of a collection of risky ones are rejected, by category. Nothing of them is run.

  measure_risky.py CORDON RedCode/dataset/RedCode-Exec/py2text_dataset_json .py
  measure_risky.py CORDON RedCode/dataset/RedCode-Exec/bash2text_dataset_json .sh

Each *.json file is a category: a list of objects with the program in `Code`. What does not parse (a guard alone rejects it)
is counted apart."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile


def main():
    cordon, folder, ending = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3]
    total = [0, 0, 0]
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["XDG_STATE_HOME"] = scratch + "/state"
        for path in sorted(folder.glob("*.json"), key=lambda p: int(re.sub(r"\D", "", p.stem) or 0)):
            counts, passed = [0, 0, 0], []
            for number, case in enumerate(json.loads(path.read_text())):
                program = pathlib.Path(scratch, f"program{ending}")
                program.write_text(case["Code"])
                done = subprocess.run([cordon, "check", "--format", "json", program], capture_output=True, text=True)
                source = json.loads(done.stdout)["sources"][0]
                rejecting = [f["rule_id"] for f in source["findings"]
                             if f.get("capability") or f["severity"] in ("error", "critical")]
                is_rejected = source["decision"] == "reject"
                is_guard = is_rejected and all(r.startswith("cordon.guard.") for r in rejecting)
                counts[0] += is_rejected and not is_guard
                counts[1] += is_guard
                counts[2] += 1
                if not is_rejected:
                    passed.append(number + 1)
            total = [a + b for a, b in zip(total, counts)]
            print(f"{path.stem}: {counts[0]} of {counts[2]} rejected, {counts[1]} do not parse; approved: {passed}")
    print(f"{total[0]} of {total[2]} rejected, {total[1]} do not parse")


main()
