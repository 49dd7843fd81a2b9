"""Random expressions: every function with plausible arguments, operators, templates, unknowns.

Most are valid; some are wrong on purpose. A seed always gives the same ones.
"""

# ruff: noqa: E501  tables are read by column
import json
from collections.abc import Callable
from random import Random

CONTEXT = {
    "context.tf": """\
variable "str" { default = "s" }
variable "num" {
  type    = number
  default = "5"
}
variable "nul" {
  type    = string
  default = null
}
variable "objs" {
  type    = list(object({ port = number, cidr = optional(string, "10.0.0.0/8"), n = optional(string) }))
  default = [{ port = "22" }, { port = 443, cidr = "0.0.0.0/0", extra = 1 }]
}
variable "none" {
  type    = list(object({ a = string, b = optional(number) }))
  default = []
}
variable "mp" {
  type    = map(number)
  default = { a = "1", b = 2 }
}
variable "st" {
  type    = set(string)
  default = ["b", "a", "b", 1]
}
variable "lst" {
  type    = list(string)
  default = [1, "a", true]
}
variable "nulls" {
  type    = list(string)
  default = ["a", null]
}
variable "anyl" {
  type    = list(any)
  default = [1, "x"]
}
variable "sens" {
  type      = string
  sensitive = true
  default   = "secret"
}
variable "senl" {
  type      = list(string)
  sensitive = true
  default   = ["x", "y"]
}
variable "senm" {
  type      = map(number)
  sensitive = true
  default   = { k = 1 }
}
variable "senn" {
  type      = number
  sensitive = true
  default   = 7
}
locals {
  obj = { a = { b = { c = 1 } }, k = "v" }
  tpl = "Hello $${name}!"
}
resource "terraform_data" "s" { input = "in" }
resource "terraform_data" "n" { input = 5 }
resource "terraform_data" "b" { input = true }
resource "terraform_data" "l" { input = tolist(["a", "b"]) }
resource "terraform_data" "e" { input = toset(["a"]) }
resource "terraform_data" "m" { input = tomap({ a = "x" }) }
resource "terraform_data" "o" { input = { a = 1, b = "x" } }
resource "terraform_data" "t" { input = ["a", 1] }
resource "terraform_data" "c" {
  count = 2
  input = "c${count.index}"
}
resource "terraform_data" "f" {
  for_each = toset(["x", "y"])
  input    = "${each.key}-${each.value}"
}
"""
}

