"""From a pressed button to a head in the scene, through the pump, with a scripted client."""

from __future__ import annotations

import threading
import time

import pytest

from headsmith_shared.client import JobCancelled, JobFailed, JobRefused, LinkChanged, LinkState, Problem
from headsmith_shared.errors import ErrorCode, HeadsmithError
from tests.blender.scripted_client import ScriptedClient

PROMPT = "an elderly sailor with a broad nose"


@pytest.fixture
def client(bpy, headsmith):
    client = ScriptedClient()
    headsmith("session.connection").current.make_client = lambda options: client
    return client


@pytest.fixture
def desk(client, headsmith):
    return headsmith("session.connection").current.desk


@pytest.fixture
def settle(bpy, headsmith):
    """Pump until nothing changes any more; the decoder works on its own thread meanwhile."""
    pump = headsmith("session.pump").pump

    def until_quiet() -> None:
        quiet = 0
        while quiet < 12:
            quiet = 0 if pump() else quiet + 1
            time.sleep(0.005)

    return until_quiet


def generate(bpy, **options) -> str:
    assert bpy.ops.headsmith.generate(prompt=PROMPT, seed=7, **options) == {"FINISHED"}
    history = bpy.context.scene.headsmith.history
    return history[len(history) - 1].job_id


def test_the_scene_knows_the_job_before_the_server_does(bpy, client):
    known = []
    client.submit = lambda spec, job: known.extend(e.job_id for e in bpy.context.scene.headsmith.history)
    job = generate(bpy, quality="draft", texture_size="1024")
    assert known == [job]


def test_the_operators_keywords_reach_the_server(bpy, client):
    generate(bpy, quality="standard", texture_size="4096")
    verb, (_, spec) = client.asked[0]
    assert verb == "submit"
    assert (spec.prompt, spec.seed, spec.quality, spec.texture_size) == (PROMPT, 7, "standard", 4096)


def test_the_sidebars_button_uses_the_scenes_fields(bpy, client):
    settings = bpy.context.scene.headsmith
    assert not bpy.ops.headsmith.generate_here.poll()
    settings.prompt, settings.seed, settings.texture_size = PROMPT, 3, "1024"
    assert bpy.ops.headsmith.generate_here() == {"FINISHED"}
    spec = client.asked[0][1][1]
    assert (spec.prompt, spec.seed, spec.texture_size) == (PROMPT, 3, 1024)


def test_an_empty_prompt_is_refused_by_name_and_leaves_no_record(bpy, client):
    with pytest.raises(RuntimeError, match="the prompt is empty"):
        bpy.ops.headsmith.generate(prompt="   ")
    assert not bpy.context.scene.headsmith.history
    assert client.asked == []


def test_a_head_appears_with_its_geometry_and_gets_better_in_place(bpy, api, client, desk, settle):
    job = generate(bpy)
    client.begin(job)
    client.geometry(job)
    settle()
    (head,) = api.heads(bpy.context.scene)
    skin = head.data.materials[0].node_tree.nodes["Principled BSDF"]
    assert not skin.inputs["Base Color"].is_linked
    assert desk.jobs[job].phase == "running"
    client.one_map(job)
    settle()
    assert skin.inputs["Base Color"].is_linked
    assert not skin.inputs["Roughness"].is_linked
    client.finish(job)
    settle()
    assert api.heads(bpy.context.scene) == [head]
    assert skin.inputs["Roughness"].is_linked
    assert (head["headsmith_stage"], head["headsmith_job"]) == ("head", job)
    assert desk.jobs[job].phase == "done"
    record = bpy.context.scene.headsmith.history[0]
    assert (record.object_name, record.phase, record.not_understood) == (head.name, "done", "zorgy")


def test_only_the_best_version_is_built_when_several_wait(bpy, headsmith, client, desk, settle, monkeypatch):
    pump = headsmith("session.pump")
    stages = []
    real = pump.build_head
    monkeypatch.setattr(pump, "build_head", lambda asset, **k: stages.append(k["stage"]) or real(asset, **k))
    job = generate(bpy)
    client.geometry(job)
    client.one_map(job)
    client.finish(job)
    desk_pump = headsmith("session.connection").current
    for message in client.poll():
        desk.receive(message)
    for arrival in desk.arrivals:
        desk_pump.decoder.put(arrival)
    desk.arrivals.clear()
    time.sleep(0.5)  # all three are decoded before the window's timer comes round
    settle()
    assert stages == ["head"]
    assert desk.jobs[job].phase == "done"


