"""Whether databases are stored encrypted, also those that are made of others."""

import pytest

from tests.graphs.build.said import verdict

OLDER = """
resource "aws_db_instance" "older" {
  engine            = "postgres"
  storage_encrypted = %s
}
resource "aws_db_snapshot" "s" {
  db_instance_identifier = aws_db_instance.older.identifier
  db_snapshot_identifier = "before"
}
resource "aws_db_instance" "db" {
  %s
}
"""


@pytest.mark.parametrize(
    ("older", "made", "encrypted"),
    [
        ("true", "snapshot_identifier = aws_db_snapshot.s.id", "yes"),
        ("false", "snapshot_identifier = aws_db_snapshot.s.id", "no"),
        ("true", "replicate_source_db = aws_db_instance.older.identifier", "yes"),
        ("false", "replicate_source_db = aws_db_instance.older.identifier", "no"),
        ("true", 'snapshot_identifier = "rds:somewhere"', "maybe"),
        ("true", 'snapshot_identifier = "rds:somewhere"\n storage_encrypted = true', "yes"),
        (
            "true",
            (
                "restore_to_point_in_time {\n use_latest_restorable_time = true\n"
                " source_db_instance_identifier = aws_db_instance.older.identifier\n}"
            ),
            "yes",
        ),
        ("true", 'engine = "postgres"', "no"),
    ],
)
def test_a_database_is_encrypted_as_what_it_is_made_of(node, older, made, encrypted):
    database = node(OLDER % (older, made), "aws_db_instance.db")
    assert verdict(database.encrypted) == encrypted


@pytest.mark.parametrize(("mode", "encrypted"), [("serverless", "yes"), ("provisioned", "no")])
def test_a_serverless_cluster_is_encrypted(node, mode, encrypted):
    text = f'resource "aws_rds_cluster" "c" {{\n engine_mode = "{mode}"\n}}'
    assert verdict(node(text, "aws_rds_cluster.c").encrypted) == encrypted