TEXTS = (
    "", "a", "b", "hello", "Hello World", "1", "0", "-5", "3.14", "true", "false", "1e3", " 2",
    "abc def", "  x  ", "a,b,c", "a-b_c", "straße", "ÀÉÎ", "e\u0301a", "\U0001f468‍\U0001f469‍\U0001f467x",
    "日本語", "\u0130i", "\u0149x", "x\ny", "a\r\nb", "tab\there", 'q"uote', "back\\slash", "<&>",
    "$1", "arn:aws:iam::123456789012:role/x", "10.0.0.0/16", "null", "yes", "~", "AbC", "aaa",
    "\u00a0nb\u00a0", "ﬁne", "ς", "ΣΑΣ", "0x1F", "1_000", "+7", ".5", "5.", "ff", "z", "%", "%%",
)  # fmt: skip
NUMBERS = (
    "0", "1", "2", "3", "5", "10", "-1", "-2.5", "0.1", "1.5", "2.5", "3.5", "-0.5", "100", "255",
    "1e3", "1e21", "1e-7", "1e30", "123456789012345678901234567890", "1/3", "0.1+0.2", "2/3*1e10",
    "1e100", "9007199254740993", "0.000001", "1234567.891", "4294967296", "9223372036854775807",
    "-7", "7", "8", "16", "32", "1e15", "123456.7", "0.30000000000000004", "99.995", "1.0",
)  # fmt: skip
CIDRS = (
    "10.0.0.0/8", "10.1.2.3/16", "192.168.0.0/24", "0.0.0.0/0", "10.0.0.1/32", "fd00::/8",
    "2001:db8::/32", "::/0", "::ffff:10.0.0.0/104", "fe80::1/128", "10.0.0.0/33", "10.0.0/8", "x",
    "10.0.0.0", "010.0.0.0/8", "2001:db8:0:1::/64", "fd00:fd12:3456:7890::/56", "1.2.3.4/31",
)  # fmt: skip
TIMES = (
    "2018-01-01T00:00:00Z", "2020-02-29T23:59:59Z", "2020-02-29T13:05:09+02:00", "2021-12-31T12:00:00-07:30",
    "1999-01-01T00:00:00.123Z", "2018-01-01", "2018-01-01t00:00:00z", "2018-13-01T00:00:00Z",
    "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2018-01-01T24:00:00Z", "2018-01-01T00:00:00", "x",
    "2017-11-22T00:00:00+00:00", "2017-11-22T01:00:00+01:00", "2018-01-01T00:00:60Z",
)  # fmt: skip
DURATIONS = (
    "1h", "-1h", "10m", "1h30m", "1.5s", "100ms", "24h", "8760h", "-36h15m", "1us", "1ns", "0",
    "1d", "", "h", "1", "+5m", "1h-5m", "999999h", ".5h", "1µs", "2562047h47m16s",
)  # fmt: skip
DATES = (
    "YYYY-MM-DD", "DD MMM YYYY hh:mm ZZZ", "EEEE, DD-MMM-YY hh:mm:ss ZZZ", "EEE D M h H AA aa m s Z",
    "MMMM ZZZZ ZZZZZ", "'T'hh 'o''clock'", "YYY", "x", "-/:", "hhh", "'open", "HH:mm:ssAA", "YYYYMMDD'T'hhmmssZ",
)  # fmt: skip
PATTERNS = (
    "a", "[a-z]+", "(a)(b)?", "(?P<x>[a-z])(?P<y>[0-9])?", "^$", "\\\\d+", "(?i)HELLO", "(?=a)", "a{2,3}",
    "[", "(a", "\\\\bx", ".", "(?s).*", "(?P<n>a)|(b)", "\\\\p{L}+", "x*", "(a|b)+", "[[:alpha:]]+", "\\\\Z",
    "(?m)^.$", "a{1001}", "\\\\1", "(?U)a+", "[^,]*", "\\\\w+@\\\\w+", "é", "(?<n>a)", "\\\\Qa.b\\\\E",
)  # fmt: skip
REPLACEMENTS = ("x", "", "$0", "$1", "${1}", "$$", "$n", "$1x", "-$1-", "${x}", "$", "$9", "\\\\1")
VERBS = (
    "%s", "%d", "%v", "%#v", "%q", "%t", "%f", "%.2f", "%5.1f", "%05d", "%x", "%X", "%o", "%b", "%e", "%E", "%g",
    "%G", "%5s", "%-5s", "%.2s", "%+d", "% d", "%#x", "%-5d|", "%08.3f", "%%", "%[2]s", "%[1]v", "%10v", "%z", "%",
    "%5t", "%.3g", "%.10e", "%+f", "%6.2q", "%#o", "%-8q|", "%.0f", "%020d", "%*d", "%.5d", "%+v", "% f", "%-08d|",
    "%c", "%U", "%p", "%T", "%#b", "%[3]d", "%[0]s", "%.f", "%+s", "%05s", "%-05s|", "%+e", "%g%%",
)  # fmt: skip
YAMLS = (
    "a: 1", "- 1\n- x", "a: [1, 2, {b: c}]", "{a: null, b: ~}", "x: 0x1F", "t: 2020-01-01", "b: yes", "f: 1.5e3",
    "s: |\n  line\n  two\n", "s: >\n  folded\n  text\n", "&a [1]", "a: &x 1\nb: *x", "<<: {a: 1}\nb: 2", "!!str 5",
    "'single'", '"dou\\tble"', "a: 1\na: 2", "", "---\nx: 1\n", "a: 010", "o: 0o17", "u: 1_000", "- .inf", "- .nan",
    "? k\n: v", "x: !!binary aGk=", "x: true\ny: True\nz: TRUE", "- -5\n- +5\n- .5", "n: 12e03", "t: 2001-12-14t21:59:43.10-05:00",
    "m:\n  a: 1\n  b:\n  - x\n  - y\n", "[", "a: b: c", "- !!int '5'", "null", "n: NULL", "x: 1.0", "x: -0",
)  # fmt: skip
JSONS = (
    '{"a":1,"b":[true,null,"x"]}', "[]", "{}", '"x"', "1.50", "1e400", "null", '{"a":1,"a":2}', "[1,]", "{a:1}",
    '"\\u00e9\\ud83d\\ude00"', '{"b":{"c":[{"d":1.10}]}}', " [1] ", "", "tru", '"\\ud800"', "-0", "01", "1 2", '["a","b"]',
    "123456789012345678901234567890.5", '{"":1}', '"a\\/b"', "[1,[2,[3]]]",
)  # fmt: skip
CSVS = (
    "a,b\n1,2\n",
    "a,b\n1,2\n3,4",
    "a\n",
    "a,b\n1\n",
    'a,b\n"x,y","q""z"\n',
    "",
    "a,a\n1,2",
    "a,b\r\n1,2\r\n",
    " a , b \n 1 , 2 ",
    "é\nü",
)
BASE64 = ("aGVsbG8=", "aGVsbG8", "", "w6k=", "/w==", "a b", "SGVs\\nbG8=", "4pyT", "aGVsbG8=====")
KEYS = ("a", "b", "c", "k", "x", "0", "é", "a b")

