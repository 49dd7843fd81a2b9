"""What AWS runs between callers and services: APIs, those of Kubernetes clusters among them."""

import json
from collections.abc import Iterator, Mapping

from graphs.resource import Resource
from graphs.unknown import Cause, Unknown
from scanner.cloud.shape.answers import Answers, Item


def shape(answers: Answers) -> Iterator[Resource]:
    """The fronts, with what they lead to."""
    for part in (_clusters, _rest_apis, _http_apis, _graphs):
        yield from part(answers)


def _clusters(answers: Answers) -> Iterator[Resource]:
    """The machines of a cluster are those of its fleets, and are read there."""
    call, kind = "eks.describe_cluster", "aws_eks_cluster"
    for region, name in answers.items("eks.list_clusters", "clusters"):
        read, key = answers.about(call, region, str(name)), answers.local(region)
        values: dict[str, object] = {"name": name}
        if isinstance(read, Unknown):
            values |= dict.fromkeys(("vpc_config", "role_arn", "encryption_config"), read)
        else:
            values |= _cluster(read["cluster"])
        yield answers.make(kind, str(name), values, (region, call), key=key)


def _cluster(said: Item) -> dict[str, object]:
    place = said.get("resourcesVpcConfig") or {}
    logged = [
        kind
        for each in (said.get("logging") or {}).get("clusterLogging", ())
        if each.get("enabled")
        for kind in each.get("types", ())
    ]
    return {
        "arn": said.get("arn"),
        "role_arn": said.get("roleArn"),
        "vpc_config": [
            {
                "subnet_ids": place.get("subnetIds", []),
                "security_group_ids": place.get("securityGroupIds", []),
                "cluster_security_group_id": place.get("clusterSecurityGroupId"),
                "endpoint_public_access": place.get("endpointPublicAccess", True),
                "endpoint_private_access": place.get("endpointPrivateAccess", False),
                "public_access_cidrs": place.get("publicAccessCidrs") or None,
            }
        ],
        "enabled_cluster_log_types": logged,
        "encryption_config": [
            {
                "resources": each.get("resources", []),
                "provider": [{"key_arn": (each.get("provider") or {}).get("keyArn")}],
            }
            for each in said.get("encryptionConfig") or ()
        ],
        "tags": dict(said.get("tags") or {}),
    }


# APIs.


def _shut(api: Item, said: object, what: str) -> object:
    """Whether an API's own address is off; of names of its owner's a sweep does not know."""
    named = f"the domain names of {what} {api.get('name', api.get('Name', ''))}"
    return Unknown(Cause.MODEL, f"{named}, which a sweep does not read") if said else False


def _rest_apis(answers: Answers) -> Iterator[Resource]:
    call = "apigateway.get_rest_apis"
    for region, api in answers.items(call, "items"):
        number, key = api["id"], answers.local(region)
        types = (api.get("endpointConfiguration") or {}).get("types", [])
        values = {
            "id": number,
            "name": api.get("name"),
            "endpoint_configuration": [{"types": types}],
            "disable_execute_api_endpoint": _shut(api, api.get("disableExecuteApiEndpoint"), "API"),
            "policy": _unquoted(api.get("policy")),
            "tags": dict(api.get("tags") or {}),
        }
        yield answers.make("aws_api_gateway_rest_api", number, values, (region, call), key=key)
        yield from _parts(answers, region, number)
    call = "apigateway.get_vpc_links"
    for region, link in answers.items(call, "items"):
        values = {"id": link["id"], "target_arns": link.get("targetArns", [])}
        kind, key = "aws_api_gateway_vpc_link", answers.local(region)
        yield answers.make(kind, link["id"], values, (region, call), key=key)


def _unquoted(policy: object) -> object:
    """A policy's text, which API Gateway tells with its quotes escaped."""
    if not isinstance(policy, str) or not policy:
        return None
    try:
        return json.loads(f'"{policy}"') if policy.startswith('{\\"') else policy
    except ValueError:
        return policy


def _parts(answers: Answers, region: str, api: str) -> Iterator[Resource]:
    """The methods of an API with what answers them; one of which nothing is known where that was
    refused."""
    call, key = "apigateway.get_resources", answers.local(region)
    read = answers.about(call, region, api)
    if isinstance(read, Unknown):
        values = {"rest_api_id": api, "uri": read, "http_method": read, "resource_id": read}
        kind = "aws_api_gateway_integration"
        yield answers.make(kind, api, values, (region, call), key=key, doubt=read)
        return
    for place in read.get("items", ()):
        for verb, method in (place.get("resourceMethods") or {}).items():
            name = f"{api}/{place['id']}/{verb}"
            where = {"rest_api_id": api, "resource_id": place["id"], "http_method": verb}
            asked = {
                **where,
                "authorization": method.get("authorizationType", "NONE"),
                "api_key_required": method.get("apiKeyRequired", False),
            }
            yield answers.make("aws_api_gateway_method", name, asked, (region, call), key=key)
            part = method.get("methodIntegration") or {}
            led = {**where, "uri": part.get("uri"), "connection_id": part.get("connectionId")}
            kind = "aws_api_gateway_integration"
            yield answers.make(kind, name, led, (region, call), key=key)


