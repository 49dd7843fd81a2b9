"""Load balancers, their listeners, and what their target groups lead to."""

from collections.abc import Iterator, Mapping

from graphs.resource import Resource
from graphs.unknown import Unknown
from scanner.cloud.shape.answers import Answers, Item
from scanner.cloud.shape.compute import instances


def shape(answers: Answers) -> Iterator[Resource]:
    """Balancers from the front to what stands behind them."""
    for part in (_balancers, _groups, _classic):
        yield from part(answers)


def _balancers(answers: Answers) -> Iterator[Resource]:
    call = "elbv2.describe_load_balancers"
    for region, balancer in answers.items(call, "LoadBalancers"):
        arn = balancer["LoadBalancerArn"]
        values = {
            "arn": arn,
            "name": balancer["LoadBalancerName"],
            "load_balancer_type": balancer.get("Type", "application"),
            "internal": balancer.get("Scheme") == "internal",
            "dns_name": balancer.get("DNSName"),
            "subnets": [z["SubnetId"] for z in balancer.get("AvailabilityZones", ())],
            "subnet_mapping": _addresses(answers, arn),
            "security_groups": balancer.get("SecurityGroups", ()),
            "access_logs": _logs(answers, region, arn),
            "enable_cross_zone_load_balancing": _cross_zone(answers, region, arn),
            "tags": answers.tags_of(region, arn),
        }
        key = answers.local(region)
        yield answers.make("aws_lb", balancer["LoadBalancerName"], values, (region, call), key=key)
        yield from _listeners(answers, region, arn, balancer.get("Type", "application"))
        if balancer.get("Type", "application") == "application":
            yield from _firewall(answers, region, arn)


def _firewall(answers: Answers, region: str, balancer: str) -> Iterator[Resource]:
    """The web ACL that it is tied to, which may be one where that was not answered."""
    call, kind = "wafv2.get_web_acl_for_resource", "aws_wafv2_web_acl_association"
    read = answers.about(call, region, balancer)
    if not isinstance(read, Mapping):
        values = {"resource_arn": balancer, "web_acl_arn": read}
        yield answers.make(kind, f"unread.{balancer}", values, (region, call), doubt=read)
    elif found := read.get("WebACL"):
        values = {"resource_arn": balancer, "web_acl_arn": found.get("ARN")}
        yield answers.make(kind, balancer, values, (region, call))


def _logs(answers: Answers, region: str, balancer: str) -> "list[dict[str, object]] | Unknown":
    """Where its request log goes, if it keeps one."""
    read = answers.about("elbv2.describe_load_balancer_attributes", region, balancer)
    if not isinstance(read, Mapping):
        return read
    said = {each.get("Key"): each.get("Value") for each in read.get("Attributes", ())}
    on = said.get("access_logs.s3.enabled") == "true"
    return [{"enabled": on, "bucket": said.get("access_logs.s3.bucket") or None}]


def _cross_zone(answers: Answers, region: str, balancer: str) -> "bool | Unknown":
    """Whether its nodes hand on to targets in other zones."""
    read = answers.about("elbv2.describe_load_balancer_attributes", region, balancer)
    if not isinstance(read, Mapping):
        return read
    said = {each.get("Key"): each.get("Value") for each in read.get("Attributes", ())}
    return said.get("load_balancing.cross_zone.enabled") == "true"


def _addresses(answers: Answers, balancer: str) -> list[dict[str, object]]:
    """The addresses that it has in each subnet. Its interfaces say in their description whose they
    are: `ELB net/front/50dc6c495c0c9188`."""
    told = f"ELB {balancer.partition(':loadbalancer/')[2]}"
    found = []
    for _, nic in answers.items("ec2.describe_network_interfaces", "NetworkInterfaces"):
        if nic.get("Description") == told:
            found.append(
                {
                    "subnet_id": nic.get("SubnetId"),
                    "private_ipv4_address": nic.get("PrivateIpAddress"),
                    "public_ipv4_address": nic.get("Association", {}).get("PublicIp"),
                }
            )
    return found


def _listeners(answers: Answers, region: str, balancer: str, of: str) -> Iterator[Resource]:
    """The listeners of a balancer; only those of application balancers have further rules."""
    call, kind = "elbv2.describe_listeners", "aws_lb_listener"
    read = answers.about(call, region, balancer)
    if not isinstance(read, Mapping):
        values = {"load_balancer_arn": balancer, "port": read, "protocol": read, **_anywhere(read)}
        yield answers.make(kind, f"unread.{balancer}", values, (region, call), doubt=read)
        return
    for listener in read.get("Listeners", ()):
        arn = listener["ListenerArn"]
        certificates = listener.get("Certificates") or [{}]
        values = {
            "arn": arn,
            "load_balancer_arn": balancer,
            "port": listener.get("Port"),
            "protocol": listener.get("Protocol"),
            "ssl_policy": listener.get("SslPolicy"),
            "certificate_arn": certificates[0].get("CertificateArn"),
            "default_action": [_action(a) for a in listener.get("DefaultActions", ())],
        }
        yield answers.make(kind, arn.partition("listener/")[2], values, (region, call))
        if of == "application":
            yield from _rules(answers, region, arn)