UNKNOWN = {
    "S": ("terraform_data.s.id", "terraform_data.s.output", "terraform_data.c[0].id", 'terraform_data.f["x"].output'),
    "N": ("terraform_data.n.output",),
    "B": ("terraform_data.b.output",),
    "L": ("terraform_data.l.output", "terraform_data.c[*].id"),
    "E": ("terraform_data.e.output",),
    "M": ("terraform_data.m.output",),
    "O": ("terraform_data.o.output", "terraform_data.s"),
    "T": ("terraform_data.t.output",),
}  # fmt: skip
SECRETS = {
    "S": ("var.sens", 'sensitive("z")'),
    "N": ("var.senn", "sensitive(3)"),
    "B": ("sensitive(true)",),
    "L": ("var.senl", 'sensitive(tolist(["q"]))'),
    "E": ('sensitive(toset(["q"]))',),
    "M": ("var.senm",),
    "O": ('sensitive({ a = 1, b = "x" })',),
    "T": ('sensitive(["a", 1])',),
}
NAMED = {
    "S": ("var.str", "local.obj.k", "var.lst[0]", "local.tpl"),
    "N": ("var.num", "var.mp.a", "var.objs[0].port"),
    "B": (),
    "L": ("var.lst", "var.anyl", "var.objs[*].cidr", "var.none[*].b", "var.nulls", "var.objs"),
    "E": ("var.st",),
    "M": ("var.mp",),
    "O": ("local.obj", "var.objs[0]"),
    "T": (),
}
KINDS = "SNBLEMOT"
# C cidr, D time, U duration, F date format, P pattern, R replacement, Y yaml, J json, V csv, 6 base64, I index
CALLS: dict[str, tuple[str, ...]] = {
    "abs": ("N",), "abspath": (), "alltrue": ("L", "T"), "anytrue": ("L", "T"), "base64decode": ("6",),
    "base64encode": ("S",), "base64sha256": ("S",), "base64sha512": ("S",), "basename": ("S",), "ceil": ("N",),
    "chomp": ("S",), "chunklist": ("LI", "TI"), "cidrhost": ("CI",), "cidrnetmask": ("C",), "cidrsubnet": ("CII",),
    "cidrsubnets": ("CI", "CIII"), "coalesce": ("SSS", "XX", "NN"), "coalescelist": ("LL", "TL", "EL"),
    "compact": ("L", "T"), "concat": ("LL", "TT", "LT", "L"), "contains": ("LX", "TX", "ES"), "csvdecode": ("V",),
    "dirname": ("S",), "distinct": ("L", "T"), "element": ("LI", "TI"), "endswith": ("SS",), "flatten": ("T", "L"),
    "floor": ("N",), "format": ("GXXX",), "formatdate": ("FD",), "formatlist": ("GLX", "GTT"), "indent": ("IS",),
    "index": ("LX", "TX"), "issensitive": ("X",), "join": ("SL", "SLT"), "jsondecode": ("J",), "jsonencode": ("X",),
    "keys": ("M", "O"), "length": ("X", "S", "L"), "log": ("NN",), "lookup": ("MSX", "OSX", "MS"), "lower": ("S",),
    "matchkeys": ("LLL", "TTT"), "max": ("NN", "N"), "md5": ("S",), "merge": ("MO", "OO", "MM", "O"), "min": ("NN",),
    "nonsensitive": ("X",), "one": ("L", "T", "E"), "parseint": ("SI",), "pathexpand": ("S",), "pow": ("NN",),
    "range": ("I", "II", "III", "NNN"), "regex": ("PS",), "regexall": ("PS",), "replace": ("SSR", "SQR"), "reverse": ("L", "T", "E"),
    "sensitive": ("X",), "setintersection": ("EE", "LT", "ETE"), "setproduct": ("LL", "EE", "TE", "LTE"), "setsubtract": ("EE", "LT"),
    "setunion": ("EE", "LT", "E"), "sha1": ("S",), "sha256": ("S",), "sha512": ("S",), "signum": ("N",), "slice": ("LII", "TII"),
    "sort": ("L", "E", "T"), "split": ("SS",), "startswith": ("SS",), "strcontains": ("SS",), "strrev": ("S",), "substr": ("SII",),
    "sum": ("L", "T", "E"), "templatestring": ("tO",), "textdecodebase64": ("6e",), "textencodebase64": ("Se",), "timeadd": ("DU",),
    "timecmp": ("DD",), "title": ("S",), "tobool": ("X", "S"), "tolist": ("T", "L", "E", "X"), "tomap": ("O", "M", "X"),
    "tonumber": ("S", "X"), "toset": ("T", "L", "X"), "tostring": ("X", "N"), "transpose": ("O", "M"), "trim": ("SS",),
    "trimprefix": ("SS",), "trimspace": ("S",), "trimsuffix": ("SS",), "upper": ("S",), "urlencode": ("S",),
    "uuidv5": ("uS",), "values": ("M", "O"), "yamldecode": ("Y",), "yamlencode": ("X", "O", "T"), "zipmap": ("LL", "TT", "LT"),
}  # fmt: skip
RESULTS = {
    "S": "S base64decode base64encode basename chomp cidrhost dirname format formatdate indent join jsonencode lower md5 replace "
    "strrev substr timeadd title tostring trim trimprefix trimspace trimsuffix upper urlencode yamlencode coalesce element lookup regex",
    "N": "abs ceil floor index length log max min parseint pow signum sum timecmp tonumber element one lookup",
    "B": "alltrue anytrue contains endswith startswith strcontains tobool issensitive",
    "L": "chunklist cidrsubnets compact concat distinct keys matchkeys range regexall reverse setproduct slice sort split tolist values formatlist",
    "E": "setintersection setproduct setsubtract setunion toset",
    "M": "merge tomap transpose zipmap",
    "O": "merge zipmap jsondecode yamldecode",
    "T": "concat flatten keys values reverse slice",
}  # fmt: skip


