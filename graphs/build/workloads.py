"""What runs its owner's code on machines of AWS: notebooks, builds, clusters, web services.

Each is made by a function of its own; where it sits, as whom it runs and what it listens on is all
that they have in common.
"""

from collections.abc import Callable, Iterator

from graphs.build import builds, credentials, filters, interfaces, read, shields, vpc
from graphs.build.draft import Draft
from graphs.nodes import Door, Exposure, Interface, Ref, Setting, Subnet, Workload
from graphs.nodes.services import ANYWHERE
from graphs.resource import Resource
from graphs.unknown import NO, YES, Cause, Unknown, answer, cannot_tell, known

HTTPS, SSH, RDP, HTTP = (443, 443), (22, 22), (3389, 3389), (80, 80)

# https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-web-interfaces.html
EMR_PORTS = (22, 8088, 8888, 9443, 9870, 16010, 18080, 19888)


def lower(draft: Draft) -> None:
    """Make them all."""
    for kind, make in MAKERS.items():
        for resource in draft.all(kind):
            draft.add(make(draft, resource))


def _app_runner(draft: Draft, resource: Resource) -> Workload:
    """Its address is on the internet unless it is told not to be; a VPC connector is for its own
    connections.

    https://docs.aws.amazon.com/apprunner/latest/dg/network-pl.html
    """
    network = read.first(resource, "network_configuration")
    ingress = read.first(network, "ingress_configuration")
    name = "network_configuration[0].ingress_configuration[0].is_publicly_accessible"
    is_open = answer(read.boolean(ingress, "is_publicly_accessible", default=True))
    egress = read.first(network, "egress_configuration").get("vpc_connector_arn")
    link = draft.ref(resource, egress, "aws_apprunner_vpc_connector")
    made: tuple[Interface, ...] = ()
    if isinstance(link, str):
        own = draft.by_id[link]
        made = interfaces.in_subnets(draft, own, own, "subnets", "security_groups")
    role = read.first(resource, "instance_configuration").get("instance_role_arn")
    return Workload(
        source=resource,
        id=resource.id,
        arn=draft.arn(resource),
        interfaces=made,
        doors=(Door(HTTPS, is_open, draft.proof(resource, name)),),
        role=draft.ref(resource, role, "aws_iam_role"),
        settings=_of_app(draft, resource),
        kind="web service",
        shielded=shields.shielded(draft, {resource.id}, resource.type),
    )


def _of_app(draft: Draft, resource: Resource) -> tuple[Setting, ...]:
    source = read.first(resource, "source_configuration")
    image = read.first(read.first(source, "image_repository"), "image_configuration")
    code = read.first(read.first(source, "code_repository"), "code_configuration")
    values = read.first(code, "code_configuration_values")
    found: tuple[Setting, ...] = ()
    for block in (image, values):
        variables = block.get("runtime_environment_variables")
        path = "source_configuration[0]"
        found += credentials.settings(draft, resource, "environment", variables, path)
    return found


def _lightsail(draft: Draft, resource: Resource) -> Workload:
    """A virtual server with an address and a firewall of its own, outside of every VPC.

    https://docs.aws.amazon.com/lightsail/latest/userguide/understanding-firewall-and-port-mappings-in-amazon-lightsail.html
    """
    rules = "aws_lightsail_instance_public_ports"
    links = draft.satellites(rules, "instance_name", "aws_lightsail_instance").get(resource.id, ())
    doors = tuple(door for link in links for door in _admitted(draft, link))
    start = credentials.settings(
        draft, resource, "user data", read.raw(resource, "user_data"), "user_data"
    )
    return Workload(
        source=resource,
        id=resource.id,
        arn=draft.arn(resource),
        doors=doors if links else _by_default(draft, resource),
        settings=start,
        kind="virtual server",
    )


def _by_default(draft: Draft, resource: Resource) -> tuple[Door, ...]:
    blueprint = read.word(resource, "blueprint_id")
    login = RDP if isinstance(blueprint, str) and blueprint.startswith("windows") else SSH
    proof = draft.proof(resource, "blueprint_id")
    is_open = cannot_tell(blueprint) if isinstance(blueprint, Unknown) else YES
    return tuple(Door(span, is_open, proof) for span in (login, HTTP))


def _admitted(draft: Draft, rules: Resource) -> Iterator[Door]:
    for number, block in enumerate(read.blocks(rules, "port_info")):
        ends = read.number(block, "from_port"), read.number(block, "to_port")
        low, high = (end if isinstance(end, int) else None for end in ends)
        sources = read.networks(block, "cidrs", "ipv6_cidrs") or ANYWHERE
        protocol = {"udp": 17, "icmp": 1}.get(str(read.word(block, "protocol")), 6)
        proof = draft.proof(rules, f"port_info[{number}]")
        hole = [end for end in ends if isinstance(end, Unknown)]
        is_open = cannot_tell(*hole) if hole else YES
        span = (0 if low is None else low, 65535 if high is None else high)
        yield Door(span, is_open, proof, sources, protocol)


