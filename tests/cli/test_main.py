"""The command line as a whole: usage errors, verbosity, interrupts, start-up."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import symline as package
from symline.cli.main import COMMANDS
from tests.cli.conftest import finish, names, start

HEAVY = ("numpy", "scipy", "skimage", "PIL", "tifffile", "rich")


def test_version_goes_to_stdout(symline):
    for arguments in (["--version"], ["midline", "--version"], ["schema", "--version"]):
        result = symline(*arguments)
        assert (result.code, result.out, result.err) == (0, f"symline {package.__version__}\n", "")


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_each_command_has_an_example(symline, command):
    result = symline(command, "--help")
    assert result.code == 0
    assert f"symline {command}" in result.out.split("Example", 1)[1]


def test_help_lists_every_command(symline):
    result = symline("--help")
    assert result.code == 0
    for command in COMMANDS:
        assert f"\n  {command} " in result.out


def test_no_command_shows_the_help_and_is_a_usage_error(symline):
    result = symline()
    assert result.code == 2
    assert "Commands:" in result.err
    assert result.out == ""


@pytest.mark.parametrize(
    "arguments", ["--help", "--version", "midline --help", "midline", "register --help", "register --set a=1", "stages --help", "schema"]
)
def test_what_needs_no_image_imports_nothing_heavy(arguments):
    code = f"import atexit, sys\natexit.register(lambda: print('heavy:', sorted({{*{HEAVY}}} & {{*sys.modules}})))"
    result = finish(start(*arguments.split(), code=code))
    assert result.out.endswith("heavy: []\n")


def test_python_m_symline_works():
    done = subprocess.run([sys.executable, "-m", "symline", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"symline {package.__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["midlien"], "No such command 'midlien'"),
        (["midline", "-o", "out"], "Missing argument 'IMAGE...'"),
        (["midline", "a.npy"], "Missing option '-o' / '--output'"),
        (["midline", "a.npy", "-o", "out", "--speed"], "No such option"),
        (["midline", "a.npy", "-o", "out", "--spacing", "0"], "'0' is no pixel size"),
        (["midline", "a.npy", "-o", "out", "--spacing", "-1"], "'-1' is no pixel size"),
        (["midline", "a.npy", "-o", "out", "--spacing", "nan"], "'nan' is no pixel size"),
        (["midline", "a.npy", "-o", "out", "--spacing", "1,2,3"], "'1,2,3' is no pixel size"),
        (["midline", "a.npy", "-o", "out", "--spacing", "1.3mm"], "'1.3mm' is no pixel size"),
        (["midline", "a.npy", "-o", "out", "--background", "black"], "'black' is not known"),
        (["midline", "a.npy", "-o", "out", "--background", "nan"], "'nan' is not known"),
        (["midline", "a.npy", "-o", "out", "--page", "-1"], "--page"),
        (["midline", "a.npy", "-o", "out", "--max-pixels", "0"], "--max-pixels"),
        (["midline", "a.npy", "-o", "out", "--mask", "missing.png"], "'missing.png' does not exist"),
        (["midline", "a.npy", "-o", "out", "--config", "missing.toml"], "'missing.toml' does not exist"),
        (["midline", "a.npy", "-o", ""], "'-o' / '--output': it is empty; a path is needed; check the variables of the shell."),
        (["score", "", "-o", "out"], "'IMAGE...': it is empty"),
        (["register", "a.npy", "-o", "out", "--mask", ""], "'--mask': it is empty"),
        (["batch", "", "-o", "out"], "'DIR|MANIFEST.csv': it is empty"),
        (["batch", ".", "-o", "out", "--log-json", ""], "'--log-json': it is empty"),
        (["merge", ""], "'OUT': it is empty"),
        (["compare", "a.csv", ""], "'TRUTH.csv': it is empty"),
    ],
)
def test_usage_errors_are_one_line_and_start_nothing(symline, make, tmp_path, monkeypatch, arguments, message):
    make("a.npy")
    monkeypatch.chdir(tmp_path)
    result = symline(*arguments)
    assert result.code == 2
    assert len(result.lines) == 1
    assert message in result.err
    assert result.err.startswith("symline")
    assert result.out == ""
    assert names(tmp_path) == ["a.npy"]


@pytest.mark.parametrize("text", ["width = ", "no_such_stage = 1", pytest.param("stages = " + 5000 * "[", id="brackets in brackets")])
def test_a_bad_configuration_starts_nothing(symline, make, tmp_path, text):
    (tmp_path / "bad.toml").write_text(text)
    result = symline("midline", make("a.npy"), "-o", tmp_path / "out", "--config", tmp_path / "bad.toml")
    assert result.code == 2
    assert len(result.lines) == 1
    assert not (tmp_path / "out").exists()


def test_an_output_that_is_a_file_starts_nothing(symline, make, tmp_path):
    (tmp_path / "out").write_text("mine")
    for output in (tmp_path / "out", tmp_path / "out" / "below"):
        result = symline("midline", make("a.npy"), "-o", output)
        assert result.code == 2
        assert len(result.lines) == 1
        assert "a file is in the way" in result.err
    assert (tmp_path / "out").read_text() == "mine"


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc, where even root cannot write")
def test_an_output_folder_that_cannot_be_written_starts_nothing(symline, make):
    result = symline("midline", make("a.npy"), "-o", "/proc/self/fd/out")
    assert result.code == 2
    assert len(result.lines) == 1
    assert result.err.startswith("output folder /proc/self/fd/out: ")


def test_quiet_says_only_what_failed(symline, make, tmp_path):
    path = make("a.npy")
    assert symline("midline", path, "-o", tmp_path / "one", "-q").err == ""
    result = symline("midline", path, tmp_path / "missing.npy", "-o", tmp_path / "two", "-q")
    assert len(result.lines) == 1
    assert result.lines[0].startswith("missing.npy: ")


def test_tracebacks_only_for_those_who_ask(symline, tmp_path):
    missing = tmp_path / "missing.npy"
    assert "Traceback" not in symline("midline", missing, "-o", tmp_path, "-v").err
    assert "Traceback" in symline("midline", missing, "-o", tmp_path, "-vv").err


def test_a_defect_is_one_line_that_asks_for_a_report(make, tmp_path):
    code = "import symline.pipeline as p\ndef boom(*_): raise ZeroDivisionError('division')\np.Study.analyse = boom"
    result = finish(start("midline", make("a.npy"), "-o", tmp_path / "out", code=code))
    assert result.code == 1
    assert result.lines == ["a.npy: defect: ZeroDivisionError: division; please report it with what -vv says"]
    assert "Traceback" in finish(start("midline", make("a.npy"), "-o", tmp_path / "out", "-vv", code=code)).err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, a disk that is always full")
@pytest.mark.parametrize("command", [["stages"], ["schema"], ["register", "--dump-config"]], ids=" ".join)
def test_a_full_disk_behind_standard_output_is_no_defect(command):
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([sys.executable, "-m", "symline", *command], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("standard output: it cannot be written (No space left on device)")
    assert len(done.stderr.splitlines()) == 1


def test_an_interrupt_while_modules_load_is_one_line():
    code = """
