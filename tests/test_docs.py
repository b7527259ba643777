"""README and docs/: every command and block of code runs, and gives what stands under it."""

import contextlib
import doctest
import importlib.util
import io
import re
import shlex
import subprocess
import sys
import tomllib
import warnings
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "benchmarks" / "README.md",
    *sorted(p for p in DOCS.rglob("*.md") if "_build" not in p.parts),
]
BLOCK = re.compile(r"^```(?P<kind>[^\n]*)\n(?P<body>.*?)^```$", re.DOTALL | re.MULTILINE)
FILE = re.compile(r":caption: (?P<name>\S+)\n\n(?P<content>.*)", re.DOTALL)
LOOSE = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
    "optional-dependencies"
]

# Verbs that take long, or files that only those write, with the tests that run them; of these only the
# words are checked here.
LONG = {
    "study": "maps/conftest.py",
    "tables": "test_cli_tables.py",
    "panel": "test_cli_of_records.py",
    "compare": "report/test_comparison.py",
    "brief": "test_cli_briefs.py",
    "explorer": "maps/test_explorer.py",
}


def name_of(page):
    return page.relative_to(ROOT).as_posix()


class Session:
    """One reader with one page, typing everything on it into one terminal and one Python."""

    def __init__(self, request):
        self.request = request
        self.names = {"__name__": "__console__"}

    def type(self, kind, body, expected):
        """Do what a block says; *expected* is the block of output that follows, if one does."""
        if kind == "{code-block} text":
            file = FILE.match(body)
            Path(file["name"]).write_text(file["content"], encoding="utf-8")
        elif kind == "sh":
            said = "".join(self.command(line, expected) for line in body.splitlines())
            self.compare(expected, said)
        elif kind == "pycon":
            self.examples(body)
        elif kind == "python":
            self.compare(expected, self.code(body))

    def compare(self, expected, said):
        if expected is not None:
            assert doctest.OutputChecker().check_output(expected, said, LOOSE), said

    def examples(self, body):
        example = doctest.DocTestParser().get_doctest(body, {}, "page", None, 0)
        assert example.examples, "a pycon block without >>>"
        example.globs = self.names  # shared, where a test of its own would get a copy
        said: list[str] = []
        ran = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(
            example, out=said.append, clear_globs=False
        )
        assert ran.failed == 0, "".join(said)

    def code(self, body):
        if 'if __name__ == "__main__":' in body:
            Path("script.py").write_text(body, encoding="utf-8")
            ran = subprocess.run(
                [sys.executable, "script.py"], capture_output=True, text=True, check=False,
                encoding="utf-8", timeout=240,
            )  # fmt: skip
            assert ran.returncode == 0, ran.stderr
            return ran.stdout
        with contextlib.redirect_stdout(io.StringIO()) as out:
            exec(compile(body, "page", "exec"), self.names)
        return out.getvalue()

    def command(self, line, expected=None):
        said = ""
        words = shlex.split(line, comments=True)
        while words:
            end = words.index("&&") if "&&" in words else len(words)
            said += self.run(words[0], words[1:end], expected)
            words = words[end + 1 :]
        return said

    def run(self, program, words, expected):
        if program == "mekantek":
            return self.mekantek(words, expected)
        if program == "pip" or words[:2] == ["-m", "pip"]:
            wanted = [w for w in words if w.startswith(".") and "[" in w]
            for extra in (e for w in wanted for e in w[2:-1].split(",")):
                assert extra in EXTRAS, f"there is no extra {extra}"
        elif words[:1] == ["-m"]:
            assert importlib.util.find_spec(words[1]), words
        elif program == "python":
            assert (ROOT / words[0]).is_file(), f"there is no {words[0]}"
        else:
            assert program in {"pytest", "ruff", "mypy", ".", "apt-get"}, program
        return ""

    def mekantek(self, words, expected):
        from mekantek import cli

        parse(words)
        if words[0] in LONG:
            assert words[0] in (ROOT / "tests" / LONG[words[0]]).read_text(encoding="utf-8")
            return expected or ""
        with pytest.MonkeyPatch.context() as patch:
            own = {"--index", "--study", "--level"} & set(words)
            if words[0] == "findings" and words[1:2] != ["claims"] and not own:
                # The tests of all findings take minutes; all tests share one run of them.
                verdicts = self.request.getfixturevalue("verdicts")
                patch.setattr(
                    "mekantek.findings.select",
                    lambda study, names, **_: (verdicts[n] for n in verdicts if n in names),
                )
            patch.setattr(sys, "argv", ["mekantek", *words])
            out, told = io.StringIO(), io.StringIO()
            with (
                contextlib.redirect_stdout(out), contextlib.redirect_stderr(told),
                warnings.catch_warnings(),
            ):  # fmt: skip
                warnings.simplefilter("ignore")
                try:
                    cli.main()
                    code = 0
                except SystemExit as end:
                    code = end.code or 0
        refused = code == 3 and expected is not None
        if words[0] == "check" or refused:
            assert code in {0, 1, 3}, told.getvalue()
        else:
            assert code == 0, told.getvalue()
        return out.getvalue() + (told.getvalue() if refused else "")


