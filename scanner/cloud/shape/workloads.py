"""What runs its owner's code on machines of AWS: web services, notebooks, clusters and more."""

from collections.abc import Iterator

from graphs.resource import Resource
from scanner.cloud.shape.answers import Answers, Item, tags


def shape(answers: Answers) -> Iterator[Resource]:
    """Everything of the kind, but for builds."""
    for part in (
        _web_services,
        _notebooks,
        _clusters,
        _applications,
        _servers,
        _airflow,
        _batch,
        _replications,
        _endpoints,
    ):
        yield from part(answers)


def _web_services(answers: Answers) -> Iterator[Resource]:
    call = "apprunner.describe_service"
    for region, listed in answers.items("apprunner.list_services", "ServiceSummaryList"):
        name, arn, key = listed["ServiceName"], listed["ServiceArn"], answers.local(region)
        lost = ("network_configuration", "source_configuration", "instance_configuration")
        values = {
            "service_name": name,
            "arn": arn,
            **answers.detail((region, call, arn), _web_service, *lost),
            "tags": answers.tags_of(region, arn),
        }
        yield answers.make("aws_apprunner_service", name, values, (region, call), key=key)
    call, kind = "apprunner.describe_vpc_connector", "aws_apprunner_vpc_connector"
    for answer in answers.of(call):
        said = answer.data.get("VpcConnector") or {}
        if said:
            values = {
                "arn": said["VpcConnectorArn"],
                "vpc_connector_name": said.get("VpcConnectorName"),
                "subnets": said.get("Subnets", []),
                "security_groups": said.get("SecurityGroups", []),
            }
            yield answers.make(kind, said["VpcConnectorArn"], values, (answer.region, call))


def _web_service(answer: Item) -> dict[str, object]:
    said = answer["Service"]
    network, source = said.get("NetworkConfiguration") or {}, said.get("SourceConfiguration") or {}
    kept = source.get("ImageRepository") or {}
    image = kept.get("ImageConfiguration") or {}
    built = (source.get("CodeRepository") or {}).get("CodeConfiguration") or {}
    code = built.get("CodeConfigurationValues") or {}
    inward = network.get("IngressConfiguration") or {}
    outward = network.get("EgressConfiguration") or {}
    role = (said.get("InstanceConfiguration") or {}).get("InstanceRoleArn")
    variables = "runtime_environment_variables"
    of_image = {variables: image.get("RuntimeEnvironmentVariables") or {}}
    of_code = {variables: code.get("RuntimeEnvironmentVariables") or {}}
    return {
        "network_configuration": [
            {
                "ingress_configuration": [
                    {"is_publicly_accessible": inward.get("IsPubliclyAccessible", True)}
                ],
                "egress_configuration": [{"vpc_connector_arn": outward.get("VpcConnectorArn")}],
            }
        ],
        "instance_configuration": [{"instance_role_arn": role}],
        "source_configuration": [
            {
                "image_repository": [
                    {
                        "image_identifier": kept.get("ImageIdentifier"),
                        "image_configuration": [of_image],
                    }
                ],
                "code_repository": [
                    {"code_configuration": [{"code_configuration_values": [of_code]}]}
                ],
            }
        ],
    }


def _notebooks(answers: Answers) -> Iterator[Resource]:
    call, kind = "sagemaker.describe_notebook_instance", "aws_sagemaker_notebook_instance"
    listing = "sagemaker.list_notebook_instances"
    for region, listed in answers.items(listing, "NotebookInstances"):
        name, key = listed["NotebookInstanceName"], answers.local(region)
        lost = ("subnet_id", "security_groups", "role_arn")
        values = {
            "name": name,
            "arn": listed.get("NotebookInstanceArn"),
            **answers.detail((region, call, name), _notebook, *lost),
            "tags": answers.tags_of(region, listed.get("NotebookInstanceArn", "")),
        }
        yield answers.make(kind, name, values, (region, call), key=key)


