"""Makes the calls of the table on one account, at an even pace, and keeps what they answer.

Input: an account, the table. Output: Answers in a stable order. A refusal is an answer too: it
says which call was refused, and why. Nothing of an answer's secrets is kept.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from typing import Any

from botocore import exceptions as problems
from botocore.parsers import ResponseParserError

from scanner.cloud.budget import Budget
from scanner.cloud.calls import Call, all_calls
from scanner.cloud.redact import redacted
from scanner.cloud.session import Account
from scanner.cloud.snapshot import Answer, Swept

THREADS = 8
ACCOUNTS_AT_ONCE = 4
RATE = 20.0
MOST_PAGES = 10_000

Tell = Callable[[str, int, int], None]


def _untold(_name: str, _number: int, _total: int) -> None:
    """Tells nobody how far it is."""


@dataclass
class _Sweep:
    """One account while it is read."""

    account: Account
    budget: Budget
    clients: dict[tuple[str, str], Any] = field(default_factory=dict)
    silent: dict[tuple[str, str], str] = field(default_factory=dict)
    """Services of regions that did not answer in time, or are not there: they are asked no more."""
    left: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How many calls are still to be made, by service and region."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def client(self, service: str, region: str) -> Any:
        """Sessions are not safe to share while they make clients (boto3 guide, "Session")."""
        with self.lock:
            if (service, region) not in self.clients:
                client = self.account.client(service, region)
                # Every request that is sent takes its turn, further pages and retries alike.
                client.meta.events.register(
                    "before-send", lambda **_: self.budget.take(self.account.id, region, service)
                )
                self.clients[service, region] = client
            return self.clients[service, region]

    def leave(self, service: str, region: str) -> None:
        """One call less to make; after the last one its client, which takes room, is given up."""
        with self.lock:
            self.left[service, region] -= 1
            if not self.left[service, region] and (service, region) in self.clients:
                self.clients.pop((service, region)).close()


@dataclass(frozen=True, slots=True)
class _Job:
    call: Call
    region: str
    args: Mapping[str, Any]


def collect_all(
    accounts: Sequence[Account], *, rate: float = RATE, tell: Tell = _untold
) -> tuple[Swept, ...]:
    """Every account, a few at once: each has a pace of its own to keep, and mostly waits for it."""

    def read(account: Account) -> Swept:
        answers = collect(account, rate=rate, tell=tell)
        return Swept(account.id, account.arn, account.regions, answers)

    with ThreadPoolExecutor(ACCOUNTS_AT_ONCE) as pool:
        return tuple(pool.map(read, accounts))


def collect(account: Account, *, rate: float = RATE, tell: Tell = _untold) -> tuple[Answer, ...]:
    """Everything the table asks for, in every region of the account."""
    sweep = _Sweep(account, Budget(rate))
    found: dict[str, list[Answer]] = {}
    waiting = list(all_calls())
    with ThreadPoolExecutor(THREADS) as pool:
        while waiting:
            ready = [c for c in waiting if c.each is None or c.each.call in found]
            waiting = [c for c in waiting if c not in ready]
            for call in ready:
                found[call.name] = []
            jobs = _in_turn(job for call in ready for job in _jobs(account, call, found))
            sweep.left.update((job.call.service, job.region) for job in jobs)
            for number, answer in enumerate(pool.map(lambda job: _done(sweep, job), jobs)):
                tell(f"{answer.service} in {answer.region}", number, len(jobs))
                found[f"{answer.service}.{answer.operation}"].append(answer)
    every = (answer for answers in found.values() for answer in answers)
    return tuple(sorted(every, key=lambda a: (a.service, a.operation, a.region, str(a.args))))


def _in_turn(jobs: Iterable[_Job]) -> list[_Job]:
    """Services in turn: one that is asked much, at its own pace, does not hold up the others."""
    seen: Counter[str] = Counter()
    placed = []
    for job in jobs:
        placed.append((seen[job.call.service], job))
        seen[job.call.service] += 1
    return [job for _, job in sorted(placed, key=itemgetter(0))]


def _jobs(account: Account, call: Call, found: Mapping[str, list[Answer]]) -> Iterator[_Job]:
    fixed = {k: account.id if v == "$account" else v for k, v in call.args.items()}
    if call.each is None:
        for region in _regions(account, call):
            yield from (_Job(call, region, {**fixed, **more}) for more in _varied(call))
        return
    for parent in found[call.each.call]:
        handed = {k: parent.args[k] for k in call.each.handed}
        for given in call.each.arguments(parent.data):
            yield _Job(call, parent.region, {**fixed, **handed, **given})


def _regions(account: Account, call: Call) -> tuple[str, ...]:
    if call.home:
        return (call.home,)
    return account.regions[:1] if call.once else account.regions


def _varied(call: Call) -> Iterator[dict[str, str]]:
    """One mapping for each value of the argument that varies; one empty where none does."""
    for name, values in call.vary.items():
        yield from ({name: value} for value in values)
    if not call.vary:
        yield {}


def _done(sweep: _Sweep, job: _Job) -> Answer:
    try:
        return _ask(sweep, job)
    finally:
        sweep.leave(job.call.service, job.region)


def _ask(sweep: _Sweep, job: _Job) -> Answer:
    call = job.call
    silent = sweep.silent.get((call.service, job.region))
    if silent is not None:
        return Answer(call.service, call.operation, job.region, job.args, {}, silent)
    try:
        data = _pages(sweep, job)
        reason = ""
    except problems.ClientError as problem:
        code = str(problem.response.get("Error", {}).get("Code", "refused"))
        data, reason = {}, "" if code in call.absent else code
    except (problems.BotoCoreError, ResponseParserError) as problem:
        data, reason = {}, type(problem).__name__
        lost = isinstance(problem, problems.EndpointConnectionError)
        if lost and not sweep.account.offers(call.service, job.region):
            reason = ""  # neither botocore nor the names of hosts know the service there
        if isinstance(problem, problems.ConnectionError | problems.HTTPClientError):
            sweep.silent[call.service, job.region] = reason
    return Answer(call.service, call.operation, job.region, job.args, data, reason)


def _pages(sweep: _Sweep, job: _Job) -> dict[str, Any]:
    """All pages as one answer: what is kept of each, lists joined."""
    call = job.call
    client = sweep.client(call.service, job.region)
    pages: Iterable[Mapping[str, Any]]
    if client.can_paginate(call.operation):
        pages = client.get_paginator(call.operation).paginate(**job.args)
    else:
        pages = _single(client, call, job.args)
    data: dict[str, Any] = {}
    for number, page in enumerate(pages):
        for key in call.keep:
            if isinstance(page.get(key), list):
                data.setdefault(key, []).extend(page[key])
            elif page.get(key) is not None:
                data[key] = _grown(data.get(key), page[key])
        if number >= MOST_PAGES:
            break
    return redacted(call.service, call.operation, plain(data))


def _grown(known: Any, page: Any) -> Any:
    """A list that stands inside a member, as CloudFront's do, with the items of a further page."""
    if isinstance(known, Mapping) and isinstance(known.get("Items"), list):
        return {**page, "Items": [*known["Items"], *(page.get("Items") or ())]}
    return page


def _single(client: Any, call: Call, args: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The answer, and its further pages where botocore does not know that there may be any."""
    more: dict[str, Any] = {}
    while True:
        page = getattr(client, call.operation)(**args, **more)
        yield page
        token = page.get(call.token)
        if not token or more.get(call.token) == token:
            return
        more = {call.token: token}


def plain(value: Any) -> Any:
    """A value that JSON can hold: times as text."""
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items() if k != "ResponseMetadata"}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    return value.isoformat() if isinstance(value, datetime) else value