def test_progress_tells_stage_fraction_and_remaining_time(bpy, client, desk, settle):
    job = generate(bpy)
    client.begin(job, fraction=0.4, stage="skin albedo")
    settle()
    state = desk.active()
    assert (state.id, state.stage, state.fraction) == (job, "skin albedo", 0.4)
    assert 5.0 < state.remaining_now() <= 7.0


def test_a_second_head_waits_until_the_first_is_over(bpy, client, settle):
    job = generate(bpy)
    assert not bpy.ops.headsmith.generate.poll()
    client.finish(job)
    settle()
    assert bpy.ops.headsmith.generate.poll()


def test_cancel_asks_the_server_and_shows_when_it_has_stopped(bpy, api, client, desk, settle):
    job = generate(bpy)
    client.begin(job)
    client.geometry(job)
    settle()
    assert bpy.ops.headsmith.cancel() == {"FINISHED"}
    assert client.asked[-1] == ("cancel", job)
    assert desk.jobs[job].phase == "cancelling"
    client.says.append(JobCancelled(job, 4))
    settle()
    assert desk.jobs[job].phase == "cancelled"
    assert desk.active() is None
    assert len(api.heads(bpy.context.scene)) == 1  # what is finished stays
    assert bpy.context.scene.headsmith.history[0].phase == "cancelled"
    assert not bpy.ops.headsmith.cancel.poll()


def test_generate_starts_the_server_when_none_runs(bpy, client, headsmith, settle):
    client.connect_error = HeadsmithError(ErrorCode.NO_SERVER, "no server runs", "start it")
    generate(bpy)
    assert client.verbs == ["submit", "start_server"]


@pytest.fixture
def no_start(client):
    """The error with which a start ends that is announced first, as with the real client."""
    client.connect_error = HeadsmithError(ErrorCode.NO_SERVER, "no server runs", "start it")
    error = HeadsmithError(ErrorCode.NO_SERVER, "the server ended at once", "run: headsmith doctor")

    def start_server(command=None, timeout=30.0):
        client.says += [LinkChanged(LinkState.STARTING), LinkChanged(LinkState.OFFLINE, error)]

    client.start_server = start_server
    return error


def test_a_script_that_waits_hears_at_once_that_no_server_starts(bpy, client, desk, no_start):
    started = time.monotonic()
    with pytest.raises(RuntimeError, match=r"the server ended at once \(run: headsmith doctor\)"):
        bpy.ops.headsmith.generate(prompt=PROMPT, wait=True)
    assert time.monotonic() - started < 5
    (job,) = desk.jobs.values()
    assert (job.phase, job.error.code) == ("failed", ErrorCode.NO_SERVER)
    assert ("forget", job.id) in client.asked  # a server that comes later must not make it
    assert bpy.context.scene.headsmith.history[0].phase == "failed"
    assert bpy.ops.headsmith.generate.poll()


def test_only_the_end_of_a_start_fails_what_waits(bpy, client, desk, settle):
    client.connect_error = HeadsmithError(ErrorCode.NO_SERVER, "no server runs", "start it")
    job = generate(bpy)
    client.says = [LinkChanged(LinkState.OFFLINE, client.connect_error), LinkChanged(LinkState.STARTING)]
    settle()
    assert desk.jobs[job].phase == "waiting"
    client.says = [LinkChanged(LinkState.CONNECTING), LinkChanged(LinkState.CONNECTED)]
    client.says.append(LinkChanged(LinkState.OFFLINE, client.connect_error))  # the link broke; the client goes on
    settle()
    assert desk.jobs[job].phase == "waiting"


def test_a_server_command_that_cannot_be_split_does_not_block_generating(bpy, client, headsmith, monkeypatch):
    error = HeadsmithError(ErrorCode.BAD_USAGE, "server command: no closing quotation", "mend the quotes")
    monkeypatch.setattr(client, "start_server", lambda *_: (_ for _ in ()).throw(error))
    with pytest.raises(RuntimeError, match="mend the quotes"):
        generate(bpy)
    assert bpy.ops.headsmith.generate.poll()
    assert bpy.context.scene.headsmith.history[0].phase == "failed"


