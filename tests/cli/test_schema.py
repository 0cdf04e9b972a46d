"""`symline schema`, and that the records keep to it."""

import json

import jsonschema
import numpy as np
import pytest


@pytest.fixture
def validator(symline):
    schema = json.loads(symline("schema").out)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_the_schema_is_all_there_is_on_stdout(symline):
    result = symline("schema")
    assert result.code == 0
    assert result.err == ""
    assert json.loads(result.out)["title"].startswith("S.json")


@pytest.mark.parametrize("options", [[], ["--spacing", "1.3"], ["--spacing", "1.3,0.9"]])
def test_records_keep_to_the_schema(symline, make, validator, tmp_path, options):
    symline("midline", make("a.npy"), "-o", tmp_path / "out", *options)
    validator.validate(json.loads((tmp_path / "out" / "a.json").read_text()))


def test_the_record_of_a_failure_keeps_to_the_schema(symline, validator, tmp_path):
    values = np.zeros((3, 3))
    values[1, 1] = 1
    np.save(tmp_path / "a.npy", values)
    assert symline("midline", tmp_path / "a.npy", "-o", tmp_path / "out").code == 1
    validator.validate(json.loads((tmp_path / "out" / "a.json").read_text()))


def test_the_schema_refuses_what_is_no_record(validator):
    for wrong in ({}, [], {"schema": 2}):
        with pytest.raises(jsonschema.ValidationError, match=r"required|not of type|expected"):
            validator.validate(wrong)
