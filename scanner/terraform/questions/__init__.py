"""Expressions asked of a root module, which is evaluated once for all of them.

Each is evaluated as the value of an output of the root module would be. An expression that
terraform would refuse, or that expands beyond the bounds of an evaluation, is refused alone.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from graphs.unknown import Cause, unknowns_in
from scanner.errors import EvaluationProblem
from scanner.terraform.definitions import configuration
from scanner.terraform.evaluate import called, deep
from scanner.terraform.expressions import KINDS
from scanner.terraform.inputs import settings
from scanner.terraform.modules import Module
from scanner.terraform.questions.answers import Answer, answer
from scanner.terraform.questions.readable import described
from scanner.terraform.repository import Member, Repository
from scanner.terraform.scope import PROBLEMS, Lazy, Scope, Session, filled
from scanner.terraform.syntax import Node, SyntaxProblem, parse
from scanner.terraform.told import Told
from scanner.terraform.values import Ephemeral, Sensitive, Value, unmark_deep
from scanner.tree import Tree, normal

FILE: Final = "expression"
_REFUSED: Final = ("evaluation", "cycle", "invalid-value")
_TOO_MUCH: Final = "the expression needs too much memory"


class Questions:
    """A root module that answers expressions."""

    def __init__(  # noqa: PLR0913  what a root module is opened with
        self,
        tree: Tree,
        directory: str = ".",
        *,
        told: Sequence[Told] = (),
        environ: Mapping[str, str] | None = None,
        workspace: str = "",
        libraries: tuple[str, ...] = (),
        cwd: str | None = None,
        exact: bool = True,
        beside: Sequence[Member] = (),
        environment: str = "",
    ) -> None:
        """`cwd` is where terraform would be run; `exact` is to know no more than it does.

        `beside` are the root modules whose values this one may read, in its environment.

        Raises UsageProblem where a variable or a variable file does not exist.
        """
        home = normal(directory)
        self._session = Session(tree, home, KINDS, environ or {}, workspace, libraries)
        self._session.cwd, self._session.exact = cwd, exact
        found = configuration(tree, self._session.directory)
        arguments = settings(self._session, found, told)
        self._root = Module(self._session, found, arguments)
        self._failed: dict[str, str] = {}
        if beside:
            own = Member(
                called(self._session.directory, environment), environment, lambda: self._root
            )
            Repository([own, *beside]).root(own.name)

    def ask(self, source: str) -> Answer:
        """The value of an expression with its type. Raises what `value` raises."""
        with deep():
            return answer(self.value(source))

    def value(self, source: str) -> Value:
        """The value of an expression. Raises SyntaxProblem or one of PROBLEMS where it has none."""
        session = self._session
        session.scales.work = 0
        session.doubts.clear()
        session.refers.clear()
        node, scope = self._parsed(source)
        with deep():
            value = complete(scope.typed(node))
            session.scales.weigh(value)
            self._check(unmark_deep(value)[0])
        return value

    def _parsed(self, source: str) -> tuple[Node, Scope]:
        """The expression alone: whatever else stands in the text is refused."""
        file = parse(f"o = {source}\n", FILE)
        extra = [name for name in file.body.attributes if name != "o"]
        extra += [block.type for block in file.body.blocks]
        if extra or "o" not in file.body.attributes:
            raise SyntaxProblem(f"{extra[0]!r} follows the expression", FILE, 1, 1)
        return file.body.attributes["o"].expr, Scope(self._root, file)

    def _check(self, value: Value) -> None:
        """Refuse a value that rests on something which terraform would refuse."""
        for gap in self._session.gaps:
            if gap.kind in _REFUSED:
                self._failed.setdefault(gap.effect.removesuffix(" is unknown"), str(gap))
        if not self._failed:
            return
        for unknown in unknowns_in(value):
            for root in (unknown, *unknown.roots):
                if root.cause is Cause.EXPRESSION and root.what in self._failed:
                    raise EvaluationProblem(self._failed[root.what])


def complete(value: Value) -> Value:
    """A value with every resource and module in it filled in."""
    value = filled(value)
    if isinstance(value, Lazy):
        return {key: complete(each) for key, each in value.items()}
    if type(value) is tuple:
        return tuple([complete(each) for each in value])
    if type(value) is dict:
        return {key: complete(each) for key, each in value.items()}
    if isinstance(value, Sensitive | Ephemeral):
        return type(value)(complete(value.value))
    return value


def asked(questions: Questions, source: str) -> dict[str, object]:
    """The answer to an expression as plain JSON, or why there is none."""
    try:
        return questions.ask(source).plain()
    except (SyntaxProblem, *PROBLEMS) as problem:
        return {"ok": False, "error": _said(problem)}
    except MemoryError:
        return {"ok": False, "error": _TOO_MUCH}


def shown(questions: Questions, source: str) -> tuple[str, bool]:
    """The expression and its value for people; what went wrong, and False, where it has none."""
    try:
        return f"{source} = {described(questions.value(source))}", True
    except (SyntaxProblem, *PROBLEMS) as problem:
        return f"{source}: {_said(problem)}", False
    except MemoryError:
        return f"{source}: {_TOO_MUCH}", False


def _said(problem: Exception) -> str:
    deeply = isinstance(problem, RecursionError)
    return "the expression is nested too deeply" if deeply else str(problem)
