"""How to isolate sites and whole accounts."""

import json
import shlex
from collections.abc import Iterable, Iterator

from graphs.estate import Estate
from graphs.nodes import Node, RouteTable, Site, TransitTable, VpnConnection, VpnGateway
from scanner.breached import Action
from scanner.isolating.writing import DENY_ALL, Words


def site(estate: Estate, node: Node) -> Iterator[Action]:
    """Send nothing to a site any more, then take its VPN down."""
    words = Words(node)
    prefixes = [str(prefix) for prefix in node.prefixes] if isinstance(node, Site) else []
    yield words.action(
        f"Ask {node.name} to keep what its gateway and its machines know",
        "Who was on the LAN is known there alone: leases, wireless and VPN logs of the site.",
    )
    for table in estate.index.of(TransitTable):
        there = Words(table)
        name = there.of("id", "TRANSIT_TABLE_ID")
        yield there.action(
            f"Send nothing to {node.name} by {table.name}",
            "A blackhole route for its networks ends what it began and lets it begin nothing: no "
            "answer gets back. It is taken away again by one command.",
            *(
                f"aws ec2 create-transit-gateway-route --transit-gateway-route-table-id {name} "
                f"--destination-cidr-block {prefix} --blackhole{there.region}"
                for prefix in prefixes
            ),
        )
    yield from _without_routes(estate, node)
    for vpn in _tunnels(estate, node):
        there = Words(vpn)
        name = there.of("id", "VPN_CONNECTION_ID")
        yield there.action(
            f"Take the VPN {vpn.name} down, if routes are not enough",
            "A connection that is deleted has to be set up anew at the other end too: routes come "
            "first. Keep its settings.",
            f"aws ec2 describe-vpn-connections --vpn-connection-ids {name}{there.region} "
            "> vpn.json",
            *(
                f"aws ec2 delete-vpn-connection-route --vpn-connection-id {name} "
                f"--destination-cidr-block {prefix}{there.region}"
                for prefix in prefixes
            ),
        )


def client_vpn(_estate: Estate, node: Node) -> Iterator[Action]:
    """End the connections of a Client VPN, then what they log in with."""
    words = Words(node)
    name = words.of("id", "CLIENT_VPN_ID")
    words.lacks["CONNECTION_ID"] = "each connection of the stolen device that the list shows"
    yield words.action(
        "Keep who is connected, and since when",
        "The list shows what connects now and did lately, by name and address.",
        f"aws ec2 describe-client-vpn-connections --client-vpn-endpoint-id {name}{words.region} "
        "> connections.json",
    )
    yield words.action(
        "End the connection",
        "It is cut at once; the device may connect again until its login is taken away.",
        f"aws ec2 terminate-client-vpn-connections --client-vpn-endpoint-id {name} "
        f'--connection-id "$CONNECTION_ID"{words.region}',
    )
    words.lacks["CRL_FILE"] = "a list of revoked certificates with that of the device"
    yield words.action(
        "Revoke its certificate, or the sign-in that it uses",
        "Only then it stays out. Sign-ins of a directory are ended in the directory.",
        f"aws ec2 import-client-vpn-client-certificate-revocation-list --client-vpn-endpoint-id "
        f'{name} --certificate-revocation-list file://"$CRL_FILE"{words.region}',
    )


def _without_routes(estate: Estate, site: Node) -> Iterator[Action]:
    """Where a VPN ends at a VPC, the routes to the site come by the gateway of that VPC."""
    gateways = {vpn.gateway for vpn in _tunnels(estate, site)}
    for gateway in estate.index.of(VpnGateway):
        tables = [t for t in estate.index.of(RouteTable) if t.vpc == gateway.vpc]
        for table in tables if gateway.id in gateways else ():
            words = Words(table)
            name = words.of("id", "ROUTE_TABLE_ID")
            via = words.of("id", "VPN_GATEWAY_ID", gateway)
            yield words.action(
                f"Send nothing to {site.name} from {table.name}",
                "Without the routes that the gateway hands on no answer gets back. They come back "
                "when propagation is enabled again.",
                f"aws ec2 disable-vgw-route-propagation --route-table-id {name} --gateway-id {via}"
                f"{words.region}",
            )


def _tunnels(estate: Estate, site: Node) -> Iterable[VpnConnection]:
    gateways = site.behind if isinstance(site, Site) else ()
    behind = {ref for ref in gateways if isinstance(ref, str)}
    return (vpn for vpn in estate.index.of(VpnConnection) if vpn.customer in behind)


def isolate_account(account: str) -> tuple[Action, ...]:
    """The steps for an account, of which nothing inside can be trusted any more."""
    number = account.removeprefix("account:")
    return (
        Action(
            "Copy the record of calls before anything else",
            "Event history keeps 90 days of management events in each region; a copy outside of "
            "the account cannot be touched from inside.",
            f"account {number}",
            ("aws cloudtrail lookup-events --region REGION > events-REGION.json",),
            ("REGION: each region that is in use",),
        ),
        _denied(number),
        Action(
            "Take the root user back",
            "Its password, keys and second factor are outside of all policies of the account but "
            "the service control policy.",
            f"account {number}",
            (),
            (),
        ),
    )


def _denied(number: str) -> Action:
    """Deny everything in an account from above it, but to whoever responds."""
    known = number.isdigit()
    word = number if known else '"$ACCOUNT_ID"'
    deny = json.loads(DENY_ALL)
    deny["Statement"][0]["Condition"] = {
        "ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/incident-response"}
    }
    return Action(
        "Deny everything by a service control policy",
        "It stands above every administrator of the account. It spares the role "
        "incident-response, service-linked roles, and the management account of the "
        "organisation, which no such policy binds.",
        "the management account of the organisation",
        (
            _policy_made(number if known else "account", json.dumps(deny)),
            f'aws organizations attach-policy --policy-id "$POLICY_ID" --target-id {word}',
        ),
        (
            *(() if known else (f"ACCOUNT_ID: {number.strip('()')}",)),
            "POLICY_ID: what the first command answers",
            "incident-response: the role of your team, which has to be there before",
        ),
    )


def _policy_made(name: str, content: str) -> str:
    """The command that makes a service control policy."""
    start = "aws organizations create-policy --type SERVICE_CONTROL_POLICY"
    return f"{start} --name incident-{name} --description incident --content {shlex.quote(content)}"
