# SPDX-License-Identifier: Apache-2.0
"""Risk scores in the shell: every item with what it was scored on and who said so; answers kept, withdrawn and refused."""
import os
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
import plan
import tap


def items(said, score):
    return {i["key"]: i for i in said["scores"][score]["inputs"]}


def rows(text, score):
    """The lines of one score, by what they begin with."""
    lines = text.split("\n")
    first = next(n for n, line in enumerate(lines) if line.startswith(score))
    return [line for line in lines[first + 1:first + 31] if line.startswith("  ")]


def row(text, score, label):
    return next(line for line in rows(text, score) if line.startswith("  " + label))


def check_values(case):
    asked = ["--age", "65", "--sex", "F", "--population", "japan", "--hypertension", "--no-earlier-sah", "--single", "--regular",
             "--site", "mca"]
    said = tap.willis_json("risk", case, *asked)
    phases, uiats = items(said, "phases"), items(said, "uiats")
    assert (phases["age"]["value"], phases["age"]["unit"], phases["age"]["from"]) == (65, "years", "asked"), phases
    assert (phases["site"]["value"], phases["site"]["from"]) == ("mca", "asked"), phases
    assert phases["population"]["value"] == "japan" and phases["hypertension"]["value"] is True, phases
    assert phases["earlier_sah"]["value"] is False and items(said, "elapss")["earlier_sah"]["value"] is False
    assert abs(phases["size"]["value"] - 2 * plan.BALL) < 1 and phases["size"]["sd"] > 0 and phases["size"]["from"] == "picture", phases
    assert uiats["ratio"]["value"] == (uiats["ratio"]["points"] > 0) and uiats["ratio"]["size_ratio"]["sd"] > 0, uiats["ratio"]
    assert uiats["constant"]["value"] is None and uiats["life_expectancy"]["value"] == "not-limited", uiats
    text = tap.willis("risk", case, *asked).stdout.decode()
    assert "65 years (asked)" in row(text, "PHASES", "Age"), text
    assert "\u00b1" in row(text, "PHASES", "Size") and "mm (picture)" in row(text, "PHASES", "Size"), text
    assert "aspect ratio" in row(text, "UIATS", "Size ratio over 3"), text
    # every item of UIATS, those that count nothing too
    assert len([line for line in rows(text, "UIATS") if line.endswith(")")]) == 30, text
    assert row(text, "UIATS", "Current smoking").endswith("0   no (not ticked)"), text
    missing = tap.willis("risk", case).stdout.decode()
    assert row(missing, "PHASES", "Hypertension").endswith("?   (not answered)"), missing
    assert items(tap.willis_json("risk", case), "phases")["hypertension"]["value"] is None


def check_refusals(case):
    before = open(case, "rb").read()
    for age in ("-5", "131"):
        tap.refused("risk", case, "--age=" + age, "--keep", words=[age + " years"], code=1)
    for yes, no in (("hypertension", "no-hypertension"), ("earlier-sah", "no-earlier-sah"), ("irregular", "regular"), ("multiple", "single")):
        tap.refused("risk", case, "--" + yes, "--" + no, "--keep", words=["--" + yes, "--" + no], code=1)
    tap.refused("risk", case, "--forget=smoking", words=["smoking"], code=1)
    assert open(case, "rb").read() == before


def check_kept(case):
    """What is kept counts until it is withdrawn."""
    def smoker(*options):
        return items(tap.willis_json("risk", case, *options), "uiats")["smoker"]["value"]

    tap.willis_json("risk", case, "--smoker", "--no-hypertension", "--life-expectancy=5-10", "--keep")
    assert smoker() and not smoker("--forget=smoker") and smoker()
    tap.willis_json("risk", case, "--forget=smoker", "--forget", "life-expectancy", "--keep")
    said = tap.willis_json("risk", case)
    assert not items(said, "uiats")["smoker"]["value"] and items(said, "uiats")["life_expectancy"]["value"] == "not-limited"
    assert items(said, "phases")["hypertension"]["value"] is False


def test_risk(folder):
    case = os.path.join(folder, "c.h5")
    tap.willis_json("plan", plan.scan(folder), "-o", case)
    check_values(case)
    check_refusals(case)
    check_kept(case)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        os.environ["XDG_DATA_HOME"] = home  # the secret of pseudonyms
        sys.exit(tap.run(sys.modules[__name__]))