def _http_apis(answers: Answers) -> Iterator[Resource]:
    call = "apigatewayv2.get_apis"
    for region, api in answers.items(call, "Items"):
        number, key = api["ApiId"], answers.local(region)
        values = {
            "id": number,
            "name": api.get("Name"),
            "protocol_type": api.get("ProtocolType"),
            "disable_execute_api_endpoint": _shut(api, api.get("DisableExecuteApiEndpoint"), "API"),
            "tags": dict(api.get("Tags") or {}),
        }
        yield answers.make("aws_apigatewayv2_api", number, values, (region, call), key=key)
        yield from _routes(answers, region, number)
    call = "apigatewayv2.get_vpc_links"
    for region, link in answers.items(call, "Items"):
        values = {
            "id": link["VpcLinkId"],
            "subnet_ids": link.get("SubnetIds", []),
            "security_group_ids": link.get("SecurityGroupIds", []),
        }
        kind, key = "aws_apigatewayv2_vpc_link", answers.local(region)
        yield answers.make(kind, link["VpcLinkId"], values, (region, call), key=key)


def _routes(answers: Answers, region: str, api: str) -> Iterator[Resource]:
    call, key = "apigatewayv2.get_integrations", answers.local(region)
    for part in _listed(answers, call, region, api):
        number = part.get("IntegrationId", api)
        values = {
            "id": number,
            "api_id": api,
            "integration_uri": part.get("IntegrationUri"),
            "connection_id": part.get("ConnectionId"),
        }
        kind = "aws_apigatewayv2_integration"
        yield answers.make(kind, f"{api}/{number}", values, (region, call), key=key)
    call = "apigatewayv2.get_routes"
    for route in _listed(answers, call, region, api):
        values = {
            "api_id": api,
            "route_key": route.get("RouteKey"),
            "authorization_type": route.get("AuthorizationType", "NONE"),
            "api_key_required": route.get("ApiKeyRequired", False),
            "target": route.get("Target"),
        }
        name = f"{api}/{route.get('RouteId', '')}"
        yield answers.make("aws_apigatewayv2_route", name, values, (region, call), key=key)


def _listed(answers: Answers, call: str, region: str, api: str) -> Iterator[Item]:
    read = answers.about(call, region, api)
    yield from read.get("Items", ()) if isinstance(read, Mapping) else ()


def _graphs(answers: Answers) -> Iterator[Resource]:
    """APIs of GraphQL, with the functions that answer them."""
    call, kind = "appsync.list_graphql_apis", "aws_appsync_graphql_api"
    for region, said in answers.items(call, "graphqlApis"):
        number, key = said["apiId"], answers.local(region)
        more = said.get("additionalAuthenticationProviders", ())
        word = "authentication_type"
        values = {
            "id": number,
            "arn": said.get("arn"),
            "name": said.get("name"),
            "visibility": said.get("visibility", "GLOBAL"),
            word: said.get("authenticationType"),
            "additional_authentication_provider": [
                {word: each.get("authenticationType")} for each in more
            ],
            "tags": dict(said.get("tags") or {}),
        }
        yield answers.make(kind, number, values, (region, call), key=key)
        yield from _sources(answers, region, number)


def _sources(answers: Answers, region: str, api: str) -> Iterator[Resource]:
    call, kind = "appsync.list_data_sources", "aws_appsync_datasource"
    read, key = answers.about(call, region, api), answers.local(region)
    if isinstance(read, Unknown):
        values = {"api_id": api, "lambda_config": [{"function_arn": read}]}
        yield answers.make(kind, api, values, (region, call), key=key, doubt=read)
        return
    for said in read.get("dataSources", ()):
        function = (said.get("lambdaConfig") or {}).get("lambdaFunctionArn")
        values = {
            "api_id": api,
            "name": said["name"],
            "type": said.get("type"),
            "service_role_arn": said.get("serviceRoleArn"),
            "lambda_config": [{"function_arn": function}] if function else [],
        }
        yield answers.make(kind, f"{api}/{said['name']}", values, (region, call), key=key)