def _notebook(said: Item) -> dict[str, object]:
    return {
        "subnet_id": said.get("SubnetId") or None,
        "security_groups": said.get("SecurityGroups", []),
        "role_arn": said.get("RoleArn"),
    }


def _clusters(answers: Answers) -> Iterator[Resource]:
    """Clusters of EMR that are there: of ended ones AWS keeps the record."""
    call = "emr.describe_cluster"
    for region, listed in answers.items("emr.list_clusters", "Clusters"):
        number, key = listed["Id"], answers.local(region)
        values = {
            "id": number,
            "name": listed.get("Name"),
            "arn": listed.get("ClusterArn"),
            **answers.detail((region, call, number), _cluster, "ec2_attributes"),
        }
        yield answers.make("aws_emr_cluster", number, values, (region, call), key=key)


def _cluster(answer: Item) -> dict[str, object]:
    said = answer["Cluster"]
    place = said.get("Ec2InstanceAttributes") or {}
    more = {
        "additional_master_security_groups": "AdditionalMasterSecurityGroups",
        "additional_slave_security_groups": "AdditionalSlaveSecurityGroups",
    }
    block = {
        "subnet_id": place.get("Ec2SubnetId") or None,
        "instance_profile": place.get("IamInstanceProfile"),
        "emr_managed_master_security_group": place.get("EmrManagedMasterSecurityGroup") or None,
        "emr_managed_slave_security_group": place.get("EmrManagedSlaveSecurityGroup") or None,
        **{name: ",".join(place.get(member) or ()) for name, member in more.items()},
    }
    return {"ec2_attributes": [block], "tags": tags(said.get("Tags"))}


def _applications(answers: Answers) -> Iterator[Resource]:
    """Environments of Elastic Beanstalk, which say by options where they are."""
    call, kind = (
        "elasticbeanstalk.describe_configuration_settings",
        "aws_elastic_beanstalk_environment",
    )
    listing = "elasticbeanstalk.describe_environments"
    for region, listed in answers.items(listing, "Environments"):
        name, key = listed["EnvironmentName"], answers.local(region)
        if listed.get("Status") != "Terminated":
            values = {
                "id": listed.get("EnvironmentId"),
                "name": name,
                "arn": listed.get("EnvironmentArn"),
                "application": listed.get("ApplicationName"),
                **answers.detail((region, call, name), _options, "setting"),
                "tags": answers.tags_of(region, listed.get("EnvironmentArn", "")),
            }
            yield answers.make(kind, name, values, (region, call), key=key)


def _options(answer: Item) -> dict[str, object]:
    return {
        "setting": [
            {
                "namespace": option.get("Namespace"),
                "name": option.get("OptionName"),
                "value": option["Value"],
            }
            for said in answer.get("ConfigurationSettings", ())
            for option in said.get("OptionSettings", ())
            if option.get("Value") not in (None, "")
        ]
    }


def _servers(answers: Answers) -> Iterator[Resource]:
    """Virtual servers of Lightsail, each with what its firewall lets in."""
    call = "lightsail.get_instances"
    for region, said in answers.items(call, "instances"):
        name, key = said["name"], answers.local(region)
        values = {
            "name": name,
            "arn": said.get("arn"),
            "blueprint_id": said.get("blueprintId"),
            "tags": tags(said.get("tags")),
        }
        yield answers.make("aws_lightsail_instance", name, values, (region, call), key=key)
        ports = (said.get("networking") or {}).get("ports", ())
        let_in = [_admitted(p) for p in ports if p.get("accessDirection") != "outbound"]
        values, kind = (
            {"instance_name": name, "port_info": let_in},
            "aws_lightsail_instance_public_ports",
        )
        yield answers.make(kind, name, values, (region, call), key=key)


