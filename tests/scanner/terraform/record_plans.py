"""Records what the real terraform says of the configurations in `planned/`.

    python -m tests.scanner.terraform.record_plans

writes plan.json beside each, and what terraform keeps of the one that can be applied without a
cloud: terraform.tfstate, and state.json as `terraform show -json` tells it.
"""

import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from tests.oracle.plan import plan
from tests.oracle.rewrite import made_root
from tests.oracle.usage import used

HOME = Path(__file__).with_name("planned")
NEEDS_NO_CLOUD = HOME / "wiring"


def planned(source: Path) -> dict[str, Any]:
    """The plan of a copy of a directory, with what stands in for AWS."""
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / source.name
        shutil.copytree(source, copy)
        made_root(copy)
        return plan(copy, used(copy))


def record() -> None:
    """Write all of it again."""
    for each in sorted(HOME.iterdir()):
        (each / "plan.json").write_text(json.dumps(planned(each), separators=(",", ":")) + "\n")
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / "root"
        shutil.copytree(NEEDS_NO_CLOUD, copy)
        for command in (("init",), ("apply", "-auto-approve")):
            subprocess.run(("terraform", *command), cwd=copy, check=True, capture_output=True)
        shown = subprocess.run(
            ("terraform", "show", "-json"), cwd=copy, check=True, capture_output=True
        )
        shutil.copy(copy / "terraform.tfstate", NEEDS_NO_CLOUD)
        (NEEDS_NO_CLOUD / "state.json").write_bytes(shown.stdout)


if __name__ == "__main__":
    record()
