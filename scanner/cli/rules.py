"""`pathwarden rules`: what is looked for."""

import click


@click.command("rules")
def command() -> None:
    """List the rules, by topic, with severity and title."""
    from rules.catalogue import all_rules

    topic = ""
    for rule in all_rules():
        if rule.topic != topic:
            topic = rule.topic
            click.echo(f"\n{topic}" if rule is not all_rules()[0] else topic)
        click.echo(f"  {rule.severity!s:9} {rule.id:42} {rule.title}")
    click.echo("\n`pathwarden explain RULE` shows a rule's page.")
