"""Enabling and disabling the extension under its true name."""

from __future__ import annotations

import threading

import pytest

OPERATORS = (
    "server_start", "server_stop", "server_restart", "server_connect", "preferences", "generate", "generate_here",
    "cancel", "seed_random", "head_select", "head_reuse", "head_rebuild", "head_delete", "head_import", "export_glb",
    "export_fbx", "export_usd", "portrait", "portrait_clear",
)  # fmt: skip


def test_every_operator_and_panel_is_registered(bpy):
    assert set(OPERATORS) <= set(dir(bpy.ops.headsmith))
    for panel in ("HEADSMITH_PT_generate", "HEADSMITH_PT_history", "HEADSMITH_PT_export"):
        assert getattr(bpy.types, panel).bl_category == "Headsmith"


def test_enabling_starts_no_thread_and_no_timer_without_a_window(bpy, headsmith):
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("headsmith")]
    assert not headsmith("session.connection").current.open
    assert not bpy.app.timers.is_registered(headsmith("session.pump")._tick)


def test_it_can_be_disabled_and_enabled_again(bpy, switch):
    switch(False)
    assert not hasattr(bpy.types.Scene, "headsmith")
    assert "HEADSMITH_OT_generate" not in dir(bpy.types)
    switch(True)
    assert bpy.context.scene.headsmith.texture_size == "2048"


def test_disabling_ends_the_clients_threads(bpy, headsmith, switch):
    connection = headsmith("session.connection")
    connection.current.client()
    assert "headsmith-client" in {thread.name for thread in threading.enumerate()}
    switch(False)
    try:
        assert "headsmith-client" not in {thread.name for thread in threading.enumerate()}
    finally:
        switch(True)


@pytest.mark.parametrize("name", OPERATORS)
def test_operators_say_what_they_do(bpy, name):
    description = getattr(bpy.ops.headsmith, name).get_rna_type().description
    assert len(description) > 8
    assert not description.endswith(".")  # Blender adds the full stop
