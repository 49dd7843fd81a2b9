"""What reaches what over the network, exactly.

Input: typed nodes. Output: packet sets between two bounds, with evidence. `reach.Network` is the
door; it knows no risk: whether a reachable port is a danger is for rules to say.
"""
