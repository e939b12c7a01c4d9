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


def test_new_files_start_with_the_preferred_options(bpy):
    preferences = bpy.context.preferences.addons["bl_ext.headsmith_tests.headsmith"].preferences
    preferences.texture_size, preferences.quality = "4096", "standard"
    try:
        bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
        settings = bpy.context.scene.headsmith
        assert (settings.texture_size, settings.quality) == ("4096", "standard")
        settings.texture_size = "1024"
        bpy.ops.wm.save_as_mainfile(filepath=bpy.app.tempdir + "chosen.blend")
        bpy.ops.wm.open_mainfile(filepath=bpy.app.tempdir + "chosen.blend")
        assert bpy.context.scene.headsmith.texture_size == "1024"
    finally:
        preferences.texture_size, preferences.quality = "2048", "draft"
