"""docs/scaling.md and its drawings, from what scaling.py found."""

PAGE = """# Scaling

Written by `python benchmarks/scaling.py`; every figure is in `benchmarks/results/scaling.json`.
**Measured** figures come from runs on one machine ({machine}; load {load:.1f} at the end).
**Projected** ones come from the model below; no machine has run them.

The program: a network {features} -> {units} -> {units} -> {classes} ({parameters:,} weights), SGD, `DataParallel`.
Weak: {rows} rows per device and step. Strong: {rows} rows per step in all.

## Measured

All devices and processes share the same {cores} cores, so N of them cannot be N times as fast. What can be measured is
what dividing costs: *kept* is the time of one device for the whole batch over the time of N devices for it; 100 % would
be for free. Communication holds the waiting for devices that have no core at that moment, which devices with cores of
their own do not do.

{measured}

![measured parts of a step](scaling-measured.svg)

How a step is taken apart: *input* is the time of `fit` outside of its programs; *communication* is the share of XLA's
profile that devices spend in collective operations; *compute* is the rest of the program. Bytes are what the collective
operations of the compiled program return on each device, operations what XLA's cost analysis counts for one device.

## The model

    step(n) = compute + input + 2 (n - 1) / n * bytes / bandwidth + 2 ceil(log2 n) * latency

Every machine computes its own rows, the gradients are summed in a ring, messages go in a tree, and nothing of it is
hidden behind computation, as if the slowest case held. The model leaves out slow machines, faults and shared switches.

{check}

## Projected

![projected weak scaling](scaling-projected.svg)

Efficiency of weak scaling: compute and input over the whole step. Bandwidths and latencies are what such links are sold
as. {assumed}

{projected}
"""


def table(head, rows):
    """A Markdown table."""
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def page(found):
    """The text of docs/scaling.md."""
    sizes, one = found["sizes"], found["one"]
    projected = found["projected"]
    own = next(row["work"] for row in projected)
    return PAGE.format(
        machine=found["machine"],
        load=found["load"],
        cores=found["machine"].split(", ")[1].split()[0],
        features=256,
        classes=10,
        parameters=one["parameters"],
        **{name: sizes[name] for name in ("units", "rows")},
        measured=measured_table(found),
        check=check_text(found["check"]),
        assumed=f"*{own}* has compute and bytes from measurements; those of the others are assumptions.",
        projected=projected_table(projected),
    )


def measured_table(found):
    """What was measured, a row per run."""
    head = (
        "measured on",
        "batch",
        "step ms",
        "compute",
        "communication",
        "input",
        "kept",
        "MB summed",
        "Mflop per device",
    )
    one = found["one"]
    rows = [["1 device", found["sizes"]["rows"], *parts(one), "", "0", f"{one['flops'] / 1e6:.0f}"]]
    for row in found["measured"]:
        rows.append(
            [
                f"{row['n']} {row['place']}, {row['kind']}",
                row["batch"],
                *parts(row),
                f"{row['alone'] / row['step']:.0%}",
                f"{row['bytes_reduced'] / 1e6:.1f}",
                f"{row['flops'] / 1e6:.0f}",
            ]
        )
    return table(head, rows)


def parts(row):
    """Milliseconds of a step and of its parts."""
    return [f"{1e3 * row[name]:.1f}" for name in ("step", "compute", "communication", "input")]


def check_text(check):
    """How well the model tells what was measured."""
    if check is None or not check["points"]:
        return "No measurement of more than two processes to hold the model against."
    rows = [
        [f"{p['n']} processes", f"{int(p['bytes']):,}", f"{1e3 * p['measured']:.2f}", f"{1e3 * p['model']:.2f}"]
        for p in check["points"]
    ]
    return (
        f"Fitted to sums of arrays over two processes on this machine's loopback, it has "
        f"{check['bandwidth'] / 1e9:.2f} GB/s and {1e6 * check['latency']:.0f} µs. What it says of four processes, "
        "beside what was measured:\n\n"
        + table(("sum over", "bytes", "measured ms", "model ms"), rows)
        + "\n\nFour processes on two cores also wait for a core, which the model does not know."
    )


def projected_table(projected):
    """Projected efficiencies, a row per work and link."""
    hosts = sorted({row["hosts"] for row in projected})
    rows = []
    for work, link in dict.fromkeys((row["work"], row["link"]) for row in projected):
        of = {row["hosts"]: row for row in projected if (row["work"], row["link"]) == (work, link)}
        rows.append([f"{work}, {link}", *(f"{of[n]['efficiency']:.0%}" for n in hosts)])
    return table(("projected", *(f"{n:,} machines" for n in hosts)), rows)


COLOURS = {"compute": "#4477aa", "communication": "#ee6677", "input": "#ccbb44"}


def draw(found, folder):
    """The two drawings: bars of what was measured, dashed lines of what is projected."""
    import matplotlib

    matplotlib.use("Agg")
    matplotlib.rcParams["svg.hashsalt"] = "scaling"  # equal figures give equal files
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, 2, figsize=(10, 4), layout="constrained")
    for ax, kind in zip(axes, ("weak", "strong")):
        rows = [row for row in found["measured"] if row["kind"] == kind]
        names = ["1"] + [f"{row['n']}\n{row['place']}" for row in rows]
        below = [0.0] * len(names)
        for part, colour in COLOURS.items():
            heights = [1e3 * row[part] for row in (found["one"], *rows)]
            ax.bar(names, heights, bottom=below, color=colour, label=part, width=0.7)
            below = [a + b for a, b in zip(below, heights)]
        whole = [1e3 * found["one"]["step"], *(1e3 * row["alone"] for row in rows)]
        ax.plot(names, whole, "k_", markersize=24, label="one device, same batch")
        ax.set(title=f"Measured, {kind} scaling on {found['machine'].split(', ')[1]}", ylabel="ms per step")
        ax.tick_params(axis="x", labelsize=8)
        ax.spines[["top", "right"]].set_visible(False)
    axes[0].legend(frameon=False)
    figure.savefig(folder / "scaling-measured.svg", metadata={"Date": None})
    pyplot.close(figure)

    works = list(dict.fromkeys(row["work"] for row in found["projected"]))
    figure, axes = pyplot.subplots(1, len(works), figsize=(4 * len(works), 4), layout="constrained", sharey=True)
    for ax, work in zip(axes, works):
        for link, marker in zip(dict.fromkeys(row["link"] for row in found["projected"]), "os^"):
            rows = [row for row in found["projected"] if (row["work"], row["link"]) == (work, link)]
            points = [(1, 1.0)] + [(row["hosts"], row["efficiency"]) for row in rows]
            ax.plot(*zip(*points), linestyle="--", marker=marker, markerfacecolor="white", label=link)
        ax.set_xscale("log", base=2)
        ax.set(title="Projected: " + work.replace(", ", ",\n", 1), xlabel="machines", ylim=(0, 1.05))
        ax.title.set_fontsize(9)
        ticks = [1, *sorted({row["hosts"] for row in found["projected"]})]
        ax.set_xticks(ticks, [f"{n:,}" for n in ticks])
        ax.spines[["top", "right"]].set_visible(False)
    axes[0].set_ylabel("efficiency of weak scaling")
    axes[0].legend(frameon=False, loc="lower left")
    figure.savefig(folder / "scaling-projected.svg", metadata={"Date": None})
    pyplot.close(figure)
