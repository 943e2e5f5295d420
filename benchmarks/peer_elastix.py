"""elastix on the two scans that our own registration sees, and where it takes points.

Run by `bench_register` as a script: ``python peer_elastix.py FOLDER``, with the Python
of `.benchmarks/elastix`. Rigid, then B-splines with knots as far apart as ours, by
elastix's own parameters but for those. Prints points (x, y, z, mm) and seconds as JSON.
"""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path

import itk
import numpy as np

LEVELS = 3
FOUND = re.compile(r"OutputPoint = \[ (.*?) \]")


def main(folder: Path) -> None:
    """Register what lies in a folder, and print where its points go."""
    given = np.load(folder / "scans.npz")
    fixed, moving = (image(given, name, np.float32) for name in ("fixed", "moving"))
    body = image(given, "body", np.uint8)
    wanted = itk.ParameterObject.New()
    rigid = wanted.GetDefaultParameterMap("rigid", LEVELS)
    rigid["AutomaticTransformInitialization"] = ["false"]  # our shift is the start
    wanted.AddParameterMap(rigid)
    knots_mm = float(given["knots_mm"])
    wanted.AddParameterMap(wanted.GetDefaultParameterMap("bspline", LEVELS, knots_mm))
    clock, processor = time.perf_counter(), time.process_time()
    _, found = itk.elastix_registration_method(
        fixed,
        moving,
        parameter_object=wanted,
        fixed_mask=body,
        log_to_console=False,
    )
    clock, processor = time.perf_counter() - clock, time.process_time() - processor
    answer = {
        "points": moved(folder, moving, found, given["points"]),
        "clock_s": clock,
        "processor_s": processor,
    }
    sys.stdout.write(json.dumps(answer) + "\n")


def image(given: dict[str, np.ndarray], name: str, kind: type) -> object:
    """Return one of the arrays as an image in its place."""
    made = itk.image_from_array(np.ascontiguousarray(given[name].astype(kind)))
    made.SetSpacing([float(given["step_mm"])] * 3)
    origin = "moving_origin" if name == "moving" else "fixed_origin"
    made.SetOrigin(given[origin].tolist())
    return made


def moved(folder: Path, moving: object, way: object, points: np.ndarray) -> list:
    """Return where points go, by transformix."""
    asked = folder / "points.txt"
    rows = [" ".join(map(str, row)) for row in points.tolist()]
    asked.write_text("\n".join(["point", str(len(rows)), *rows]) + "\n")
    itk.transformix_filter(
        moving,
        way,
        fixed_point_set_file_name=str(asked),
        output_directory=str(folder),
        log_to_console=False,
    )
    told = (folder / "outputpoints.txt").read_text()
    return [list(map(float, each.split())) for each in FOUND.findall(told)]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