def test_connect_sends_what_waits_again_and_follows_what_runs(bpy, client, desk, settle):
    client.connect_error = HeadsmithError(ErrorCode.NO_SERVER, "no server runs", "start it")
    job = generate(bpy)
    first = client.asked[0]
    client.says, client.connect_error = [], None  # a new client hears nothing of the old one
    bpy.ops.headsmith.server_connect()
    assert client.asked[-1] == first == ("submit", (job, desk.jobs[job].spec))
    client.begin(job)
    settle()
    bpy.ops.headsmith.server_connect()
    assert client.asked[-1] == ("follow", job)


def test_a_dead_worker_offers_what_works_while_connected(bpy, client, headsmith, settle):
    bpy.ops.headsmith.server_connect()
    settle()
    error = HeadsmithError(ErrorCode.WORKER_DIED, "the worker process died", "try again")
    operator, _, _ = headsmith("editor.errors").fix_for(error)
    assert getattr(bpy.ops.headsmith, operator.split(".")[1]).poll()


def test_an_error_offers_its_fix(bpy, client, desk, headsmith, settle):
    error = HeadsmithError(ErrorCode.NO_SERVER, "no server runs", "start it")
    client.connect_error = error
    bpy.ops.headsmith.server_connect()
    settle()
    assert desk.link is LinkState.OFFLINE
    assert desk.link_error == error
    operator, label, _ = headsmith("editor.errors").fix_for(error)
    assert (operator, label) == ("headsmith.server_start", "Start Server")
    assert hasattr(bpy.ops.headsmith, operator.split(".")[1])


def test_every_fix_is_an_operator_that_exists(bpy, headsmith):
    for operator, _, _ in headsmith("editor.errors")._FIX.values():
        assert operator.split(".")[1] in dir(bpy.ops.headsmith)


@pytest.mark.parametrize("kind", ["failed", "refused", "download", "unreadable"])
def test_a_failure_reaches_job_and_record_with_its_remedy(bpy, client, desk, settle, kind):
    job = generate(bpy)
    error = HeadsmithError(ErrorCode.JOB_FAILED, "the skin painter broke", "try another seed")
    if kind == "failed":
        client.says.append(JobFailed(job, 3, error))
    elif kind == "refused":
        client.says.append(JobRefused(job, error))
    elif kind == "download":
        client.says.append(Problem(error, job))
    else:
        client.begin(job)
        from headsmith_shared.client import ArtifactInfo, ArtifactReceived

        info = ArtifactInfo("head", "x", "application/zip", "0" * 64, 4, {})
        client.says.append(ArtifactReceived(job, info, b"junk"))
    settle()
    assert desk.jobs[job].phase == "failed"
    record = bpy.context.scene.headsmith.history[0]
    assert record.phase == "failed"
    if kind != "unreadable":
        assert record.error == "the skin painter broke (try another seed)"
    assert desk.jobs[job].error.remedy
    assert not bpy.data.objects


def test_wait_returns_when_the_head_is_there(bpy, api, client):
    client.submit = lambda spec, job: (client.begin(job), client.geometry(job), client.finish(job))
    assert bpy.ops.headsmith.generate(prompt=PROMPT, wait=True) == {"FINISHED"}
    assert api.heads(bpy.context.scene)[0]["headsmith_stage"] == "head"


def test_wait_reports_a_failure(bpy, client):
    error = HeadsmithError(ErrorCode.JOB_FAILED, "the skin painter broke", "try another seed")
    client.submit = lambda spec, job: client.says.append(JobFailed(job, 3, error))
    with pytest.raises(RuntimeError, match=r"the skin painter broke \(try another seed\)"):
        bpy.ops.headsmith.generate(prompt=PROMPT, wait=True)


def test_a_version_waits_while_the_user_edits_the_mesh(bpy, api, client, desk, settle):
    job = generate(bpy)
    client.geometry(job)
    settle()
    (head,) = api.heads(bpy.context.scene)
    bpy.context.view_layer.objects.active = head
    bpy.ops.object.mode_set(mode="EDIT")
    client.finish(job)
    settle()
    assert desk.jobs[job].phase == "finishing"
    assert "Edit Mode" in desk.jobs[job].warnings[0]
    bpy.ops.object.mode_set(mode="OBJECT")
    settle()
    assert desk.jobs[job].phase == "done"
    assert head["headsmith_stage"] == "head"


