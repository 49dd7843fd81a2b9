"""Live accounts: answers of AWS's read calls, kept in a snapshot, shaped into resources.

Input: a profile and regions, or a snapshot file. Output: resources with Terraform's types and
attribute names, and the coverage that the answers give. It changes nothing, keeps no credentials,
and judges nothing.
"""
