// The numbers behind the overview's table: which models there are, and what a column says about one of them.
// The data come from other scripts, since a page that opens from disk cannot fetch a file.
"use strict";

const errataOverview = (() => {
  let about = null;
  const groups = new Map();
  const waiting = new Map();

  const receive = (what, data) => {
    if (what === "models") {
      about = data;
      return;
    }
    groups.set(data.group, data);
    waiting.get(data.group)?.();
  };

  // Loads the numbers of a group once; `then` is called when they are there.
  const withGroup = (group, then) => {
    if (groups.has(group)) {
      then();
      return;
    }
    waiting.set(group, then);
    const script = document.createElement("script");
    script.src = `assets/overview-${group}.js`;
    document.head.append(script);
  };

  const count = (numbers, name, row) => numbers.counts[name]?.[row] ?? null;

  const multiLabelErrors = (numbers, row) => {
    const errors = count(numbers, "top1_errors", row);
    if (errors === null) return null;
    return about.forgiven.reduce((rest, name) => rest - (count(numbers, name, row) ?? 0), errors);
  };

  const whole = (numbers, category, row) =>
    about.forgiven.includes(category) ? count(numbers, "top1_errors", row) : multiLabelErrors(numbers, row);

  const share = (numbers, category, row) => {
    const part = count(numbers, category, row);
    const total = whole(numbers, category, row);
    return part === null || !total ? null : (100 * part) / total;
  };

  // [value, low, high] of an accuracy in hundredths, tenths and tenths; without a value these are bounds.
  const accuracy = (numbers, name, row) => (numbers.accuracies[name] ?? []).map((column) => column[row] ?? null);

  const mass = (numbers, name, row) => {
    const hundredths = numbers.masses[name]?.[row] ?? null;
    return hundredths === null ? null : hundredths / 100;
  };

  // [gain, low, high] of the MLA if a category were fixed, in thousandths, hundredths and hundredths of a point.
  const gain = (numbers, category, row) => (numbers.gains[category] ?? []).map((column) => column[row] ?? null);

  const values = {
    model: (column, numbers, row) => about.models[row].toLowerCase(),
    accuracy: (column, numbers, row) => {
      const [value = null, low = null] = accuracy(numbers, column.source, row);
      if (value !== null) return value / 100;
      return low === null ? null : low / 10;
    },
    count: (column, numbers, row) =>
      column.source === "mle" ? multiLabelErrors(numbers, row) : count(numbers, column.source, row),
    share: (column, numbers, row) => share(numbers, column.source, row),
    mass: (column, numbers, row) => mass(numbers, column.source, row),
    gain: (column, numbers, row) => {
      const [value = null] = gain(numbers, column.source, row);
      return value === null ? null : value / 1000;
    },
    outside: (column, numbers, row) => about.outside[row]?.[0] ?? null,
  };

  return {
    receive,
    withGroup,
    count,
    multiLabelErrors,
    share,
    accuracy,
    gain,
    mass,
    about: () => about,
    numbers: (group) => groups.get(group),
    canSort: (column) => column.kind in values,
    // What a column says about a model, to sort and filter by; null where it says nothing.
    valueOf: (column, group, row) => values[column.kind](column, groups.get(column.group || group), row),
  };
})();
