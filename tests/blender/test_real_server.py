"""The operators against a real server: started by the command of the preferences, stopped at the end."""

from __future__ import annotations

import shlex
import sys
import time

import pytest

from headsmith_shared.arkit import ARKIT_NAMES
from headsmith_shared.client import LinkState
from headsmith_shared.connection import find_local_server


@pytest.mark.slow
def test_a_sentence_becomes_a_head_in_the_scene(bpy, api, headsmith):
    preferences = bpy.context.preferences.addons["bl_ext.headsmith_tests.headsmith"].preferences
    preferences.server_command = shlex.join([sys.executable, "-m", "headsmith_server", "serve", "--idle-exit", "60"])
    pump, session = headsmith("session.pump"), headsmith("session.connection").current
    try:
        result = bpy.ops.headsmith.generate(
            prompt="an old man with green eyes and frobnicated ears", seed=4, texture_size="1024", wait=True
        )
        assert result == {"FINISHED"}
        (head,) = api.heads(bpy.context.scene)
        assert tuple(block.name for block in head.data.shape_keys.key_blocks[1:]) == ARKIT_NAMES
        skin = head.data.materials[0].node_tree.nodes["Principled BSDF"]
        assert tuple(skin.inputs["Base Color"].links[0].from_node.image.size) == (1024, 1024)
        assert "frobnicated" in bpy.context.scene.headsmith.history[0].not_understood
        assert bpy.ops.headsmith.server_stop() == {"FINISHED"}
        deadline = time.monotonic() + 15
        while session.desk.link is not LinkState.OFFLINE and time.monotonic() < deadline:
            pump.pump()
            time.sleep(0.02)
        assert session.desk.link is LinkState.OFFLINE
        assert find_local_server() is None
    finally:
        preferences.server_command = ""
        from headsmith_shared.local_server import stop_local_server

        stop_local_server()
