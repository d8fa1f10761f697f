"""Links of the documentation lead somewhere, and what it tells to run exists."""

import re
import subprocess
import unittest
from pathlib import Path

from shipped import ROOT, read

FENCE = re.compile(r"^( *)```.*?^\1```$", re.M | re.S)
# Pictures too, with or without a title; those that are defined in a line of their own; and HTML.
LINK = re.compile(r"""\]\(<?([^()\s>]+)>?(?:\s+"[^"]*")?\)|^\[[^\]]+\]:\s*(\S+)|(?:href|src)="([^"]+)\"""", re.M)
SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.S)
MADE = re.compile(r"(?:^|[\s`(;&|])make ([a-z][a-z-]*)")


def documents():
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


def anchors(text):
    """Of the headings, as forges make them."""
    seen, found = {}, set()
    for heading in re.findall(r"^#{1,6} +(.*?) *#*$", FENCE.sub("", text), re.M):
        heading = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "")
        slug = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        count = seen.get(slug, 0)
        seen[slug] = count + 1
        found.add(f"{slug}-{count}" if count else slug)
    return found


def targets():
    return set(re.findall(r"^([a-z-]+):", read("Makefile"), re.M))


class Documentation(unittest.TestCase):
    def test_links_lead_somewhere(self):
        checked = 0
        for document in documents():
            for link in map("".join, LINK.findall(re.sub(r"`[^`\n]*`", "", FENCE.sub("", document.read_text())))):
                if re.match(r"[a-z]+:", link):
                    continue
                path, _, anchor = link.partition("#")
                target = (document.parent / path).resolve() if path else document
                with self.subTest(document.relative_to(ROOT), link=link):
                    self.assertTrue(target.exists())
                    if anchor:
                        self.assertIn(anchor, anchors(target.read_text()))
                checked += 1
        self.assertGreater(checked, 150)

    def test_every_form_of_link_is_seen(self):
        text = '[a](b.md) ![c](d.svg) [e](<f.md> "g")\n[h]: i.md\n<a href="j.md"><img src="k.svg">'
        self.assertEqual(["".join(link) for link in LINK.findall(text)], ["b.md", "d.svg", "f.md", "i.md", "j.md", "k.svg"])

    def test_documents_that_programs_and_files_name_exist(self):
        listed = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
        checked = 0
        for name in listed:
            # Documents have links of their own.
            if name.endswith((".md", ".snap", ".svg", ".png", ".lock")) or not (ROOT / name).is_file():
                continue
            text = (ROOT / name).read_text(errors="ignore")
            for path, anchor in re.findall(r"(?<![\w/.-])(docs/[\w./-]+\.md)(?:#([\w-]+)(?![\w{-]))?", text):
                with self.subTest(name, path=path, anchor=anchor):
                    self.assertTrue((ROOT / path).exists())
                    if anchor:
                        self.assertIn(anchor, anchors(read(path)))
                checked += 1
        self.assertGreater(checked, 30)

    def test_commands_exist(self):
        known, made = targets(), 0
        for document in documents():
            text = document.read_text()
            # Paragraphs are broken where a line ends, also within a command.
            spans = [span.replace("\n", " ") for _, span in SPAN.findall(FENCE.sub("", text))]
            for code in [*(match[0] for match in FENCE.finditer(text)), *spans]:
                for name in MADE.findall(re.sub(r"#.*", "", code)):
                    self.assertIn(name, known, document.relative_to(ROOT))
                    made += 1
        self.assertGreater(made, 40)

    def test_files_that_are_named_exist(self):
        checked = 0
        for document in documents():
            for path in re.findall(r"(?<![\w/.-])((?:deploy|docs|crates|services|fuzz)/[\w./-]+[\w])", document.read_text()):
                # Code spans cut a path where a function or a place-holder follows.
                if "::" in path or (ROOT / path).exists() or (document.parent / path).exists():
                    checked += (ROOT / path).exists()
                    continue
                with self.subTest(document.relative_to(ROOT), path=path):
                    self.assertIn(path, EXAMPLES)
        self.assertGreater(checked, 60)

    def test_every_script_is_told_of(self):
        told = "".join(document.read_text() for document in documents()) + read("Makefile")
        scripts = {path.name for path in (ROOT / "deploy/scripts").iterdir()}
        # Parts of others.
        others = "".join(path.read_text() for path in (ROOT / "deploy/scripts").iterdir())
        for script in scripts:
            with self.subTest(script):
                self.assertTrue(f"deploy/scripts/{script}" in told or f"deploy/scripts/{script}" in others)


# Named in documents, and there only after something was run.
EXAMPLES = {"deploy/compose/secrets", "deploy/compose/secrets/grafana-password"}


class Dependencies(unittest.TestCase):
    def test_each_is_listed_with_its_reason(self):
        import tomllib

        manifest = tomllib.loads(read("Cargo.toml"))
        direct = {name for name, entry in manifest["workspace"]["dependencies"].items() if not (isinstance(entry, dict) and "path" in entry)}
        rows = re.findall(r"^\| `([^`]+)` \| (.+?) \|$", read("docs/dependencies.md"), re.M)
        self.assertEqual({name for name, _ in rows}, direct)
        for name, reason in rows:
            self.assertGreater(len(reason), 10, name)

    def test_every_member_takes_its_dependencies_from_the_workspace(self):
        import tomllib

        members = [*(ROOT / "crates").glob("*/Cargo.toml"), *(ROOT / "services").glob("*/Cargo.toml")]
        for member in members:
            manifest = tomllib.loads(Path(member).read_text())
            for section in ["dependencies", "dev-dependencies", "build-dependencies"]:
                for name, entry in manifest.get(section, {}).items():
                    with self.subTest(member.parent.name, name=name):
                        self.assertIs(entry.get("workspace"), True)
