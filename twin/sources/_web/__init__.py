"""The network as a guest uses it (core.protocols.Web): one door for every page that a source or a request names."""

from twin.sources._web.addresses import refuse_private
from twin.sources._web.guest import AGENT, Guest

__all__ = ["AGENT", "Guest", "refuse_private"]
