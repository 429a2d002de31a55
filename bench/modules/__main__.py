"""python -m bench.modules: what a browser downloads for each part of the front end, once."""

import os
import re
import subprocess
import sys
from pathlib import Path

from bench.harness.figures import ROOT, Figures

BIN = Path(sys.executable).parent  # where Node is, beside Python
# "ok   counter, calls           18.6 of 20 kB gz", as web/tools/budget.mjs says it after a build.
SIZE = re.compile(
    r"^(?:ok|OVER) +(?P<name>\S.*?) +(?P<size>\d+\.\d) of (?P<most>\d+) kB gz$", re.MULTILINE
)


def main() -> None:
    out = Figures("modules", "Scripts and styles, each fetched when it is first needed")
    built = subprocess.run(
        [str(BIN / "npm"), "--prefix", "web", "run", "--silent", "build"],
        cwd=ROOT,
        env={**os.environ, "PATH": os.pathsep.join([str(BIN), os.environ["PATH"]])},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    sizes = list(SIZE.finditer(built.stdout))
    for size in sizes:
        name = size["name"][0].upper() + size["name"][1:]
        out.add(name, f"{size['size']} kB gz", aim=f"{size['most']} kB gz")
    if built.returncode or not sizes:
        sys.exit("The front end was not built, or one of its parts is over its budget.")
    if "--quick" not in sys.argv:
        out.keep()


if __name__ == "__main__":
    main()