def test_a_head_that_undo_took_away_is_built_again_by_its_id(bpy, api, client, settle):
    job = generate(bpy)
    client.geometry(job)
    settle()
    api.delete_head(bpy.context.scene.headsmith.history[0].head_id)
    bpy.context.scene.headsmith.history.clear()
    client.finish(job)
    settle()
    (head,) = api.heads(bpy.context.scene)
    assert bpy.context.scene.headsmith.history[0].head_id == head["headsmith_id"]


def test_new_heads_stand_beside_each_other(bpy, api, client, settle):
    for _ in range(3):
        job = generate(bpy)
        client.finish(job)
        settle()
    places = sorted(api.find_rig(head["headsmith_id"]).location.x for head in api.heads(bpy.context.scene))
    assert places == pytest.approx([0.0, 0.4, 0.8])


def test_a_saved_job_is_taken_up_again_when_the_file_is_opened(bpy, api, client, desk, settle, tmp_path):
    job = generate(bpy)
    client.begin(job)
    settle()
    path = tmp_path / "scene.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    assert ("forget", job) in client.asked
    bpy.ops.wm.open_mainfile(filepath=str(path))
    assert ("follow", job) in client.asked
    client.finish(job)
    settle()
    assert api.heads(bpy.context.scene)[0]["headsmith_job"] == job


def test_results_for_another_file_are_not_built_into_this_one(bpy, client, settle):
    job = generate(bpy)
    client.geometry(job)
    client.finish(job)
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    settle()
    assert not bpy.data.objects


def test_history_selects_reuses_rebuilds_and_deletes(bpy, api, client, settle):
    job = generate(bpy)
    client.finish(job)
    settle()
    (head,) = api.heads(bpy.context.scene)
    head_id = head["headsmith_id"]
    bpy.ops.mesh.primitive_cube_add()
    assert bpy.ops.headsmith.head_select(head_id=head_id) == {"FINISHED"}
    assert bpy.context.view_layer.objects.active == head
    assert [o.name for o in bpy.context.view_layer.objects if o.select_get()] == [head.name]
    settings = bpy.context.scene.headsmith
    record = settings.history[0]
    record.prompt, record.seed_text = PROMPT, "42"
    assert bpy.ops.headsmith.head_reuse(head_id=head_id) == {"FINISHED"}
    assert (settings.prompt, settings.seed) == (PROMPT, 42)
    assert bpy.ops.headsmith.head_rebuild(head_id=head_id) == {"FINISHED"}
    verb, (again, spec) = client.asked[-1]
    assert (verb, spec.prompt, spec.seed) == ("submit", PROMPT, 42)
    client.finish(again)
    settle()
    assert [h["headsmith_id"] for h in api.heads(bpy.context.scene)] == [head_id]
    assert bpy.ops.headsmith.head_delete(head_id=head_id) == {"FINISHED"}
    assert api.heads(bpy.context.scene) == []
    assert not settings.history


def test_unknown_heads_and_jobs_are_errors_by_name(bpy, client, settle):
    job = generate(bpy)
    for operator in (bpy.ops.headsmith.head_select, bpy.ops.headsmith.head_reuse, bpy.ops.headsmith.head_delete):
        with pytest.raises(RuntimeError, match="no head 'nobody' in this scene"):
            operator(head_id="nobody")
    with pytest.raises(RuntimeError, match="no job 'nothing' here"):
        bpy.ops.headsmith.cancel(job_id="nothing")
    assert job


def test_restarting_stops_first_and_starts_then(bpy, client, settle):
    bpy.ops.headsmith.server_connect()
    settle()
    assert bpy.ops.headsmith.server_restart() == {"FINISHED"}
    settle()
    assert client.verbs == ["stop_server", "start_server"]


def test_the_server_buttons_follow_the_link(bpy, client, desk, settle):
    assert bpy.ops.headsmith.server_start.poll()
    assert not bpy.ops.headsmith.server_stop.poll()
    bpy.ops.headsmith.server_connect()
    settle()
    assert not bpy.ops.headsmith.server_start.poll()
    assert bpy.ops.headsmith.server_stop.poll()
    client.says.append(LinkChanged(LinkState.STOPPING))
    settle()
    assert not bpy.ops.headsmith.server_start.poll()