def _emr(draft: Draft, resource: Resource) -> Workload:
    """The machines of a cluster for big data; EMR makes groups for them where none are named.

    https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-man-sec-groups.html
    """
    block = read.first(resource, "ec2_attributes")
    places = [block.get("subnet_id"), *read.items(block, "subnet_ids")]
    found = [draft.ref(resource, place, *vpc.SUBNET_TYPES) for place in places]
    names = ("emr_managed_master_security_group", "emr_managed_slave_security_group")
    groups = filters.group_refs(draft, resource, *(block.get(name) for name in names))
    more = ("additional_master_security_groups", "additional_slave_security_groups")
    for name in more:
        groups += filters.group_refs(draft, resource, *_split(block.get(name)))
    hole = Unknown(Cause.DATA, f"the groups that EMR makes for {resource.id}")
    profile = draft.ref(resource, block.get("instance_profile"), "aws_iam_instance_profile")
    return Workload(
        source=resource,
        id=resource.id,
        arn=draft.arn(resource),
        interfaces=tuple(
            _in_subnet(draft, resource, place, groups or (hole,))
            for place in dict.fromkeys(f for f in found if f is not None)
        ),
        role=draft.ref_at(draft.by_id[profile], "role", "aws_iam_role")
        if isinstance(profile, str)
        else profile,
        kind="EMR cluster",
        ports=EMR_PORTS,
    )


