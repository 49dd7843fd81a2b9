"""`pathwarden sweep`: reads live accounts into a snapshot, which every question takes by --on."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from scanner.errors import UsageProblem


@click.command("sweep")
@click.option(
    "--profile", "profiles", multiple=True, metavar="NAME", help="A profile of the AWS CLI."
)
@click.option(
    "--region",
    "regions",
    multiple=True,
    metavar="R[,R2]",
    help="Regions to read.  [default: the profile's own]",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The snapshot to write.")
@click.option(
    "--rate",
    type=click.FloatRange(min=0.1),
    default=20.0,
    show_default=True,
    help="Calls a second at most, for each account, region and service.",
)
@click.option(
    "--timeout",
    "patience",
    type=click.FloatRange(min=0.1),
    default=20.0,
    show_default=True,
    help="Seconds to wait for an answer.",
)
@click.option("--print-policy", is_flag=True, help="Print the IAM policy that a sweep needs.")
def command(
    profiles: Sequence[str],
    regions: Sequence[str],
    output: Path | None,
    rate: float,
    patience: float,
    print_policy: bool,
) -> None:
    """Read live AWS accounts into a snapshot. Sweeps only read, and keep no credentials."""
    if print_policy:
        from scanner.cloud.calls import policy

        click.echo(policy(), nl=False)
        return
    if output is None:
        raise UsageProblem("say where the snapshot goes", fix="-o FILE")
    named = [name for given in regions for name in given.replace(",", " ").split()]
    refused, calls, accounts = _sweep(profiles, named, output, rate=rate, patience=patience)
    said = "nothing was seen, " if refused == calls else ""
    click.echo(
        f"{said}{calls - refused} of {calls} calls answered in {accounts}; wrote {output}", err=True
    )


def _sweep(
    profiles: Sequence[str], regions: Sequence[str], output: Path, *, rate: float, patience: float
) -> tuple[int, int, str]:
    """Read and write; how many calls were refused, of how many, in which accounts."""
    from scanner import __version__
    from scanner.cli.progress import progress
    from scanner.cloud.collect import collect_all
    from scanner.cloud.session import open_account
    from scanner.cloud.snapshot import Snapshot, check_writable, write_snapshot

    check_writable(output)
    opened = [open_account(p, regions, patience) for p in profiles or (None,)]
    tell, clear = progress(quiet=False)
    try:
        accounts = collect_all(opened, rate=rate, tell=tell)
    finally:
        clear()
    taken = datetime.now(UTC).isoformat(timespec="seconds")
    write_snapshot(Snapshot(taken, accounts, __version__), output)
    every = [answer for account in accounts for answer in account.answers]
    return sum(bool(a.refused) for a in every), len(every), ", ".join(a.account for a in accounts)
