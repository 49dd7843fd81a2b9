"""`pathwarden checkov`: whether Checkov is there to look beside us; installs and removes it."""

import click


@click.group("checkov", invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """Checkov beside us: say whether it is installed, install it, remove it.

    It has an environment of its own in your data directory, or in the one that the environment
    variable PATHWARDEN_DATA names. `pathwarden scan --checkov` runs it there.
    """
    if ctx.invoked_subcommand is not None:
        return
    from scanner.peers.environment import home, installed

    there = installed()
    if there:
        click.echo(f"Checkov {there.version} is installed in {there.directory}.")
        return
    click.echo(f"Checkov is not installed. `pathwarden checkov install` puts it in {home()}.")
    ctx.exit(1)


@command.command("install")
def install() -> None:
    """Make an environment and put Checkov there, each of its packages pinned by its hash."""
    from scanner.peers import environment

    environment.install(click.echo)


@command.command("uninstall")
def uninstall() -> None:
    """Remove the environment."""
    from scanner.peers import environment

    environment.uninstall(click.echo)
