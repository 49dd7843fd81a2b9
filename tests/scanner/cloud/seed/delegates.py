"""What acts as a role or is known by its policy, and pools of identities, applied."""

import json

from tests.scanner.cloud.seed.databases import home


def job(seed, r, v):
    seed.client("glue", r).create_job(
        Name=v["name"],
        Role=v["role_arn"],
        Command={"ScriptLocation": v["command"][0]["script_location"]},
        DefaultArguments=v["default_arguments"],
    )
    return {"arn": f"{home(r, 'glue')}:job/{v['name']}", "name": v["name"], "id": v["name"]}


def connection(seed, r, v):
    told = {
        "Name": v["name"],
        "ConnectionType": "JDBC",
        "ConnectionProperties": v["connection_properties"],
    }
    seed.client("glue", r).create_connection(ConnectionInput=told)
    return {"arn": f"{home(r, 'glue')}:connection/{v['name']}", "name": v["name"]}


def catalog_policy(seed, r, v):
    """moto keeps no policy of the catalog."""
    seed.tell(r, "glue:GetResourcePolicy", {"PolicyInJson": v["policy"]})
    return {"id": r.scope.account}


def machine(seed, r, v):
    made = seed.client("stepfunctions", r).create_state_machine(
        name=v["name"], roleArn=v["role_arn"], definition=v["definition"]
    )
    return {"arn": made["stateMachineArn"], "id": made["stateMachineArn"], "name": v["name"]}


def stack(seed, r, v):
    given = [{"ParameterKey": k, "ParameterValue": each} for k, each in v["parameters"].items()]
    made = seed.client("cloudformation", r).create_stack(
        StackName=v["name"], TemplateBody=v["template_body"], Parameters=given
    )
    number = made["StackId"]
    return {"arn": number, "id": number, "name": v["name"], "unique": number.rpartition("/")[2]}


def bus(seed, r, v):
    made = seed.client("events", r).create_event_bus(Name=v["name"])
    return {"arn": made["EventBusArn"], "name": v["name"], "id": v["name"]}


def bus_policy(seed, r, v):
    seed.client("events", r).put_permission(EventBusName=v["event_bus_name"], Policy=v["policy"])


def access_point(seed, r, v):
    """What S3 tells of it: moto's server does not find accounts in names of hosts."""
    arn = f"{home(r, 's3')}:accesspoint/{v['name']}"
    text = (
        '<ListAccessPointsResult xmlns="http://awss3control.amazonaws.com/doc/2018-08-20/">'
        f"<AccessPointList><AccessPoint><Name>{v['name']}</Name><Bucket>{v['bucket']}</Bucket>"
        f"<AccessPointArn>{arn}</AccessPointArn></AccessPoint></AccessPointList>"
        "</ListAccessPointsResult>"
    )
    seed.tell(r, "s3:GET /v20180820/accesspoint", text)
    policy = v["policy"].replace("&", "&amp;")
    text = (
        '<GetAccessPointPolicyResult xmlns="http://awss3control.amazonaws.com/doc/2018-08-20/">'
        f"<Policy>{policy}</Policy></GetAccessPointPolicyResult>"
    )
    seed.tell(r, f"s3:GET /v20180820/accesspoint/{v['name']}/policy", text)
    return {"arn": arn, "name": v["name"], "id": v["name"]}


def users(seed, r, v):
    made = seed.client("cognito-idp", r).create_user_pool(PoolName=v["name"])["UserPool"]
    end = f"cognito-idp.{r.scope.region}.amazonaws.com/{made['Id']}"
    return {"arn": made["Arn"], "id": made["Id"], "endpoint": end}


def pool(seed, r, v):
    made = seed.client("cognito-identity", r).create_identity_pool(
        IdentityPoolName=v["identity_pool_name"],
        AllowUnauthenticatedIdentities=v["allow_unauthenticated_identities"],
        CognitoIdentityProviders=[
            {"ProviderName": each["provider_name"], "ClientId": each["client_id"]}
            for each in v["cognito_identity_providers"]
        ],
    )
    return {"id": made["IdentityPoolId"]}


def pool_roles(seed, r, v):
    """moto forgets which roles a pool hands out."""
    said = {"IdentityPoolId": v["identity_pool_id"], "Roles": v["roles"]}
    seed.tell(r, "cognito-identity:GetIdentityPoolRoles", json.loads(json.dumps(said)))
