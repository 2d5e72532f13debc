"""Writes the reference: one Markdown page per public module into docs/api, from signatures and docstrings.

make docs
"""

import importlib
import inspect
import pkgutil
import re
import textwrap
from pathlib import Path

FOLDER = Path(__file__).parent / "api"
SECTIONS = ("Args", "Attributes", "Examples", "Raises", "Returns", "Shapes")


def public_modules(name="keras"):
    """The package and its public modules, outer ones first."""
    module = importlib.import_module(name)
    yield module
    for found in sorted(pkgutil.iter_modules(getattr(module, "__path__", [])), key=lambda m: m.name):
        if not found.name.startswith("_") and f"{name}.{found.name}" != "keras.legacy":
            yield from public_modules(f"{name}.{found.name}")


def page(module):
    """The Markdown of one module, or None where it lists no classes or functions."""
    things = [(name, getattr(module, name)) for name in sorted(module.__all__, key=str.lower)]
    things = [(name, thing) for name, thing in things if not inspect.ismodule(thing)]
    if not things:
        return None
    contents = "\n".join(f"- [`{name}`](#{name.lower()})" for name, _ in things)
    entries = "\n".join(entry(f"{module.__name__}.{name}", name, thing) for name, thing in things)
    return f"# {module.__name__}\n\n{body(module.__doc__)}\n\n{contents}\n\n{entries}"


def entry(path, name, thing):
    """One class or function with its signature, docstring and, for a class, its own public methods."""
    parts = [f"## {name}\n\n```python\n{path}{signature(thing)}\n```\n\n{body(inspect.getdoc(thing))}\n"]
    if inspect.isclass(thing):
        for method, function in vars(thing).items():
            if inspect.isfunction(function) and not method.startswith("_") and function.__doc__:
                first = inspect.getdoc(function).partition("\n\n")[0].replace("\n", " ")
                parts.append(f"- `{method}{signature(function, own=True)}`: {first}")
        parts.append("")
    return "\n".join(parts)


def signature(thing, own=False):
    """The parameters in brackets; without `self` and without annotations, which say little beside the docstring."""
    try:
        found = inspect.signature(thing)
    except (TypeError, ValueError):
        return ""
    parameters = [p.replace(annotation=p.empty) for p in found.parameters.values()]
    if own:
        parameters = parameters[1:]
    return str(found.replace(parameters=parameters, return_annotation=found.empty))


def body(docstring):
    """A docstring as Markdown: sections become headings, arguments a list, examples code."""
    text = textwrap.dedent(docstring or "").strip()
    text = re.sub(r"^(    [\w, ]+,)\n +", r"\1 ", text, flags=re.MULTILINE)  # a list of names over several lines
    lines, found, section = text.splitlines(), [], ""
    in_code = False
    for line in lines:
        heading = re.fullmatch(r"(\w+):", line)
        is_code = line.startswith((">>>", "...")) or (in_code and line.strip() != "")
        if is_code != in_code:
            found += ["", "```python"] if is_code else ["```", ""]
            in_code = is_code
        item = re.match(r"    (\*{0,2}\w[\w, ]*): (.*)", line)
        if heading and heading[1] in SECTIONS:
            section = heading[1]
            found += [f"**{section}**", ""]
        elif item and section and not in_code:
            found.append(f"- `{item[1]}`: {item[2]}")
        elif section and not in_code and line.startswith("    "):
            found.append("  " + line.strip())
        else:
            if line and not line.startswith(" "):
                section = ""
            found.append(line)
    return "\n".join(found + (["```"] if in_code else []))


def main():
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.md"):
        old.unlink()
    index = ["# Reference", ""]
    for module in public_modules():
        text = page(module)
        if text is not None:
            (FOLDER / f"{module.__name__}.md").write_text(text, encoding="utf-8")
            summary = (module.__doc__ or "").strip().partition("\n")[0]
            index.append(f"- [`{module.__name__}`]({module.__name__}.md): {summary}")
    (FOLDER / "index.md").write_text("\n".join(index) + "\n", encoding="utf-8")
    print(f"{len(index) - 2} pages in {FOLDER}")


if __name__ == "__main__":
    main()
