"""Proxies in front of databases, and servers for the transfer of files."""

from graphs.build import interfaces, read
from graphs.build.draft import Draft
from graphs.nodes import Door, Exposure, Front, Interface, Passage
from graphs.resource import Resource
from graphs.unknown import YES, Unknown, cannot_tell, known

PROXY, TARGET, SERVER = "aws_db_proxy", "aws_db_proxy_target", "aws_transfer_server"
DATABASES = ("aws_db_instance", "aws_rds_cluster")
FAMILIES = {"MYSQL": 3306, "POSTGRESQL": 5432, "SQLSERVER": 1433}

# https://docs.aws.amazon.com/transfer/latest/userguide/create-server-in-vpc.html
PROTOCOLS = {"SFTP": ((22, 22),), "FTPS": ((21, 21), (8192, 8200)), "FTP": ((21, 21), (8192, 8200))}
AS2 = (5080, 5080)


def lower(draft: Draft) -> None:
    """Make them, after the databases."""
    for resource in draft.all(PROXY):
        draft.add(_proxy(draft, resource))
    for resource in draft.all(SERVER):
        draft.add(_server(draft, resource))


def _proxy(draft: Draft, resource: Resource) -> Front:
    """A proxy is never public; it asks for the password, or a token, that its database takes.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-planning.html
    """
    family = read.word(resource, "engine_family")
    port = FAMILIES.get(family) if isinstance(family, str) else None
    return Front(
        source=resource,
        id=resource.id,
        arn=draft.arn(resource),
        interfaces=interfaces.in_subnets(
            draft, resource, resource, "vpc_subnet_ids", "vpc_security_group_ids"
        ),
        role=draft.ref_at(resource, "role_arn", "aws_iam_role"),
        kind="database proxy",
        ports=(port,) if port else tuple(FAMILIES.values()),
        passages=_databases(draft, resource),
    )


def _databases(draft: Draft, proxy: Resource) -> tuple[Passage, ...]:
    found = []
    for link in draft.satellites(TARGET, "db_proxy_name", PROXY).get(proxy.id, ()):
        for name in ("db_instance_identifier", "db_cluster_identifier"):
            to = draft.ref_at(link, name, *DATABASES)
            if to is not None:
                found.append(Passage(to, YES, draft.proof(link, name)))
    return tuple(found)


def _server(draft: Draft, resource: Resource) -> Front:
    """A server is on the internet, or in a VPC, there with elastic addresses if it is given some.

    https://docs.aws.amazon.com/transfer/latest/userguide/create-server-endpoint.html
    """
    kind = read.word(resource, "endpoint_type", "PUBLIC")
    spans = _spans(resource)
    proof = draft.proof(resource, "endpoint_type")
    is_open = cannot_tell(kind) if isinstance(kind, Unknown) else known(kind == "PUBLIC")
    untold = [name for name in read.items(resource, "protocols") if isinstance(name, Unknown)]
    heard = is_open & cannot_tell(*untold) if untold else is_open
    return Front(
        source=resource,
        id=resource.id,
        arn=draft.arn(resource),
        interfaces=_inside(draft, resource) if not is_open.certain else (),
        doors=tuple(Door(span, heard, proof) for span in spans) if is_open.possible else (),
        kind="file transfer server",
        ports=tuple(port for low, high in spans for port in range(low, high + 1)),
    )


def _spans(server: Resource) -> tuple[tuple[int, int], ...]:
    """The ports of the protocols that it speaks; SFTP where nothing else is said, and those of all
    where one is not known."""
    said = read.items(server, "protocols") or ("SFTP",)
    if any(isinstance(name, Unknown) for name in said):
        said = (*PROTOCOLS, "AS2")
    found = (PROTOCOLS.get(str(name), (AS2,)) for name in said)
    return tuple(dict.fromkeys(span for spans in found for span in spans))


def _inside(draft: Draft, server: Resource) -> tuple[Interface, ...]:
    block = read.first(server, "endpoint_details")
    path = "endpoint_details[0]"
    own = interfaces.in_subnets(draft, server, block, "subnet_ids", "security_group_ids", path)
    elastic = block.get("address_allocation_ids")
    has = cannot_tell(elastic) if isinstance(elastic, Unknown) else known(bool(elastic))
    proof = draft.proof(server, f"{path}.address_allocation_ids")
    return interfaces.published(own, Exposure(has, proof))