import builtins
original = builtins.__import__
def load(name, *rest):
    if name == "click":
        raise KeyboardInterrupt
    return original(name, *rest)
builtins.__import__ = load
from symline.__main__ import main
main()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (130, "interrupted; nothing was begun\n")


@pytest.mark.skipif(sys.platform == "win32", reason="a current folder cannot be removed there")
@pytest.mark.parametrize("arguments", [["midline", "a.npy", "-o", "out"], ["batch", "in", "-o", "out"]], ids=" ".join)
def test_a_current_folder_that_is_gone_is_no_defect(arguments, tmp_path):
    program = tmp_path / "program.py"  # Python 3.13.0 itself cannot live with `-c` there
    program.write_text("import os\nos.mkdir('gone')\nos.chdir('gone')\nos.rmdir('../gone')\nfrom symline.cli.main import main\nmain()")
    done = subprocess.run([sys.executable, program, *arguments], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "the current folder has been removed; one that exists is needed; change to one with cd\n")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_keeps_what_is_finished_and_leaves_nothing_half(make, tmp_path, number):
    hang = """
import time, symline.files.write as write
original, calls = write.os.fsync, []
def fsync(descriptor):
    calls.append(descriptor)
    if len(calls) > 7:  # in the middle of writing the second input
        print("hanging", flush=True)
        time.sleep(60)
    original(descriptor)
write.os.fsync = fsync
"""
    paths = [make(f"{letter}.npy") for letter in "abc"]
    process = start("midline", *paths, "-o", tmp_path / "out", code=hang)
    if process.stdout.readline() != "hanging\n":
        pytest.fail(finish(process).err)
    began = time.monotonic()
    process.send_signal(number)
    result = finish(process)
    assert result.code == 130
    assert time.monotonic() - began < 5
    assert result.lines[-1] == "interrupted; what was finished stays whole"
    assert "Traceback" not in result.err
    assert names(tmp_path / "out") == ["a.json", "a.midline.csv", "a.overlay.png"]
    assert json.loads((tmp_path / "out" / "a.json").read_text())["status"] == "ok"


@pytest.mark.skipif(sys.platform == "win32", reason="needs resource limits")
def test_a_full_disk_fails_the_input_and_leaves_nothing_half(make, tmp_path):
    limit = (
        "import resource, signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\nresource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))"
    )
    result = finish(start("midline", make("a.npy"), "-o", tmp_path / "out", code=limit))
    assert result.code == 1
    assert len(result.lines) == 1
    assert "a.midline.csv: the file would be larger than this disk or account allows" in result.err
    assert names(tmp_path / "out") == []


def test_progress_shows_on_a_terminal_only(make, tmp_path):
    pty = pytest.importorskip("pty")
    paths = [make("a.npy"), make("[red]b.npy")]
    leader, follower = pty.openpty()
    program = [sys.executable, "-m", "symline", "midline", *paths, "-o", tmp_path / "out"]
    with subprocess.Popen(program, stderr=follower, stdout=subprocess.PIPE, env={**os.environ, "TERM": "xterm"}) as process:
        os.close(follower)
        shown = b"".join(iter(lambda: _read(leader), b""))
        assert process.stdout.read() == b""
    os.close(leader)
    assert process.returncode == 0
    assert b"100%" in shown
    assert b"[red]b.npy: ok" in shown


def _read(descriptor):
    try:
        return os.read(descriptor, 4096)
    except OSError:  # how Linux says that the other end is closed
        return b""