def _admitted(port: Item) -> dict[str, object]:
    return {
        "protocol": port.get("protocol"),
        "from_port": port.get("fromPort"),
        "to_port": port.get("toPort"),
        "cidrs": port.get("cidrs", []),
        "ipv6_cidrs": port.get("ipv6Cidrs", []),
        "cidr_list_aliases": port.get("cidrListAliases", []),
    }


def _airflow(answers: Answers) -> Iterator[Resource]:
    call = "mwaa.get_environment"
    lost = ("network_configuration", "webserver_access_mode", "execution_role_arn")
    for region, name in answers.items("mwaa.list_environments", "Environments"):
        values = {"name": name, **answers.detail((region, call, str(name)), _environment, *lost)}
        key = answers.local(region)
        yield answers.make("aws_mwaa_environment", str(name), values, (region, call), key=key)


def _environment(answer: Item) -> dict[str, object]:
    said = answer["Environment"]
    place = said.get("NetworkConfiguration") or {}
    return {
        "arn": said.get("Arn"),
        "network_configuration": [
            {
                "subnet_ids": place.get("SubnetIds", []),
                "security_group_ids": place.get("SecurityGroupIds", []),
            }
        ],
        "webserver_access_mode": said.get("WebserverAccessMode"),
        "execution_role_arn": said.get("ExecutionRoleArn"),
        "source_bucket_arn": said.get("SourceBucketArn"),
        "dag_s3_path": said.get("DagS3Path"),
        "tags": dict(said.get("Tags") or {}),
    }


def _batch(answers: Answers) -> Iterator[Resource]:
    call = "batch.describe_compute_environments"
    for region, said in answers.items(call, "computeEnvironments"):
        name, key = said["computeEnvironmentName"], answers.local(region)
        place = said.get("computeResources")
        values = {
            "name": name,
            "arn": said.get("computeEnvironmentArn"),
            "type": said.get("type"),
            "compute_resources": [
                {
                    "subnets": place.get("subnets", []),
                    "security_group_ids": place.get("securityGroupIds", []),
                    "instance_role": place.get("instanceRole"),
                }
            ]
            if place
            else [],
            "tags": dict(said.get("tags") or {}),
        }
        yield answers.make("aws_batch_compute_environment", name, values, (region, call), key=key)


def _replications(answers: Answers) -> Iterator[Resource]:
    """Instances that copy databases, with the subnets that they may be in."""
    call = "dms.describe_replication_instances"
    for region, said in answers.items(call, "ReplicationInstances"):
        name, key = said["ReplicationInstanceIdentifier"], answers.local(region)
        group = said.get("ReplicationSubnetGroup") or {}
        number, arn = group.get("ReplicationSubnetGroupIdentifier"), said["ReplicationInstanceArn"]
        values = {
            "replication_instance_id": name,
            "arn": arn,
            "replication_instance_arn": arn,
            "publicly_accessible": said.get("PubliclyAccessible", False),
            "replication_subnet_group_id": number,
            "vpc_security_group_ids": [
                worn["VpcSecurityGroupId"] for worn in said.get("VpcSecurityGroups", ())
            ],
            "tags": answers.tags_of(region, arn),
        }
        yield answers.make("aws_dms_replication_instance", name, values, (region, call), key=key)
        if number:
            listed = [subnet["SubnetIdentifier"] for subnet in group.get("Subnets", ())]
            values = {"id": number, "replication_subnet_group_id": number, "subnet_ids": listed}
            kind = "aws_dms_replication_subnet_group"
            yield answers.make(kind, number, values, (region, call), key=key)


def _endpoints(answers: Answers) -> Iterator[Resource]:
    call = "glue.get_dev_endpoints"
    for region, said in answers.items(call, "DevEndpoints"):
        name, key = said["EndpointName"], answers.local(region)
        values = {
            "name": name,
            "role_arn": said.get("RoleArn"),
            "subnet_id": said.get("SubnetId") or None,
            "security_group_ids": said.get("SecurityGroupIds", []),
        }
        yield answers.make("aws_glue_dev_endpoint", name, values, (region, call), key=key)
