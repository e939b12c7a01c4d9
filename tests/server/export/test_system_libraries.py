"""A missing system library is named with the line that installs it."""

from __future__ import annotations

import pytest

from headsmith_server.export import system_libraries


def test_a_missing_library_is_named_first_and_once() -> None:
    remedy = system_libraries.missing_library_remedy(
        "ImportError: libSM.so.6: cannot open shared object file: No such file or directory"
    )
    assert remedy is not None
    assert remedy.startswith("apt-get install -y libsm6 ")
    assert remedy.count("libsm6") == 1


def test_other_import_errors_have_no_apt_line() -> None:
    assert system_libraries.missing_library_remedy("ModuleNotFoundError: No module named 'bpy'") is None


def test_a_module_that_imports_needs_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert system_libraries.main(["json"]) == 0
    assert capsys.readouterr().out == ""


def test_a_module_that_does_not_import_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert system_libraries.main(["json", "no_such_module"]) == 1
    assert "no_such_module cannot be imported" in capsys.readouterr().out
