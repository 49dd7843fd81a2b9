"""Who may do what, exactly.

Input: typed nodes with their policy texts. Output: Permissions, which answers whether a principal
may do an action on a resource, with the statements that decide it, and who may become which role.
It does not chain steps into attacks: that is graphs.attack.
"""
