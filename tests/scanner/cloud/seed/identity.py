"""IAM, applied."""


def iam_policy(seed, r, v):
    made = seed.client("iam", r).create_policy(PolicyName=v["name"], PolicyDocument=v["policy"])
    return {"arn": made["Policy"]["Arn"]}


def role(seed, r, v):
    limit = v.get("permissions_boundary")
    made = seed.client("iam", r).create_role(
        RoleName=v["name"],
        AssumeRolePolicyDocument=v["assume_role_policy"],
        **({"PermissionsBoundary": limit} if limit else {}),
    )
    return {"arn": made["Role"]["Arn"], "id": v["name"], "name": v["name"]}


def attachment(seed, r, v):
    seed.client("iam", r).attach_role_policy(RoleName=v["role"], PolicyArn=v["policy_arn"])


def role_policy(seed, r, v):
    seed.client("iam", r).put_role_policy(
        RoleName=v["role"], PolicyName=v["name"], PolicyDocument=v["policy"]
    )


def profile(seed, r, v):
    iam = seed.client("iam", r)
    made = iam.create_instance_profile(InstanceProfileName=v["name"])["InstanceProfile"]
    iam.add_role_to_instance_profile(InstanceProfileName=v["name"], RoleName=v["role"])
    return {"arn": made["Arn"], "name": v["name"], "id": v["name"]}


def user(seed, r, v):
    made = seed.client("iam", r).create_user(UserName=v["name"])
    return {"arn": made["User"]["Arn"], "name": v["name"], "id": v["name"]}


def user_policy(seed, r, v):
    seed.client("iam", r).put_user_policy(
        UserName=v["user"], PolicyName=v["name"], PolicyDocument=v["policy"]
    )


def access_key(seed, r, v):
    made = seed.client("iam", r).create_access_key(UserName=v["user"])["AccessKey"]
    return {"id": made["AccessKeyId"], "secret": made["SecretAccessKey"]}


def oidc(seed, r, v):
    made = seed.client("iam", r).create_open_id_connect_provider(
        Url=v["url"], ClientIDList=v["client_id_list"], ThumbprintList=["0" * 40]
    )
    return {"arn": made["OpenIDConnectProviderArn"]}