def parse(words):
    """Let the program read the words without doing what they say; what it does not know, it says."""
    from typer.main import get_command

    from mekantek.cli import app

    if words == ["--version"]:
        return
    verb = get_command(app).commands[words[0]]
    verb.make_context(words[0], list(words[1:]))


@pytest.fixture
def terminal(tmp_path, monkeypatch, request):
    """An empty folder in Turkish, as a new user has it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MEKANTEK_LANG", raising=False)
    return Session(request)


@pytest.fixture(scope="module")
def own_files(tmp_path_factory, study):
    """What the README takes its reader to have: a table, polygons and neighbours by one code."""
    from mekantek.datasets.boundaries import load_boundaries, write_boundaries

    folder = tmp_path_factory.mktemp("own")
    layer = load_boundaries("simplified").rename_axis("code").reset_index()
    layer["code"] = [f"R{code:02d}" for code in layer["code"]]
    write_boundaries(layer.set_index("code")[["geometry"]], folder / "regions.geojson")
    shares = study.share("low").to_numpy()
    rows = [f"{code},{share}" for code, share in zip(layer["code"], shares, strict=True)]
    (folder / "table.csv").write_text("\n".join(["code,share", *rows, ""]), encoding="utf-8")
    lines = [f"0 {len(layer)} regions code"]
    for plate, code in zip(study.names.index, layer["code"], strict=True):
        near = study.graph.neighbours(plate)
        lines += [f"{code} {len(near)}", " ".join(f"R{other:02d}" for other in near)]
    (folder / "pairs.gal").write_text("\n".join([*lines, ""]), encoding="utf-8")
    return folder


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_page_does_what_it_says(page, terminal, own_files):
    """Every command, example and file of a page in its order, and the output that stands under it."""
    if page.name == "README.md" and page.parent == ROOT:
        for file in own_files.iterdir():
            Path(file.name).write_bytes(file.read_bytes())
    text = page.read_text(encoding="utf-8")
    blocks = [
        (b["kind"], b["body"], text[: b.start()].count("\n") + 1) for b in BLOCK.finditer(text)
    ]
    following = [*blocks, ("", "", 0)][1:]
    for (kind, body, line), (after, output, _) in zip(blocks, following, strict=True):
        try:
            terminal.type(kind, body, output if after == "text" else None)
        except AssertionError as wrong:
            raise AssertionError(f"{name_of(page)}:{line}: {wrong}") from wrong


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ("mekantek moran --class low --weights", "weights"),
        ("mekantek morann --class low", "morann"),
        ("mekantek study --pfd", "pfd"),
        ("pip install '.[docz]'", "docz"),
        ("python docs/bild.py", "bild"),
        ("mekantek map share --class highest", "highest"),
        ("curl example.org", "curl"),
    ],
)
def test_a_wrong_command_on_a_page_is_found(terminal, body, wrong):
    """A verb, option, value, extra or script that does not exist fails the test of its page."""
    with pytest.raises(Exception, match=wrong):
        terminal.type("sh", body, None)


@pytest.mark.parametrize(
    ("kind", "body", "output"),
    [
        ("sh", "mekantek --version", "mekantek 9.9"),
        ("python", "print(1 + 1)", "3"),
        ("pycon", ">>> 1 + 1\n3\n", None),
    ],
)
def test_a_wrong_output_on_a_page_is_found(terminal, kind, body, output):
    """What stands under a block is held against what the block gives."""
    with pytest.raises(AssertionError):
        terminal.type(kind, body, output)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page):
    """Every relative link of a page leads to a file of this repository."""
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name} points to {target}"


def test_both_languages_show_the_same_numbers():
    """The Turkish page has the measured tables of the English one, digit for digit."""
    digits = []
    for name in ("which-p-value.md", "hangi-p-degeri.md"):
        text = (DOCS / name).read_text(encoding="utf-8")
        tables = re.findall(r"<!-- measured: (\w+) -->\n(.*?)<!-- end -->", text, re.DOTALL)
        assert all(body.count("\n|") > 1 for _, body in tables), f"{name} has an empty table"
        digits.append(
            {
                table: [sorted(re.findall(r"\d", line)) for line in body.splitlines()[2:]]
                for table, body in tables
            }
        )
    assert digits[0] == digits[1]


@pytest.mark.parametrize(("english", "turkish"), [("planner", "planlamaci"), ("agency", "ajans")])
def test_both_languages_of_a_tutorial_take_the_same_steps(english, turkish):
    """As many headings, pictures, table rows and commands of the same verbs in both."""
    counted = []
    for name in (english, turkish):
        text = (DOCS / "tutorials" / f"{name}.md").read_text(encoding="utf-8")
        counted.append(
            {
                "headings": len(re.findall(r"^#+ ", text, re.MULTILINE)),
                "pictures": text.count("!["),
                "rows": text.count("\n|"),
                "verbs": [
                    verb
                    for body in re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
                    for verb in re.findall(r"^mekantek (\S+)", body, re.MULTILINE)
                ],
            }
        )
    assert counted[0] == counted[1]
