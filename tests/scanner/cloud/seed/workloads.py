"""What runs its owner's code on machines of AWS, applied."""

import json

from tests.scanner.cloud.seed.databases import home
from tests.scanner.cloud.seed.labels import tagged


def connector(seed, r, v):
    arn = f"{home(r, 'apprunner')}:vpcconnector/{v['vpc_connector_name']}/1/ab12"
    said = {
        "VpcConnectorArn": arn,
        "VpcConnectorName": v["vpc_connector_name"],
        "Subnets": v["subnets"],
        "SecurityGroups": v["security_groups"],
    }
    seed.tell(r, "apprunner:DescribeVpcConnector", {"VpcConnector": said})
    return {"arn": arn}


def web_service(seed, r, v):
    name = v["service_name"]
    arn = f"{home(r, 'apprunner')}:service/{name}/ab12"
    (source,), (network,) = v["source_configuration"], v["network_configuration"]
    (image,) = source["image_repository"]
    (config,), (egress,) = image["image_configuration"], network["egress_configuration"]
    variables = config["runtime_environment_variables"]
    role = v["instance_configuration"][0]["instance_role_arn"]
    listed = {"ServiceName": name, "ServiceArn": arn, "Status": "RUNNING"}
    said = {
        **listed,
        "SourceConfiguration": {
            "ImageRepository": {
                "ImageIdentifier": image["image_identifier"],
                "ImageConfiguration": {"RuntimeEnvironmentVariables": variables},
            }
        },
        "InstanceConfiguration": {"InstanceRoleArn": role},
        "NetworkConfiguration": {
            "EgressConfiguration": {
                "EgressType": egress["egress_type"],
                "VpcConnectorArn": egress["vpc_connector_arn"],
            },
            "IngressConfiguration": {"IsPubliclyAccessible": True},
        },
    }
    seed.tell(r, "apprunner:ListServices", {"ServiceSummaryList": [listed]})
    seed.tell(r, "apprunner:DescribeService", {"Service": said})
    return {"arn": arn, "service_id": "ab12"}


def notebook(seed, r, v):
    made = seed.client("sagemaker", r).create_notebook_instance(
        NotebookInstanceName=v["name"],
        InstanceType=v["instance_type"],
        RoleArn=v["role_arn"],
        SubnetId=v["subnet_id"],
        SecurityGroupIds=v["security_groups"],
    )
    return {"arn": made["NotebookInstanceArn"], "name": v["name"], "id": v["name"]}


def cluster(seed, r, v):
    (place,), (machines,) = v["ec2_attributes"], v["master_instance_group"]
    made = seed.client("emr", r).run_job_flow(
        Name=v["name"],
        ReleaseLabel=v["release_label"],
        ServiceRole=v["service_role"],
        JobFlowRole=place["instance_profile"],
        Instances={
            "Ec2SubnetId": place["subnet_id"],
            "EmrManagedMasterSecurityGroup": place["emr_managed_master_security_group"],
            "EmrManagedSlaveSecurityGroup": place["emr_managed_slave_security_group"],
            "MasterInstanceType": machines["instance_type"],
            "InstanceCount": 1,
            "KeepJobFlowAliveWhenNoSteps": True,
        },
    )
    return {"arn": made["ClusterArn"], "id": made["JobFlowId"]}


def application(seed, r, v):
    seed.client("elasticbeanstalk", r).create_application(ApplicationName=v["name"])
    return {"name": v["name"]}


def environment(seed, r, v):
    """moto keeps no options."""
    made = seed.client("elasticbeanstalk", r).create_environment(
        ApplicationName=v["application"],
        EnvironmentName=v["name"],
        SolutionStackName=v["solution_stack_name"],
    )
    options = "".join(
        f"<member><Namespace>{s['namespace']}</Namespace><OptionName>{s['name']}</OptionName>"
        f"<Value>{s['value']}</Value></member>"
        for s in v["setting"]
    )
    seed.tell(
        r,
        "elasticbeanstalk:DescribeConfigurationSettings",
        "<DescribeConfigurationSettingsResponse><DescribeConfigurationSettingsResult>"
        f"<ConfigurationSettings><member><EnvironmentName>{v['name']}</EnvironmentName>"
        f"<OptionSettings>{options}</OptionSettings></member></ConfigurationSettings>"
        "</DescribeConfigurationSettingsResult></DescribeConfigurationSettingsResponse>",
    )
    return {"arn": made["EnvironmentArn"], "id": made["EnvironmentId"], "name": v["name"]}


