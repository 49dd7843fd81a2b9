"""Functions that read files see the tree and nothing else; templates go through the context."""

import base64

import pytest

from graphs.unknown import Cause, Unknown, text
from scanner.terraform.functions import Context, FunctionProblem, call
from scanner.terraform.values import Sensitive
from scanner.tree import Directory


def prime_above(number):
    while pow(3, number - 1, number) != 1:
        number += 1
    return number


def der(tag, *contents):
    inside = b"".join(contents)
    size = len(inside)
    head = bytes((tag, size)) if size < 128 else bytes((tag, 0x82)) + size.to_bytes(2)
    return head + inside


def integers(*numbers):
    return [der(0x02, number.to_bytes(number.bit_length() // 8 + 1)) for number in numbers]


def toy_key():
    """An RSA key for nothing but this test: (modulus, PEM in PKCS #1, PEM in PKCS #8)."""
    p, q = prime_above(3 << 254), prime_above(5 << 253)
    modulus, secret = p * q, pow(65537, -1, (p - 1) * (q - 1))
    key = der(0x30, *integers(0, modulus, 65537, secret, p, q))
    wrapped = der(0x30, *integers(0), der(0x30), der(0x04, key))
    return modulus, pem("RSA PRIVATE KEY", key), pem("PRIVATE KEY", wrapped)


def pem(label, content):
    body = base64.encodebytes(content).decode()
    return f"-----BEGIN {label}-----\n{body}-----END {label}-----\n"


@pytest.fixture
def context(tmp_path):
    for name in ("main/a.txt", "main/sub/b.txt", "main/sub/deep/c.json", "other/d.txt"):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"in {name}")
    (tmp_path / "main" / "etc").symlink_to("/etc")
    return Context(tree=Directory(tmp_path), root="main", module="main")


def test_paths_start_at_the_root_module(context):
    assert call("file", ["a.txt"], context) == "in main/a.txt"
    assert call("file", ["./sub/../sub/b.txt"], context) == "in main/sub/b.txt"
    assert call("file", ["../other/d.txt"], context) == "in other/d.txt"


def test_absolute_paths_end_as_terraform_says_wherever_the_code_stands(context):
    assert str(call("abspath", ["sub/../x"], context)) == "${path of the scanned directory}/main/x"
    assert call("basename", [call("abspath", ["sub/x/"], context)], context) == "x"
    assert call("basename", [call("abspath", ["."], context)], context) == "main"
    assert call("abspath", ["/a/../b"], context) == "/b"
    assert isinstance(call("abspath", ["../../x"], context), Unknown)
    elsewhere = call("abspath", [".."], context)  # the scanned directory itself
    assert isinstance(call("basename", [elsewhere], context), Unknown)


def test_the_end_of_other_unknown_paths_stays_unknown(context):
    path = text([Unknown(Cause.COMPUTED, "local_file.a.directory"), "/x"])
    assert isinstance(call("basename", [path], context), Unknown)


def test_terraform_is_run_in_the_directory_of_the_root_module(terraform):
    files = {"live/prod/main.tf": 'output "name" { value = "ex-${basename(path.cwd)}" }'}
    assert terraform(files, "live/prod").outputs["name"] == "ex-prod"
    top = terraform({"main.tf": 'output "name" { value = basename(path.cwd) }'})
    assert isinstance(top.outputs["name"], Unknown)


def test_missing_file_is_an_error_as_in_terraform(context):
    with pytest.raises(FunctionProblem, match='no file exists at "nope"'):
        call("file", ["nope"], context)
    assert call("fileexists", ["nope"], context) is False


@pytest.mark.parametrize("path", ["../../x", "/etc/passwd", "~/.ssh/id_rsa.pub", "etc/passwd"])
def test_what_lies_outside_is_unknown_and_not_read(context, path):
    for name in ("file", "filebase64", "filesha256", "fileexists"):
        found = call(name, [path], context)
        assert found == Unknown(Cause.DENIED, f'{name}("{path}")')


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("*", ("a.txt",)),
        ("**", ("a.txt", "sub/b.txt", "sub/deep/c.json")),
        ("**/*.txt", ("a.txt", "sub/b.txt")),
        ("sub/*", ("sub/b.txt",)),
        ("sub/**/*.json", ("sub/deep/c.json",)),
        ("{a,x}.txt", ("a.txt",)),
        ("[!b].txt", ("a.txt",)),
        ("?.txt", ("a.txt",)),
    ],
)
def test_fileset(context, pattern, found):
    assert call("fileset", [".", pattern], context) == found


def test_templates_are_evaluated_by_the_context(context):
    def evaluate(text, name, variables):
        return f"{name}: {text} with {sorted(variables)}"

    with_templates = Context(context.tree, "main", "main", evaluate)
    rendered = call("templatefile", ["a.txt", {"x": 1}], with_templates)
    assert rendered == "a.txt: in main/a.txt with ['x']"
    secret = call("templatefile", ["a.txt", Sensitive({"x": 1})], with_templates)
    assert secret == Sensitive(rendered)
    assert call("templatestring", ["t", {}], with_templates).endswith("t with []")


def test_template_variables_must_be_a_map(context):
    with pytest.raises(FunctionProblem, match="must be a map"):
        call("templatefile", ["a.txt", "x"], context)


def test_rsadecrypt(context):
    modulus, *keys = toy_key()
    message = b"\0\x02" + b"\x07" * 56 + b"\0hello"
    encrypted = pow(int.from_bytes(message), 65537, modulus).to_bytes(64)
    text = base64.b64encode(encrypted).decode()
    for key in keys:
        assert call("rsadecrypt", [text, key], context) == "hello"
    with pytest.raises(FunctionProblem, match="no key found"):
        call("rsadecrypt", [text, "key"], context)
