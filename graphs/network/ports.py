"""Ports by the name of what listens there."""

from collections.abc import Mapping
from types import MappingProxyType

SSH = 22

SHELLS: Mapping[int, str] = MappingProxyType(
    {
        SSH: "SSH",
        23: "Telnet",
        3389: "RDP",
        5900: "VNC",
        5985: "WinRM",
        5986: "WinRM over TLS",
    }
)
"""Ports where people log in to administer a system."""
