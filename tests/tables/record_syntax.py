"""Asks terraform again for the answers of syntax_values.json and syntax_files.json.

`python tests/tables/record_syntax.py` writes both files anew, from the texts and files in them.
"""

import json
import shutil
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
VALUES, FILES = HERE / "syntax_values.json", HERE / "syntax_files.json"
MARK = "\ufdd0"  # before a number that Python would round
TERRAFORM = "terraform"


def exact(text):
    return MARK + text


def dumped(value):
    text = json.dumps(value)
    while (at := text.find('"\\ufdd0')) >= 0:
        end = text.index('"', at + 1)
        text = text[:at] + text[at + 7 : end] + text[end + 1 :]
    return text


def run(directory, *arguments):
    return subprocess.run(
        [TERRAFORM, *arguments], cwd=directory, capture_output=True, text=True, check=False
    )


def errors(output):
    """The errors among the lines that `-json` prints, as (file, line, summary)."""
    for line in output.splitlines():
        said = json.loads(line).get("diagnostic", {}) if line.startswith("{") else {}
        if said.get("severity") == "error":
            where = said.get("range") or {"filename": "", "start": {"line": 0}}
            yield where["filename"], where["start"]["line"], said["summary"]


def planned(directory):
    shown = run(directory, "show", "-json", "plan")
    return json.loads(shown.stdout, parse_float=exact)["planned_values"]


def values(context, texts):
    """The answers to expressions, each an output in a file of its own.

    Files that are refused are taken away until terraform plans the rest.
    """
    answers = [{"text": text} for text in texts]
    with tempfile.TemporaryDirectory() as made:
        root = Path(made)
        (root / "context.tf").write_bytes(context.encode())
        for at, text in enumerate(texts):
            content = f'output "c{at}" {{\n  value = {text}\n}}\n'
            (root / f"c{at}.tf").write_bytes(content.encode())
        run(root, "init")
        while found := list(errors(run(root, "plan", "-json", "-out=plan").stdout)):
            for file, _, summary in found:
                if file and (root / file).exists():
                    (root / file).unlink()
                    answers[int(file[1:-3])]["error"] = summary
        outputs = planned(root).get("outputs", {})
    for at, answer in enumerate(answers):
        if "error" not in answer:
            answer["value"] = outputs.get(f"c{at}", {}).get("value")
    return answers


def files(case):
    """The answer to a whole configuration."""
    answer = {"name": case["name"], "files": case["files"]}
    with tempfile.TemporaryDirectory() as made:
        root = Path(made)
        for name, text in case["files"].items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(text.encode())
        begun = run(root, "init", "-json")
        done = begun if begun.returncode else run(root, "plan", "-json", "-out=plan")
        if done.returncode:
            file, line, answer["error"] = next(errors(done.stdout))
            if file:
                answer["place"] = [file, line]
            return answer
        found = planned(root)
    answer["outputs"] = {name: each.get("value") for name, each in found.get("outputs", {}).items()}
    resources = found.get("root_module", {}).get("resources", [])
    answer["resources"] = {each["address"]: each["values"] for each in resources}
    return answer


def main():
    table = json.loads(VALUES.read_text(), parse_float=exact)
    rows = values(table["context"], [case["text"] for case in table["cases"]])
    lines = ",\n".join("  " + dumped(row) for row in rows)
    context = json.dumps(table["context"])
    VALUES.write_text(f'{{\n "context": {context},\n "cases": [\n{lines}\n ]\n}}\n')
    cases = [files(case) for case in json.loads(FILES.read_text(), parse_float=exact)]
    FILES.write_text("[\n" + ",\n".join("  " + dumped(each) for each in cases) + "\n]\n")


if __name__ == "__main__":
    if shutil.which(TERRAFORM) is None:
        raise SystemExit("terraform is not installed")
    main()
