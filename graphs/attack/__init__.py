"""Attack paths: facts that an attacker may hold, techniques that derive them, the best ways.

Input: an estate with its graph. Output: AttackPaths with evidence. It changes nothing.
"""