def _split(value: object) -> tuple[object, ...]:
    """A list that is written as one text with commas."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return () if value is None else (value,)


def _in_subnet(draft: Draft, resource: Resource, place: Ref, groups: tuple[Ref, ...]) -> Interface:
    """With a public address where the subnet gives one."""
    node = draft.nodes.get(place) if isinstance(place, str) else None
    public = node.public_addresses if isinstance(node, Subnet) else NO
    if isinstance(place, Unknown):
        public = cannot_tell(place)
    proof = draft.proof(resource, "ec2_attributes[0].subnet_id")
    given = node.proof("map_public_ip_on_launch") if isinstance(node, Subnet) else proof
    return interfaces.interface(draft, resource, place, groups, public=(public, given), proof=proof)


def _notebook(draft: Draft, resource: Resource) -> Workload:
    """A notebook is opened by an address that AWS signs for who may; nothing else gets to it.

    https://docs.aws.amazon.com/sagemaker/latest/dg/appendix-additional-considerations.html
    """
    place = draft.ref_at(resource, "subnet_id", *vpc.SUBNET_TYPES)
    groups = filters.group_refs(draft, resource, read.raw(resource, "security_groups"))
    made = () if place is None else (interfaces.interface(draft, resource, place, groups),)
    return Workload(
        source=resource,
        id=resource.id,
        arn=draft.arn(resource),
        interfaces=made,
        doors=(Door(HTTPS, YES, draft.proof(resource)),),
        role=draft.ref_at(resource, "role_arn", "aws_iam_role"),
        kind="notebook",
        signed_in=True,
    )


def _glue_endpoint(draft: Draft, resource: Resource) -> Workload:
    """Somebody with its key logs in by SSH: on the internet, unless it is in a subnet.

    https://docs.aws.amazon.com/glue/latest/dg/dev-endpoint-tutorial-prerequisites.html
    """
    place = draft.ref_at(resource, "subnet_id", *vpc.SUBNET_TYPES)
    groups = filters.group_refs(draft, resource, read.raw(resource, "security_group_ids"))
    made = () if place is None else (interfaces.interface(draft, resource, place, groups),)
    door = Door(SSH, YES, draft.proof(resource, "subnet_id"))
    return Workload(
        source=resource,
        id=resource.id,
        arn=draft.arn(resource),
        interfaces=made,
        doors=() if made else (door,),
        role=draft.ref_at(resource, "role_arn", "aws_iam_role"),
        kind="development endpoint",
        ports=(22,),
    )


def _build(draft: Draft, resource: Resource) -> Workload:
    """A build runs whatever its source says, and listens on nothing."""
    config = read.first(resource, "vpc_config")
    block = read.first(resource, "environment")
    plain = {
        str(v.get("name")): v.get("value")
        for v in read.blocks(block, "environment_variable")
        if v.get("type") in (None, "PLAINTEXT")
    }
    path = "environment[0].environment_variable"
    return Workload(
        source=resource,
        id=resource.id,
        arn=draft.arn(resource),
        interfaces=interfaces.in_subnets(
            draft, resource, config, "subnets", "security_group_ids", "vpc_config[0]"
        ),
        role=draft.ref_at(resource, "service_role", "aws_iam_role"),
        settings=credentials.settings(draft, resource, "environment", plain, path),
        kind="build project",
        proposals=builds.proposals(draft, resource),
    )


def _airflow(draft: Draft, resource: Resource) -> Workload:
    """Its web pages ask for a sign-in to AWS, on the internet only if it is told so.

    https://docs.aws.amazon.com/mwaa/latest/userguide/configuring-networking.html
    """
    network = read.first(resource, "network_configuration")
    mode = read.word(resource, "webserver_access_mode", "PRIVATE_ONLY")
    is_open = cannot_tell(mode) if isinstance(mode, Unknown) else known(mode != "PRIVATE_ONLY")
    return Workload(
        source=resource,
        id=resource.id,
        arn=draft.arn(resource),
        interfaces=interfaces.in_subnets(
            draft,
            resource,
            network,
            "subnet_ids",
            "security_group_ids",
            "network_configuration[0]",
        ),
        doors=(Door(HTTPS, is_open, draft.proof(resource, "webserver_access_mode")),),
        role=draft.ref_at(resource, "execution_role_arn", "aws_iam_role"),
        kind="Airflow environment",
        ports=(443, 5432),
        signed_in=True,
    )


def _batch(draft: Draft, resource: Resource) -> Workload:
    """The machines of jobs, which may listen on anything."""
    block = read.first(resource, "compute_resources")
    profile = draft.ref(resource, block.get("instance_role"), "aws_iam_instance_profile")
    return Workload(
        source=resource,
        id=resource.id,
        arn=draft.arn(resource),
        interfaces=interfaces.in_subnets(
            draft, resource, block, "subnets", "security_group_ids", "compute_resources[0]"
        ),
        role=draft.ref_at(draft.by_id[profile], "role", "aws_iam_role")
        if isinstance(profile, str)
        else profile,
        kind="batch environment",
        ports=None,
    )


def _replication(draft: Draft, resource: Resource) -> Workload:
    """A replication instance has a public address unless it is told otherwise.

    https://docs.aws.amazon.com/dms/latest/APIReference/API_CreateReplicationInstance.html
    """
    said = read.flag(resource, "publicly_accessible", default=True)
    public = Exposure(said, draft.proof(resource, "publicly_accessible"))
    groups = filters.group_refs(draft, resource, read.raw(resource, "vpc_security_group_ids"))
    name, kind = "replication_subnet_group_id", "aws_dms_replication_subnet_group"
    group = draft.ref_at(resource, name, kind)
    places: tuple[Ref, ...] = (vpc.default_subnet(draft, resource),) if group is None else ()
    if isinstance(group, Unknown):
        places = (group,)
    elif isinstance(group, str):
        places = draft.refs_at(draft.by_id[group], "subnet_ids", *vpc.SUBNET_TYPES)
    proof = draft.proof(resource, name)
    own = tuple(interfaces.interface(draft, resource, s, groups, proof=proof) for s in places)
    return Workload(
        source=resource,
        id=resource.id,
        arn=draft.arn(resource),
        interfaces=interfaces.published(own, public),
        kind="replication instance",
        ports=None,
    )


def _beanstalk(draft: Draft, resource: Resource) -> Workload:
    """A web application with a balancer in front, on the internet unless its scheme is internal.

    https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/command-options-general.html
    """
    said = {
        (str(b.get("namespace")), str(b.get("name"))): b.get("value")
        for b in read.known_blocks(resource, "setting")
    }
    unsaid = next(iter(read.unknown_blocks(resource, "setting")), None)
    network, launch = "aws:ec2:vpc", "aws:autoscaling:launchconfiguration"
    listed = said.get((network, "ELBSubnets"), said.get((network, "Subnets"), unsaid))
    places = [draft.ref(resource, v, *vpc.SUBNET_TYPES) for v in _split(listed)]
    hole = Unknown(Cause.DATA, f"the groups that Elastic Beanstalk makes for {resource.id}")
    internal = said.get((network, "ELBScheme"), unsaid)
    is_open = (
        cannot_tell(internal) if isinstance(internal, Unknown) else known(internal != "internal")
    )
    public = Exposure(is_open, draft.proof(resource, "setting"))
    found = tuple(p for p in places if p is not None) or (vpc.default_subnet(draft, resource),)
    own = tuple(
        interfaces.interface(draft, resource, p, (hole,), proof=public.proof) for p in found
    )
    profile = draft.ref(
        resource, said.get((launch, "IamInstanceProfile"), unsaid), "aws_iam_instance_profile"
    )
    started = "aws:elasticbeanstalk:application:environment"
    plain = {name: value for (space, name), value in said.items() if space == started}
    return Workload(
        source=resource,
        id=resource.id,
        arn=draft.arn(resource),
        interfaces=interfaces.published(own, public),
        role=draft.ref_at(draft.by_id[profile], "role", "aws_iam_role")
        if isinstance(profile, str)
        else profile,
        settings=credentials.settings(draft, resource, "environment", plain, "setting"),
        kind="web application",
        ports=(80, 443),
    )


MAKERS: dict[str, Callable[[Draft, Resource], Workload]] = {
    "aws_apprunner_service": _app_runner,
    "aws_batch_compute_environment": _batch,
    "aws_codebuild_project": _build,
    "aws_dms_replication_instance": _replication,
    "aws_elastic_beanstalk_environment": _beanstalk,
    "aws_emr_cluster": _emr,
    "aws_glue_dev_endpoint": _glue_endpoint,
    "aws_lightsail_instance": _lightsail,
    "aws_mwaa_environment": _airflow,
    "aws_sagemaker_notebook_instance": _notebook,
}