def quoted(text: str) -> str:
    """A text as HCL writes it."""
    written = json.dumps(text, ensure_ascii=False).replace("\\/", "/")
    return written.replace("${", "$${").replace("%{", "%%{")


class Author:
    """Writes expressions."""

    def __init__(self, seed: int, unknown: float = 0.08, secret: float = 0.04) -> None:
        self.random = Random(seed)
        self.unknown = unknown
        self.secret = secret
        self.names: list[str] = []
        self.special: dict[str, Callable[[int], str]] = {
            "C": lambda _: quoted(self.pick(CIDRS)), "D": lambda _: quoted(self.pick(TIMES)),
            "U": lambda _: quoted(self.pick(DURATIONS)), "F": lambda _: quoted(self.pick(DATES)),
            "P": lambda _: f'"{self.pick(PATTERNS)}"', "Q": lambda _: f'"/{self.pick(PATTERNS)}/"',
            "R": lambda _: quoted(self.pick(REPLACEMENTS)).replace("\\\\\\\\", "\\\\"),
            "Y": lambda _: quoted(self.pick(YAMLS)),
            "J": lambda depth: quoted(self.pick(JSONS)) if self.chance(0.8) else f"jsonencode({self.any(depth)})",
            "V": lambda _: quoted(self.pick(CSVS)), "6": lambda _: f'"{self.pick(BASE64)}"',
            "I": lambda depth: str(self.random.choice((0, 1, 2, 3, -1, 4, 8, 16, 62))) if self.chance(0.85) else self.of("N", depth),
            "G": self.format, "X": self.any, "t": lambda _: self.pick(("local.tpl", "local.obj.k", "var.str", "terraform_data.s.output")),
            "e": lambda _: quoted(self.pick(("UTF-8", "UTF-16LE", "UTF-16", "ISO-8859-1", "Shift_JIS", "windows-1252", "x", "CP437", "GBK", "US-ASCII"))),
            "u": lambda _: quoted(self.pick(("dns", "url", "oid", "x500", "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "no"))),
        }  # fmt: skip

    def pick(self, several: "tuple[str, ...] | list[str]") -> str:
        """One of them."""
        return self.random.choice(several)

    def chance(self, share: float) -> bool:
        """True so often."""
        return self.random.random() < share

    def expression(self) -> str:
        """One expression."""
        depth = self.random.choice((1, 2, 2, 3, 3, 4))
        if self.chance(0.6):
            return self.call(self.pick(list(CALLS)), depth)
        return self.any(depth)

    def any(self, depth: int) -> str:
        """An expression of any kind; sometimes a null."""
        if self.chance(0.05):
            return self.null()
        return self.of(self.pick(list(KINDS)), depth)

    def null(self) -> str:
        """A null, with a type or without."""
        return self.pick(("null", "null", 'true ? null : "x"', "var.nul", "true ? null : [1]", "true ? null : 1",
                          "tolist(null)", "var.nulls[1]", "false ? {a=1} : null"))  # fmt: skip

    def of(self, kind: str, depth: int) -> str:
        """An expression that is mostly of one kind."""
        if kind in self.special:
            return self.special[kind](depth)
        if self.chance(0.04):
            kind = self.pick(list(KINDS))
        if self.chance(self.unknown):
            return self.pick(UNKNOWN[kind])
        if self.chance(self.secret):
            return self.pick(SECRETS[kind])
        if NAMED[kind] and self.chance(0.12):
            return self.pick(NAMED[kind])
        if self.names and self.chance(0.3):
            return self.pick(self.names)
        if self.chance(0.02):
            return self.null()
        if depth <= 0 or self.chance(0.35):
            return self.literal(kind, depth)
        return self.pick_form(kind)(depth - 1)

    def pick_form(self, kind: str) -> Callable[[int], str]:
        """One way to make that kind."""
        forms: list[Callable[[int], str]] = [
            lambda depth: self.call(self.pick(RESULTS[kind].split()), depth),
            lambda depth: self.call(self.pick(RESULTS[kind].split()), depth),
            lambda depth: self.conditional(kind, depth),
            lambda depth: self.attempt(kind, depth),
            lambda depth: self.read(kind, depth),
        ]
        own: dict[str, tuple[Callable[[int], str], ...]] = {
            "S": (self.template, self.template), "N": (self.arithmetic, self.arithmetic), "B": (self.comparison, self.comparison),
            "L": (self.for_list, self.splat), "O": (self.for_object,), "T": (self.for_list, self.splat),
        }  # fmt: skip
        return self.random.choice(forms + list(own.get(kind, ())))

    def literal(self, kind: str, depth: int) -> str:
        """The plainest expression of a kind."""
        if kind == "S":
            return quoted(self.pick(TEXTS))
        if kind == "N":
            return self.pick(NUMBERS)
        if kind == "B":
            return self.pick(("true", "false"))
        if kind in "MO":
            body = self.object(depth, same=kind == "M")
            return f"tomap({body})" if kind == "M" else body
        body = self.tuple(depth, same=kind in "LE")
        return {"L": f"tolist({body})", "E": f"toset({body})", "T": body}[kind]

    def tuple(self, depth: int, same: bool) -> str:
        """[a, b]"""
        kind = self.pick(list("SSNBTO" if depth > 1 else "SSN"))
        items = [self.of(kind if same and not self.chance(0.05) else self.pick(list("SNBSNT")), depth - 1) for _ in range(self.random.randrange(4))]  # fmt: skip
        return f"[{', '.join(items)}]"

    def object(self, depth: int, same: bool) -> str:
        """{a = b}"""
        kind = self.pick(list("SNL" if depth > 1 else "SN"))
        keys = self.random.sample(KEYS[:5] if self.chance(0.9) else KEYS, self.random.randrange(4))
        pairs = [
            f"{quoted(key)} = {self.of(kind if same else self.pick(list('SNBT')), depth - 1)}"
            for key in keys
        ]
        return "{" + ", ".join(pairs) + "}"

    def call(self, name: str, depth: int) -> str:
        """name(...)"""
        if name not in CALLS or not CALLS[name]:
            return self.literal("S", depth)
        kinds = self.pick(CALLS[name])
        args = [
            self.of(kind if not self.chance(0.03) else self.pick(list(KINDS)), depth - 1)
            for kind in kinds
        ]
        if self.chance(0.03):
            args = args[:-1] if self.chance(0.5) else [*args, self.any(depth - 1)]
        if args and self.chance(0.02):
            return f"{name}({', '.join([*args[:-1], self.of('T', depth - 1)])}...)"
        return f"{name}({', '.join(args)})"

    def format(self, _: int) -> str:
        """A format string."""
        verbs = [self.pick(VERBS) for _ in range(self.random.choice((1, 1, 2, 3)))]
        return quoted(self.pick(("", "x ", "é:")) + "-".join(verbs))

    def conditional(self, kind: str, depth: int) -> str:
        other = kind if self.chance(0.75) else self.pick(list(KINDS))
        sides = [self.of(kind, depth), self.of(other, depth)]
        self.random.shuffle(sides)
        test = self.of("B", depth - 1) if self.chance(0.85) else self.of("S", depth)
        return f"({test} ? {sides[0]} : {sides[1]})"

    def attempt(self, kind: str, depth: int) -> str:
        if self.chance(0.2):
            return f"can({self.any(depth)})"
        return f"try({self.any(depth)}, {self.of(kind, depth)})"

    def read(self, kind: str, depth: int) -> str:
        """An element of something."""
        forms = (
            lambda: f"[{self.of(kind, depth)}, {self.of(kind, depth)}][{self.of('I', depth)}]",
            lambda: f"{self.of('L', depth)}[{self.of('I', depth)}]",
            lambda: f"{{ a = {self.of(kind, depth)}, b = {self.any(depth)} }}.a",
            lambda: f"{self.of('M', depth)}[{quoted(self.pick(KEYS))}]",
        )
        return self.random.choice(forms)()

    def template(self, depth: int) -> str:
        form = self.random.randrange(6)
        if form < 3:
            return f'"{self.pick(("", "p-", "é"))}${{{self.any(depth) if self.chance(0.3) else self.of("S", depth)}}}{self.pick(("", "-s"))}"'
        if form == 3:
            return f'"a${{{self.of("N", depth)}}}b${{{self.of("S", depth)}}}"'
        if form == 4:
            return f'"%{{ if {self.of("B", depth)} }}{self.pick(("y", "${var.num}"))}%{{ else }}n%{{ endif }}"'
        with Names(self, "x"):
            return f'"%{{ for x in {self.of("L", depth)} ~}} ${{x}} %{{ endfor }}"'

    def arithmetic(self, depth: int) -> str:
        if self.chance(0.1):
            return f"-{self.of('N', depth)}"
        return (
            f"({self.of('N', depth)} {self.pick(('+', '-', '*', '/', '%'))} {self.of('N', depth)})"
        )

    def comparison(self, depth: int) -> str:
        form = self.random.randrange(4)
        if form == 0:
            return (
                f"({self.of('N', depth)} {self.pick(('<', '<=', '>', '>='))} {self.of('N', depth)})"
            )
        if form == 1:
            return f"({self.of('B', depth)} {self.pick(('&&', '||'))} {self.of('B', depth)})"
        if form == 2:
            return f"!{self.of('B', depth)}"
        kind = self.pick(list(KINDS))
        other = self.of(kind, depth) if self.chance(0.7) else self.any(depth)
        return f"({self.of(kind, depth)} {self.pick(('==', '!='))} {other})"

    def splat(self, depth: int) -> str:
        several = self.of(self.pick(list("LTEO")), depth)
        return (
            f"{several}[*]" if self.chance(0.6) else f"{several}[*].{self.pick(('a', 'b', 'port'))}"
        )

    def for_list(self, depth: int) -> str:
        several = self.of(self.pick(list("LTEMO")), depth)
        with Names(self, "k", "v"):
            test = f" if {self.of('B', depth)}" if self.chance(0.3) else ""
            return f"[for k, v in {several} : {self.any(depth)}{test}]"

    def for_object(self, depth: int) -> str:
        several = self.of(self.pick(list("LTEMO")), depth)
        with Names(self, "k", "v"):
            more = "..." if self.chance(0.3) else ""
            test = f" if {self.of('B', depth)}" if self.chance(0.2) else ""
            key = "k" if self.chance(0.6) else self.of("S", depth)
            return f"{{for k, v in {several} : {key} => {self.any(depth)}{more}{test}}}"


class Names:
    """The names that a `for` brings, while its body is written."""

    def __init__(self, author: Author, *names: str) -> None:
        self.author = author
        self.names = names

    def __enter__(self) -> None:
        self.before = self.author.names
        self.author.names = [*self.before, *self.names]

    def __exit__(self, *_: object) -> None:
        self.author.names = self.before
