"""What can be wrong with an installation, found before a user meets it; every failed check names its
remedy."""

from headsmith_server.doctor.check import Check, Verdict
from headsmith_server.doctor.examine import examine
from headsmith_server.doctor.privacy import Mask

__all__ = ["Check", "Mask", "Verdict", "examine"]
