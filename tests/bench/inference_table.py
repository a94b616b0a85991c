"""The measurements of `bench_inference.py` as text."""

RATES = ("read", "copy", "answers")


def table_of(measured: dict) -> str:
    """Return three tables: the pace beside the bare forward pass, the seconds of a whole job, and changed labels."""
    models = [row for row in measured["models"] if "error" not in row]
    lines = [f"{measured['device']}, torch {measured['torch']}; images/s"]
    lines.append(
        f"{'model':<32} {'steady':>9} {'forward':>9} {'ratio':>6} {'read':>9} {'copy':>9} {'answers':>9} {'GB':>5}"
    )
    for row in models:
        stages = " ".join(f"{row['stages_per_s'][stage]:>9,.0f}" for stage in RATES)
        peak = f"{row['peak_gb']:>5.1f}" if row["peak_gb"] else f"{'-':>5}"
        lines.append(
            f"{row['model']:<32} {row['achieved_per_s']:>9,.0f} {row['forward_per_s']:>9,.0f} {row['ratio']:>6.2f} "
            f"{stages} {peak}"
        )
    lines.append(
        f"{'seconds of 50,000 images':<32} {'load':>9} {'start':>9} {'steady':>9} {'re-check':>9} {'whole':>9}"
    )
    for row in models:
        steady = 50_000 / row["achieved_per_s"]
        parts = (row["load_seconds"], row["start_seconds"], steady, row["recheck_seconds"], row["whole_seconds"])
        lines.append(f"{row['model']:<32} " + " ".join(f"{part:>9.1f}" for part in parts))
    lines.append(f"{'each process before that':<32} {measured['process_seconds']:>9.1f}")
    flips = [(row["model"], row["flips"]) for row in models if row["flips"]]
    flips += [(row["model"], row) for row in measured["demo_classifiers"]]
    lines.append(
        f"{'labels unlike those of fp32':<32} {'images':>7} {'before':>7} {'after':>6} {'again':>6} {'margin':>8} error"
    )
    lines += [
        f"{name:<32} {row['images']:>7,} {row['before']:>7} {row['after']:>6} {row['rechecked']:>6} "
        f"{row['margin']:>8.3g} {row['largest_error']:.2g}"
        for name, row in flips
    ]
    lines += [f"{row['model']}: {row['error']}" for row in measured["models"] if "error" in row]
    return "\n".join(lines)