def virtual_server(seed, r, v):
    arn = f"{home(r, 'lightsail')}:Instance/86f1"
    said = {"name": v["name"], "arn": arn, "blueprintId": v["blueprint_id"]}
    seed.tell(r, "lightsail:GetInstances", {"instances": [said]})
    return {"arn": arn, "id": v["name"], "name": v["name"]}


def open_ports(seed, r, v):
    (said,) = seed.told(r, "lightsail:GetInstances")["instances"]
    ports = [
        {
            "fromPort": int(p["from_port"]),
            "toPort": int(p["to_port"]),
            "protocol": p["protocol"],
            "cidrs": p["cidrs"],
        }
        for p in v["port_info"]
    ]
    seed.tell(
        r, "lightsail:GetInstances", {"instances": [{**said, "networking": {"ports": ports}}]}
    )


def airflow(seed, r, v):
    (place,) = v["network_configuration"]
    arn = f"{home(r, 'airflow')}:environment/{v['name']}"
    said = {
        "Name": v["name"],
        "Arn": arn,
        "ExecutionRoleArn": v["execution_role_arn"],
        "SourceBucketArn": v["source_bucket_arn"],
        "DagS3Path": v["dag_s3_path"],
        "WebserverAccessMode": v["webserver_access_mode"],
        "NetworkConfiguration": {
            "SubnetIds": place["subnet_ids"],
            "SecurityGroupIds": place["security_group_ids"],
        },
        "AirflowConfigurationOptions": {"smtp.smtp_password": "correct-horse-battery"},
    }
    seed.tell(r, "airflow:GET /environments", {"Environments": [v["name"]]})
    seed.tell(r, f"airflow:GET /environments/{v['name']}", {"Environment": said})
    return {"arn": arn, "name": v["name"], "id": v["name"]}


def compute_environment(seed, r, v):
    (place,) = v["compute_resources"]
    made = seed.client("batch", r).create_compute_environment(
        computeEnvironmentName=v["name"],
        type=v["type"],
        serviceRole=v["service_role"],
        computeResources={
            "type": place["type"],
            "minvCpus": int(place["min_vcpus"]),
            "maxvCpus": int(place["max_vcpus"]),
            "instanceTypes": place["instance_type"],
            "instanceRole": place["instance_role"],
            "subnets": place["subnets"],
            "securityGroupIds": place["security_group_ids"],
        },
    )
    return {"arn": made["computeEnvironmentArn"], "name": v["name"]}


def replication_subnets(seed, r, v):
    """It is told of an instance that is in it."""
    return {"id": v["replication_subnet_group_id"], "subnet_ids": v["subnet_ids"]}


def replication(seed, r, v):
    """moto makes up the subnets of an instance."""
    (group,) = (k for k in seed.applied if k.startswith("aws_dms_replication_subnet_group."))
    arn = f"{home(r, 'dms')}:rep:AB12"
    said = {
        "ReplicationInstanceIdentifier": v["replication_instance_id"],
        "ReplicationInstanceArn": arn,
        "PubliclyAccessible": v["publicly_accessible"],
        "ReplicationSubnetGroup": {
            "ReplicationSubnetGroupIdentifier": v["replication_subnet_group_id"],
            "Subnets": [{"SubnetIdentifier": s} for s in seed.applied[group]["subnet_ids"]],
        },
        "VpcSecurityGroups": [{"VpcSecurityGroupId": g} for g in v["vpc_security_group_ids"]],
    }
    seed.tell(r, "dms:DescribeReplicationInstances", {"ReplicationInstances": [said]})
    return {"arn": arn, "id": v["replication_instance_id"]}


def job_definition(seed, r, v):
    made = seed.client("batch", r).register_job_definition(
        jobDefinitionName=v["name"],
        type=v["type"],
        containerProperties=json.loads(v["container_properties"]),
        tags=tagged(v),
    )
    return {"arn": made["jobDefinitionArn"], "name": v["name"], "revision": made["revision"]}