def test_the_server_command_of_the_preferences_is_split_like_a_shell_line(bpy, headsmith, client):
    session = headsmith("session.connection")
    session.current.options = session.Options(server_command='"/srv/my server/run" --device cpu')
    session.current.start_server()
    assert client.asked[-1] == ("start_server", ["/srv/my server/run", "--device", "cpu"])
    session.current.options = session.Options(server_command='run "unfinished')
    with pytest.raises(HeadsmithError) as raised:
        session.current.start_server()
    assert raised.value.code is ErrorCode.BAD_USAGE


def test_the_pump_keeps_its_budget_when_messages_flood(bpy, client, desk, headsmith):
    job = generate(bpy)
    for i in range(20_000):
        client.begin(job, fraction=i / 20_000)
    pump = headsmith("session.pump")
    started = time.perf_counter()
    pump.pump()
    assert time.perf_counter() - started < 20 * pump.BUDGET_S
    assert client.says  # the rest waits for the next tick


def test_importing_a_head_file_puts_it_into_the_history(bpy, api, tmp_path):
    from headsmith_shared.headfile import write_head
    from tests.blender.synthetic_head import synthetic_head

    path = tmp_path / "ada.head"
    write_head(synthetic_head(), path)
    assert bpy.ops.headsmith.head_import(filepath=str(path)) == {"FINISHED"}
    record = bpy.context.scene.headsmith.history[0]
    assert (record.prompt, record.seed_text, record.phase) == ("a synthetic head", "7", "done")
    path.write_bytes(b"not a head")
    with pytest.raises(RuntimeError):
        bpy.ops.headsmith.head_import(filepath=str(path))
    assert len(bpy.context.scene.headsmith.history) == 1


def test_options_of_a_prepared_head_file_do_not_reach_the_fields(bpy, client, headsmith, tmp_path):
    from dataclasses import replace

    from headsmith_shared.headfile import write_head
    from tests.blender.synthetic_head import synthetic_head

    asset = synthetic_head()
    odd = replace(asset.provenance, options={"quality": "best", "texture_size": "a lot"})
    write_head(replace(asset, provenance=odd), tmp_path / "odd.head")
    assert bpy.ops.headsmith.head_import(filepath=str(tmp_path / "odd.head")) == {"FINISHED"}
    record = bpy.context.scene.headsmith.history[0]
    assert (record.quality, record.texture_size) == ("draft", "2048")


def test_an_old_file_with_unknown_values_breaks_no_operator(bpy, client, headsmith):
    settings = bpy.context.scene.headsmith
    record = settings.history.add()
    record.head_id, record.job_id, record.prompt = "old", "j", PROMPT
    record.quality, record.texture_size, record.phase = "best", "lots", "dreaming"
    assert headsmith("session.record").unfinished(bpy.context.scene) == []
    assert bpy.ops.headsmith.head_reuse(head_id="old") == {"FINISHED"}
    assert (settings.quality, settings.texture_size) == ("draft", "2048")
    assert bpy.ops.headsmith.head_rebuild(head_id="old") == {"FINISHED"}
    spec = client.asked[0][1][1]
    assert (spec.quality, spec.texture_size) == ("draft", 2048)
    record = settings.history[0]
    record.seed_text = "?"
    with pytest.raises(RuntimeError, match="is no number"):
        bpy.ops.headsmith.head_reuse(head_id="old")


def test_the_real_client_without_a_server_says_so_and_stops_in_time(bpy, headsmith):
    session = headsmith("session.connection").current
    session.client()
    deadline = time.monotonic() + 5
    while session.desk.link_error is None and time.monotonic() < deadline:
        headsmith("session.pump").pump()
        time.sleep(0.01)
    assert session.desk.link_error.code is ErrorCode.NO_SERVER
    started = time.monotonic()
    session.close()
    assert time.monotonic() - started < 2.5
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("headsmith")]


def test_a_defect_while_building_ends_the_job_and_does_not_come_again(bpy, headsmith, client, desk, monkeypatch):
    pump = headsmith("session.pump")
    calls = []

    def broken(*arguments, **options):
        calls.append(1)
        raise KeyError("oops")

    monkeypatch.setattr(pump, "build_head", broken)
    job = generate(bpy)
    client.geometry(job)
    deadline = time.monotonic() + 5
    while desk.jobs[job].error is None and time.monotonic() < deadline:
        pump._tick()
        time.sleep(0.01)
    for _ in range(5):
        pump._tick()
    assert desk.jobs[job].phase == "failed"
    assert "oops" in desk.jobs[job].error.message
    assert len(calls) == 1
