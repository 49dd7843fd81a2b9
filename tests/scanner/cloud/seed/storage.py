"""What holds data, applied."""

from tests.scanner.cloud.seed.labels import pairs, tagged


def key(seed, r, v):
    kms = seed.client("kms", r)
    made = kms.create_key(Policy=v["policy"], Description=v["description"])["KeyMetadata"]
    kms.enable_key_rotation(KeyId=made["KeyId"])
    return {"arn": made["Arn"], "key_id": made["KeyId"], "id": made["KeyId"]}


def bucket(seed, r, v):
    where = str(r.scope.region)
    place = {"CreateBucketConfiguration": {"LocationConstraint": where}}
    s3 = seed.client("s3", r)
    s3.create_bucket(Bucket=v["bucket"], **({} if where == "us-east-1" else place))
    s3.put_bucket_tagging(Bucket=v["bucket"], Tagging={"TagSet": pairs(tagged(v))})
    return {"id": v["bucket"], "bucket": v["bucket"], "arn": f"arn:aws:s3:::{v['bucket']}"}


def bucket_versioning(seed, r, v):
    status = {"Status": v["versioning_configuration"][0]["status"]}
    seed.client("s3", r).put_bucket_versioning(Bucket=v["bucket"], VersioningConfiguration=status)


def bucket_encryption(seed, r, v):
    said = v["rule"][0]["apply_server_side_encryption_by_default"][0]
    default = {"SSEAlgorithm": said["sse_algorithm"]}
    if said.get("kms_master_key_id"):
        default["KMSMasterKeyID"] = said["kms_master_key_id"]
    rules = {"Rules": [{"ApplyServerSideEncryptionByDefault": default}]}
    seed.client("s3", r).put_bucket_encryption(
        Bucket=v["bucket"], ServerSideEncryptionConfiguration=rules
    )


def bucket_block(seed, r, v):
    seed.client("s3", r).put_public_access_block(
        Bucket=v["bucket"],
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": v["block_public_acls"],
            "IgnorePublicAcls": v["ignore_public_acls"],
            "BlockPublicPolicy": v["block_public_policy"],
            "RestrictPublicBuckets": v["restrict_public_buckets"],
        },
    )


def bucket_logging(seed, r, v):
    """The log bucket has to let the log service write before this is accepted."""
    s3 = seed.client("s3", r)
    group = "http://acs.amazonaws.com/groups/s3/LogDelivery"
    s3.put_bucket_acl(
        Bucket=v["target_bucket"], GrantWrite=f"uri={group}", GrantReadACP=f"uri={group}"
    )
    target = {"TargetBucket": v["target_bucket"], "TargetPrefix": v["target_prefix"]}
    s3.put_bucket_logging(Bucket=v["bucket"], BucketLoggingStatus={"LoggingEnabled": target})


def bucket_policy(seed, r, v):
    seed.client("s3", r).put_bucket_policy(Bucket=v["bucket"], Policy=v["policy"])


def secret(seed, r, v):
    named = {"KmsKeyId": v["kms_key_id"]} if v.get("kms_key_id") else {}
    made = seed.client("secretsmanager", r).create_secret(Name=v["name"], **named)
    return {"arn": made["ARN"], "id": made["ARN"], "suffix": made["ARN"][-6:]}


def parameter(seed, r, v):
    """What its value is nobody reads: it is not the one of the estate."""
    named = {"KeyId": v["key_id"]} if v.get("key_id") else {}
    seed.client("ssm", r).put_parameter(Name=v["name"], Type=v["type"], Value="hidden", **named)
    home = f"arn:aws:ssm:{r.scope.region}:{r.scope.account}:parameter"
    return {"name": v["name"], "id": v["name"], "arn": f"{home}/{v['name'].removeprefix('/')}"}


def subnet_group(seed, r, v):
    seed.client("rds", r).create_db_subnet_group(
        DBSubnetGroupName=v["name"], DBSubnetGroupDescription="Managed", SubnetIds=v["subnet_ids"]
    )
    return {"name": v["name"], "id": v["name"]}


def database(seed, r, v):
    own = {"KmsKeyId": v["kms_key_id"]} if v.get("kms_key_id") else {}
    made = seed.client("rds", r).create_db_instance(
        DBInstanceIdentifier=v["identifier"],
        Engine=v["engine"],
        DBInstanceClass=v["instance_class"],
        AllocatedStorage=int(v["allocated_storage"]),
        StorageEncrypted=v["storage_encrypted"],
        Port=int(v["port"]),
        MasterUsername=v["username"],
        MasterUserPassword="not-the-one-of-the-estate",
        DBSubnetGroupName=v["db_subnet_group_name"],
        VpcSecurityGroupIds=v["vpc_security_group_ids"],
        BackupRetentionPeriod=int(v["backup_retention_period"]),
        DeletionProtection=v["deletion_protection"],
        MultiAZ=v["multi_az"],
        PubliclyAccessible=bool(v.get("publicly_accessible")),
        Tags=pairs(tagged(v)),
        **own,
    )["DBInstance"]
    return {"arn": made["DBInstanceArn"], "identifier": v["identifier"], "id": v["identifier"]}


def disk(seed, r, v):
    made = seed.client("ec2", r).create_volume(
        AvailabilityZone=v["availability_zone"], Size=int(v["size"]), Encrypted=v["encrypted"]
    )
    number = made["VolumeId"]
    return {"id": number, "arn": f"arn:aws:ec2:{r.scope.region}:{r.scope.account}:volume/{number}"}


def disk_snapshot(seed, r, v):
    number = seed.client("ec2", r).create_snapshot(VolumeId=v["volume_id"])["SnapshotId"]
    return {"id": number, "arn": f"arn:aws:ec2:{r.scope.region}::snapshot/{number}"}


def disk_shared(seed, r, v):
    seed.client("ec2", r).modify_snapshot_attribute(
        SnapshotId=v["snapshot_id"],
        Attribute="createVolumePermission",
        OperationType="add",
        UserIds=[v["account_id"]],
    )


def database_snapshot(seed, r, v):
    rds, name = seed.client("rds", r), v["db_snapshot_identifier"]
    made = rds.create_db_snapshot(
        DBSnapshotIdentifier=name, DBInstanceIdentifier=v["db_instance_identifier"]
    )["DBSnapshot"]
    rds.modify_db_snapshot_attribute(
        DBSnapshotIdentifier=name, AttributeName="restore", ValuesToAdd=v["shared_accounts"]
    )
    return {"id": name, "db_snapshot_arn": made["DBSnapshotArn"]}


def trail(seed, r, v):
    named = {"KmsKeyId": v["kms_key_id"]} if v.get("kms_key_id") else {}
    cloudtrail = seed.client("cloudtrail", r)
    made = cloudtrail.create_trail(
        Name=v["name"],
        S3BucketName=v["s3_bucket_name"],
        IsMultiRegionTrail=bool(v.get("is_multi_region_trail")),
        EnableLogFileValidation=bool(v.get("enable_log_file_validation")),
        **named,
    )
    cloudtrail.start_logging(Name=v["name"])
    return {"arn": made["TrailARN"]}
