"""Other scanners beside ours, each in a process and an environment of its own.

Input: what was read. Output: what they say of it, on our addresses and lines. Nothing here is
imported by a scan that does not ask for it.
"""
