"""The configuration: from tables and files, and back."""

from dataclasses import FrozenInstanceError, fields

import pytest

from symline.config import Config
from symline.errors import ConfigError

TABLES = [name for name in Config().to_dict() if name != "stages"]


def altered():
    return Config.from_dict({"path": {"window": 0.1, "half_widths": [0.1, 0.2]}, "curve": {"iterations": 3}, "review": {"band": 0.5}})


@pytest.mark.parametrize("make", [Config, altered])
def test_survives_a_round_trip(make, tmp_path):
    config, file = make(), tmp_path / "a.toml"
    assert Config.from_dict(config.to_dict()) == config
    for encoding in ("utf-8", "utf-8-sig"):
        file.write_text(config.to_toml(), encoding=encoding)
        assert Config.from_toml(file) == config


def test_what_is_not_given_keeps_its_default():
    assert Config.from_dict({}) == Config()
    config, default = altered(), Config()
    assert config["path"].half_widths == (0.1, 0.2)
    assert config["path"].flatness == default["path"].flatness
    assert config["curve"].iterations == 3
    assert config["curve"].region == default["curve"].region


def test_a_whole_number_serves_where_any_number_does():
    window = Config.from_dict({"curve": {"half_width": 1}})["curve"].half_width
    assert window == 1.0
    assert isinstance(window, float)


@pytest.mark.parametrize("table", TABLES)
def test_is_frozen(table):
    part = Config()[table]
    name = fields(part)[0].name
    with pytest.raises(FrozenInstanceError, match="cannot assign"):
        setattr(part, name, 1.0)


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ({"curv": {}}, r"the table 'curv' is unknown; did you mean curve\?"),
        ({"zzz": {}}, "the table 'zzz' is unknown; known are stages, path, curve, .*review"),
        ({"curve": {"half_widht": 0.3}}, r"the parameter of \[curve\] 'half_widht' is unknown; did you mean half_width\?"),
        ({"path": {"qqqqqq": 1}}, r"the parameter of \[path\] 'qqqqqq' is unknown; known are resolution, "),
        ({"curve": 3}, r"curve is 3; it must be a table of parameters, \[curve\]"),
        ({"curve": {"half_width": "wide"}}, "curve.half_width: 'wide' is not a number; the default is"),
        ({"curve": {"half_width": True}}, "curve.half_width: True is not a number"),
        ({"curve": {"iterations": 2.5}}, "curve.iterations: 2.5 is not a whole number; the default is"),
        ({"path": {"half_widths": 0.2}}, "path.half_widths: 0.2 is not a list of numbers; for example"),
        ({"path": {"half_widths": []}}, r"path.half_widths: \[\] is not a list of numbers"),
        ({"path": {"half_widths": [0.1, "a"]}}, "path.half_widths: 'a' is not a number"),
        ({"path": {"half_widths": [0.1, 99]}}, "path.half_widths: 99 is out of range; it must lie between"),
        ({"curve": {"iterations": 0}}, "curve.iterations: 0 is out of range; it must lie between 1 and"),
        ({"curve": {"half_width": float("nan")}}, "curve.half_width: nan is out of range"),
        ({"review": {"band": -1}}, "review.band: -1 is out of range"),
    ],
)
def test_refuses_what_makes_no_sense(tables, message):
    with pytest.raises(ConfigError, match=message):
        Config.from_dict(tables)


@pytest.mark.parametrize("contents", [b"[curve\n", b"half_width 3", b"\xff\xfe\x00"])
def test_refuses_a_file_that_is_not_toml(tmp_path, contents):
    file = tmp_path / "a b.toml"
    file.write_bytes(contents)
    with pytest.raises(ConfigError, match=r"'a b\.toml': this is not TOML \(.*\); lines like"):
        Config.from_toml(file)


@pytest.mark.parametrize(("name", "why"), [("none.toml", "No such file or directory"), (".", "Is a directory")])
def test_refuses_a_file_that_cannot_be_read(tmp_path, name, why):
    with pytest.raises(ConfigError, match=rf"the configuration cannot be read \({why}\); a TOML file is needed"):
        Config.from_toml(tmp_path / name)