def _anywhere(why: Unknown) -> dict[str, object]:
    return {"default_action": [{"type": "forward", "target_group_arn": why}]}


def _action(action: Item) -> dict[str, object]:
    """One target group, or several with weights."""
    groups = action.get("ForwardConfig", {}).get("TargetGroups", ())
    shared = [{"arn": g["TargetGroupArn"]} for g in groups]
    return {
        "type": action.get("Type"),
        "target_group_arn": action.get("TargetGroupArn"),
        "forward": [{"target_group": shared}] if shared else [],
        "redirect": [{"protocol": action.get("RedirectConfig", {}).get("Protocol")}]
        if action.get("RedirectConfig")
        else [],
    }


def _rules(answers: Answers, region: str, listener: str) -> Iterator[Resource]:
    call, kind = "elbv2.describe_rules", "aws_lb_listener_rule"
    read = answers.about(call, region, listener)
    if not isinstance(read, Mapping):
        action = _anywhere(read)["default_action"]
        values = {"listener_arn": listener, "action": action}
        yield answers.make(kind, f"unread.{listener}", values, (region, call), doubt=read)
        return
    for rule in read.get("Rules", ()):
        if not rule.get("IsDefault"):
            actions = [_action(a) for a in rule.get("Actions", ())]
            values = {"arn": rule["RuleArn"], "listener_arn": listener, "action": actions}
            name = rule["RuleArn"].partition("listener-rule/")[2]
            yield answers.make(kind, name, values, (region, call))


def _groups(answers: Answers) -> Iterator[Resource]:
    call = "elbv2.describe_target_groups"
    held = _of_services(answers)
    for region, group in answers.items(call, "TargetGroups"):
        arn, name = group["TargetGroupArn"], group["TargetGroupName"]
        values = {
            "arn": arn,
            "name": name,
            "port": group.get("Port"),
            "protocol": group.get("Protocol"),
            "target_type": group.get("TargetType"),
            "vpc_id": group.get("VpcId"),
        }
        at, key = (region, call), answers.local(region)
        yield answers.make("aws_lb_target_group", name, values, at, key=key)
        if arn not in held:
            yield from _targets(answers, region, arn)


def _of_services(answers: Answers) -> set[str]:
    """The groups whose targets are tasks, which come and go: the service that fills them is what
    is behind."""
    services = answers.items("ecs.describe_services", "services")
    return {b.get("targetGroupArn") for _, s in services for b in s.get("loadBalancers", ())}


def _targets(answers: Answers, region: str, group: str) -> Iterator[Resource]:
    call, kind = "elbv2.describe_target_health", "aws_lb_target_group_attachment"
    read = answers.about(call, region, group)
    if not isinstance(read, Mapping):
        values: dict[str, object] = {"target_group_arn": group, "target_id": read}
        yield answers.make(kind, f"unread.{group}", values, (region, call), doubt=read)
        return
    owners = _owners(answers, region)
    for health in read.get("TargetHealthDescriptions", ()):
        target = health["Target"]
        values = {
            "target_group_arn": group,
            "target_id": owners.get(target["Id"], target["Id"]),
            "port": target.get("Port"),
        }
        name = f"{group.partition('targetgroup/')[2]}.{target['Id']}.{target.get('Port')}"
        yield answers.make(kind, name, values, (region, call))


def _owners(answers: Answers, region: str) -> dict[str, str]:
    """Instances by their private addresses: a target may be named by either."""
    return {
        i["PrivateIpAddress"]: i["InstanceId"]
        for where, i in instances(answers)
        if where == region and i.get("PrivateIpAddress")
    }


def _classic(answers: Answers) -> Iterator[Resource]:
    """Balancers of the first version, which name their instances themselves."""
    call = "elb.describe_load_balancers"
    for region, balancer in answers.items(call, "LoadBalancerDescriptions"):
        name = balancer["LoadBalancerName"]
        arn = f"arn:{answers.partition}:elasticloadbalancing:{region}:{answers.swept.account}"
        arn = f"{arn}:loadbalancer/{name}"
        values = {
            "name": name,
            "arn": arn,
            "internal": balancer.get("Scheme") == "internal",
            "dns_name": balancer.get("DNSName"),
            "subnets": balancer.get("Subnets"),
            "security_groups": balancer.get("SecurityGroups"),
            "instances": [i["InstanceId"] for i in balancer.get("Instances", ())],
            "listener": [_classic_listener(d) for d in balancer.get("ListenerDescriptions", ())],
            "tags": answers.tags_of(region, arn),
        }
        yield answers.make("aws_elb", name, values, (region, call), key=answers.local(region))


def _classic_listener(said: Item) -> dict[str, object]:
    listener = said.get("Listener", {})
    return {
        "lb_protocol": listener.get("Protocol"),
        "lb_port": listener.get("LoadBalancerPort"),
        "instance_protocol": listener.get("InstanceProtocol"),
        "instance_port": listener.get("InstancePort"),
        "ssl_certificate_id": listener.get("SSLCertificateId"),
    }
