"""Where an expression stands, and the cells that compute each named value once.

Session is one evaluation of one root module: what was found out besides the values. Scope is the
view of one expression: its module, its file, and the names that only it sees (`each`, `count`,
the variables of a `for`). A Cell is a value that is computed when first asked for, together with
the resource attributes that it was computed from.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from graphs.unknown import Cause, Place, Referent, Unknown
from graphs.verdict import Gap
from scanner.errors import EvaluationProblem, FunctionProblem, TreeProblem
from scanner.terraform.gaps import Gaps
from scanner.terraform.syntax import File, Node
from scanner.terraform.values import Ephemeral, Null, Sensitive, Value, ValueProblem
from scanner.terraform.values.weight import Scales, Spent
from scanner.tree import Tree

if TYPE_CHECKING:
    from scanner.terraform.modules import Module
    from scanner.terraform.repository import Repository

PROBLEMS: Final = (
    EvaluationProblem,
    FunctionProblem,
    TreeProblem,
    ValueProblem,
    RecursionError,
    OverflowError,
)
"""What evaluating an expression raises where terraform would report an error."""

MAX_DEPTH = 400
MAX_INSTANCES = 20_000

Refers: TypeAlias = dict[Referent, None]
Kinds: TypeAlias = Mapping[str, "Callable[[Node, Scope], Value]"]


class Session:
    """One evaluation of one root module: its surroundings, and what turned up on the way."""

    def __init__(
        self,
        tree: Tree,
        directory: str,
        kinds: Kinds,
        environ: Mapping[str, str],
        workspace: str = "",
        libraries: tuple[str, ...] = (),
    ) -> None:
        self.libraries = libraries
        """Directories in which to find modules that are not installed."""
        self.tree = tree
        self.kinds = kinds
        self.directory = directory
        self.environ = environ
        self.workspace = workspace or environ.get("TF_WORKSPACE") or _selected(tree, directory)
        self.exact = False
        """Whether to know no more than terraform does: of a text with holes its beginning only."""
        self.cwd: str | None = None
        """Where terraform would be run, where that is told: path.cwd."""
        self.gaps = Gaps()
        self.unset: dict[Unknown, None] = {}
        self.refers: Refers = {}
        """What the expression at hand has mentioned so far; each cell has its own."""
        self.doubts: list[Unknown] = []
        """Why something that the expression at hand has indexed may not exist."""
        self.running: list[str] = []
        self.confidential: list[Value] = []
        """Values that outputs of modules call sensitive."""
        self.fleeting = False
        """Whether something ephemeral was met."""
        self.instances = 0
        self.scales = Scales()
        self.manifest: dict[str, str] | None = None
        self.name = directory
        """What the root module is called among others."""
        self.repository: Repository | None = None
        """The other root modules, where there may be some."""
        self.fence = 0
        """How much of what is running must not be waited for."""

    def gap(self, kind: str, what: str, effect: str, place: Place | None, fix: str = "") -> None:
        """Record something that was not read or not understood; once, however often met."""
        self.gaps.add(Gap(kind, what, effect, place, fix))

    def instance(self, letters: int) -> None:
        """Count one resource or module, of so many characters of source.

        Raises EvaluationProblem beyond the bound.
        """
        self.instances += 1
        self.scales.again(letters)
        if self.instances > MAX_INSTANCES:
            raise EvaluationProblem(f"more than {MAX_INSTANCES} resources in one root module")


def _selected(tree: Tree, directory: str) -> str:
    """The workspace that `terraform workspace select` has left behind."""
    try:
        return tree.read_text(f"{directory}/.terraform/environment").strip() or "default"
    except TreeProblem:
        return "default"


class Scope:
    """What an expression sees."""

    __slots__ = ("file", "kinds", "module", "names", "session")

    def __init__(
        self, module: "Module", file: File, names: "Mapping[str, Value] | None" = None
    ) -> None:
        self.module = module
        self.session = module.session
        self.kinds = module.session.kinds
        self.file = file
        self.names: dict[str, Value] = dict(names) if names else {}

    def evaluate(self, node: Node) -> Value:
        """The value of an expression, null as None. Raises one of PROBLEMS where it has none."""
        value = self.kinds[node[0]](node, self)
        return None if type(value) is Null else value

    def typed(self, node: Node) -> Value:
        """As `evaluate`, but a null keeps its type, for what unifies or shows types."""
        return self.kinds[node[0]](node, self)

    def inner(self, names: Mapping[str, Value]) -> "Scope":
        """The same place with more names."""
        return Scope(self.module, self.file, {**self.names, **names})

    def place(self, start: int, end: int) -> Place:
        """Lines of a span of the file."""
        return self.file.place(start, end)


class Computed(NamedTuple):
    """A value, and what the expression that gave it mentioned."""

    value: Value
    refers: Refers


class Cell:
    """A named value that is computed once, when first asked for."""

    __slots__ = ("compute", "done", "name", "place")

    def __init__(self, name: str, compute: Callable[[], Value], place: Place | None) -> None:
        self.name = name
        self.compute = compute
        self.place = place
        self.done: Computed | None = None

    def value(self, session: Session) -> Value:
        """The value; what it mentions counts as mentioned by who asks."""
        if self.done is None:
            if self.name in session.running:
                return cycle(session, self.name, self.place)
            self.done = computed(session, self.name, self.compute, self.place)
        session.refers.update(self.done.refers)
        return self.done.value


def computed(
    session: Session, name: str, compute: Callable[[], Value], place: Place | None
) -> Computed:
    """Run a computation on its own record of mentions. A problem becomes a Gap and an Unknown."""
    outside, doubts = session.refers, session.doubts
    session.refers, session.doubts = {}, []
    session.running.append(name)
    try:
        if len(session.running) > MAX_DEPTH:
            raise EvaluationProblem(f"values depend on each other {MAX_DEPTH} levels deep")
        value = compute()
        session.scales.weigh(value)
        return Computed(value, session.refers)
    except PROBLEMS as problem:
        return Computed(failed(session, name, problem, place), session.refers)
    finally:
        session.running.pop()
        session.refers, session.doubts = outside, doubts


def failed(session: Session, name: str, problem: Exception, place: Place | None) -> Unknown:
    """Record that an expression has no value, and give the Unknown that stands for it."""
    deep = isinstance(problem, RecursionError)
    message = "the expression is nested too deeply" if deep else _message(problem)
    where = getattr(problem, "place", None) or place
    if isinstance(problem, Spent):
        spent(session, problem, where)
    else:
        session.gap("evaluation", message, f"{name} is unknown", where)
    return Unknown(Cause.EXPRESSION, name, tuple(session.refers), where)


def spent(session: Session, problem: Spent, place: Place | None) -> None:
    """Record, once, where the work of a root module came to its end."""
    if not session.scales.told:
        session.scales.told = True
        session.gap("too-large", problem.message, _UNFINISHED, place, problem.fix)


_UNFINISHED: Final = "this and what is evaluated after it is unknown"


def _message(problem: Exception) -> str:
    return str(getattr(problem, "message", "") or problem)


class Circle(Exception):
    """A candidate of a lookup depends on what is being looked up: it stays undecided."""


def cycle(session: Session, name: str, place: Place | None) -> Unknown:
    """Record that values depend on each other in a circle, once, and break it here.

    Raises Circle where the circle goes through a lookup: terraform would not see it.
    """
    start = session.running.index(name)
    if start < session.fence:
        raise Circle(name)
    around = session.running[start:]
    session.gap("cycle", f"cycle: {', '.join(sorted(around))}", f"{name} is unknown", place)
    return Unknown(Cause.EXPRESSION, name, (), place)


class Lazy(dict[str, Value]):
    """An object whose attributes are computed when read: a resource, or a module's outputs.

    As a dict it is empty until `fill` has put in all that the configuration says.
    """

    __slots__ = ()

    def read(self, name: str) -> Value:
        """One attribute, noting that it was mentioned."""
        raise KeyError(name)

    def fill(self) -> None:
        """Make the dict complete."""


class Symbolic:
    """What `count` or `for_each` made, where they are unknown: any key leads to one instance."""

    __slots__ = ("doubt", "instance", "name", "referent")

    def __init__(self, name: str, instance: Lazy, doubt: Unknown, refers: bool) -> None:
        self.name = name
        self.instance = instance
        self.doubt = doubt
        self.referent = (Referent(name),) if refers else ()

    def whole(self) -> Unknown:
        """All the instances, as a value."""
        return Unknown(
            Cause.EXPRESSION, self.name, self.referent, self.doubt.place, self.doubt.roots
        )


def filled(value: Value) -> Value:
    """A value as it may leave a traversal: lazy objects complete, symbolic ones unknown."""
    if isinstance(value, Lazy):
        value.fill()
    elif isinstance(value, Symbolic):
        return value.whole()
    elif isinstance(value, Sensitive):
        return Sensitive(filled(value.value))
    elif isinstance(value, tuple):
        for each in value:
            if isinstance(each, Lazy):
                each.fill()
    elif isinstance(value, dict):
        for each in value.values():
            if isinstance(each, Lazy):
                each.fill()
    return value


class Secrets:
    """Whether a secret went into a result: reveals operands, then marks the result."""

    __slots__ = ("fleeting", "found")

    def __init__(self) -> None:
        self.found = False
        self.fleeting = False

    def reveal(self, value: Value) -> Value:
        """The value without its marks."""
        while isinstance(value, Sensitive | Ephemeral):
            if isinstance(value, Sensitive):
                self.found = True
            else:
                self.fleeting = True
            value = value.value
        return value

    def mark(self, value: Value) -> Value:
        """The value with the marks of all that was revealed."""
        if self.found and not isinstance(value, Sensitive):
            value = Sensitive(value)
        if self.fleeting and not isinstance(value, Ephemeral):
            value = Ephemeral(value)
        return value
