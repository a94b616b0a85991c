"""What becomes of broken and honest files: refused, repaired, warned or scored.

python -m doctor.confusion REAL_DATA ATLAS [models] (with `tests` on the path) prints the table and every miss.
"""

import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np

from doctor.corruptions import CORRUPTIONS
from doctor.honest import HONEST
from doctor.material import NAMES, Material, read_material, write
from errata.atlas.compiled import read_atlas
from errata.errors import InputError
from errata.predictions.align import Aligner
from errata.predictions.doctor import examine_file
from errata.predictions.repair import repair_examined


def outcome_of(path: Path, material: Material, aligner: Aligner) -> tuple[str, str]:
    """Return what becomes of a file and the kinds of findings: refused, repaired, warned, right, or how it is wrong."""
    positions = aligner.atlas.images["position"].to_numpy()
    original = material.ids[positions]
    file, diagnosed = examine_file(path, aligner, None)
    examined = [(each, aligned.predicted_class if each.is_usable else None) for each, aligned in diagnosed]
    kinds = ", ".join(f"{f.kind}" for d, _ in examined for f in d.findings if f.severity != "note") or "-"
    if any(predicted is None for _, predicted in examined):
        fixable = all(f.fix_name for d, _ in examined for f in d.findings if f.severity == "refuse")
        if not fixable:
            return "refused", kinds
        try:
            frame = repair_examined(path, aligner, file, diagnosed).frame
        except InputError as error:
            return "refused", f"{kinds}; {error}"[:150]
        truth = dict(zip(NAMES, material.ids, strict=True))
        restored = [truth[name] for name in frame["file_name"]] == frame["predicted_class"].to_list()
        return ("repaired" if restored else "WRONG REPAIR"), kinds
    if any(f.severity == "warn" for d, _ in examined for f in d.findings):
        return "warned", kinds
    same = all((predicted == original)[aligner.counts].mean() > 0.998 for _, predicted in examined)
    return ("right" if same else "SILENT"), kinds


def main(real: str, atlas: str, models: list[str], only: str = "") -> None:
    """Print the table."""
    aligner = Aligner(read_atlas(atlas))
    materials = read_material(Path(real), models)
    annotated = np.zeros(50_000, bool)
    annotated[aligner.atlas.images["position"].to_numpy()] = True
    misses = Counter()
    for title, cases in (("broken", CORRUPTIONS), ("honest", HONEST)):
        for name, make in cases.items():
            if only and only not in name and only != title:
                continue
            found, details, start = Counter(), Counter(), time.process_time()
            for material in materials:
                with tempfile.TemporaryDirectory() as folder:
                    content = make(material) if title == "broken" else make(material, annotated)
                    path = write(content, Path(folder))
                    del content
                    outcome, kinds = outcome_of(path, material, aligner)
                if title == "honest" and outcome in ("SILENT",):
                    outcome = "right"
                found[outcome] += 1
                details[kinds] += 1
            misses.update(found)
            seconds = (time.process_time() - start) / len(materials)
            print(f"{title:7} {name:42} {dict(found)!s:45} {seconds:5.1f}s  {dict(details)}"[:400], flush=True)
    print(dict(misses))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3].split(","), *sys.argv[4:])
