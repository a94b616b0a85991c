// How the cells of the overview's table look.
"use strict";

const errataCells = (() => {
  const overview = errataOverview;

  const element = errata.page.make;
  const percent = (value) => value.toFixed(1);
  const tenths = (number) => `${Math.floor(number / 10)}.${number % 10}`;
  const range = (low, high) => `${tenths(low)}–${tenths(high)}`;
  const thousands = (number) => number.toString().replace(/\B(?=(\d{3})+$)/g, ",");

  const missing = (why) =>
    element("span", { class: "missing", title: why }, "–", element("span", { class: "unseen" }, ` (${why})`));
  const withRange = (text, low, high) =>
    low === null || high === null || low === undefined || high === undefined
      ? [text]
      : [text, element("small", {}, range(low, high))];

  const label = (name) => overview.about().looks[name].label;

  // The address of a model's images with answers of a category; null without the page of images.
  const imagesOf = (row, category, group) => {
    const { models, doors } = overview.about();
    if (!doors) return null;
    const wanted = new URLSearchParams({ model: models[row], category });
    if (group !== "all") wanted.set("group", group);
    return `explorer.html#${wanted}`;
  };
  const door = (address, text) => (address ? element("a", { href: address }, text) : text);

  // pieces: [[category, width in per cent, words]]; the same doors stand in the cells, so the keyboard passes the bar by
  const stackedBar = (pieces, description, address = () => null) =>
    element(
      "div",
      { class: "bar", role: address("correct") ? "group" : "img", "aria-label": description },
      ...pieces.map(([name, width, words]) => {
        const look = { class: `k-${name}`, style: `width:${width.toFixed(3)}%`, title: words };
        const href = address(name);
        return href ? element("a", { ...look, href, tabindex: "-1" }) : element("i", look);
      }),
    );

  const errorBar = (numbers, row, of, widest, group) => {
    const { stack, provisional, forgiven, errors } = overview.about();
    const split = provisional.some((name) => overview.count(numbers, name, row));
    const shown = stack.filter(
      (name) =>
        overview.count(numbers, name, row) &&
        !(split && name === "open_world_unchecked") &&
        !(of === "mle" && forgiven.includes(name)),
    );
    const total = of === "mle" ? overview.multiLabelErrors(numbers, row) : overview.count(numbers, "top1_errors", row);
    const words = errors[of === "mle" ? "mle" : "top1"];
    const pieces = shown.map((name) => {
      const count = overview.count(numbers, name, row);
      const share = (100 * count) / total;
      const width = of === "number" ? (100 * count) / widest : share;
      return [name, width, `${label(name)}: ${thousands(count)} (${percent(share)} % of ${words})`, share];
    });
    const description = pieces.map(([name, , , share]) => `${label(name)} ${percent(share)} %`).join(", ");
    return stackedBar(pieces, description || "no errors", (name) => imagesOf(row, name, group));
  };

  const massBar = (shares, widest, of) => {
    const known = shares.filter(([, share]) => share);
    const pieces = known
      .filter(([name]) => name !== "correct")
      .map(([name, share]) => [name, (100 * share) / widest, `${label(name)}: ${percent(share)} % of the ${of}`]);
    const description = known.map(([name, share]) => `${label(name)} ${percent(share)} %`).join(", ");
    return stackedBar(pieces, description || "nothing");
  };

  const firstAnswers = (numbers, name, row) => {
    const images = overview.count(numbers, "images", row);
    const errors = overview.count(numbers, "top1_errors", row);
    const part = name === "correct" && images !== null ? images - errors : overview.count(numbers, name, row);
    return part === null || !images ? null : (100 * part) / images;
  };

  const cells = {
    model: (column, numbers, row) => {
      const { models, pages, notes, unexpected } = overview.about();
      const page = `models/${pages[row] || models[row]}.html`;
      const cell = element("th", { scope: "row", title: models[row] }, element("a", { href: page }, models[row]));
      if (notes.includes(row)) {
        const note = { class: "tag warn", href: `${page}#doctor`, title: "The doctor left a note" };
        cell.append(" ", element("a", note, "note"));
      }
      if (unexpected.includes(row)) {
        const mark = { class: "tag warn", href: `${page}#accuracy-check`, title: "Not as accurate as published" };
        cell.append(" ", element("a", mark, "unexpected accuracy"));
      }
      return cell;
    },
    accuracy: (column, numbers, row) => {
      const [value = null, low = null, high = null] = overview.accuracy(numbers, column.source, row);
      if (value !== null) return element("td", {}, ...withRange(tenths(Math.floor((value + 5) / 10)), low, high));
      if (low === null) return element("td", {}, missing("not known"));
      const why = "What it could be, whatever the unchecked errors are";
      return element("td", {}, element("span", { class: "bound", title: why }, range(low, high)));
    },
    count: (column, numbers, row, { group }) => {
      const count =
        column.source === "mle" ? overview.multiLabelErrors(numbers, row) : overview.count(numbers, column.source, row);
      if (count === null) return element("td", {}, missing("not known"));
      const address = imagesOf(row, column.source === "mle" ? "mle" : "wrong", group);
      return element("td", {}, door(address, thousands(count)));
    },
    share: (column, numbers, row, { group }) => {
      const why = overview.about().looks[column.source].missing;
      if (overview.count(numbers, column.source, row) === null) return element("td", {}, missing(why));
      const share = overview.share(numbers, column.source, row);
      if (share === null) return element("td", {}, missing("there are no errors to be a share of"));
      const limits = (numbers.limits[column.source] ?? []).map((side) => side[row]);
      const [text, ...small] = withRange(percent(share), ...limits);
      return element("td", {}, door(imagesOf(row, column.source, group), text), ...small);
    },
    outside: (column, numbers, row) => {
      const found = overview.about().outside[row];
      if (!found) return element("td", {}, missing("not compared"));
      const [outside, of, caution] = found;
      const why =
        caution === "beyond published"
          ? "Its accuracy lies beyond that of every published model"
          : "Fewer than 20 published models are within two points of its accuracy";
      const cell = element("td", {}, `${outside} of ${of}`);
      if (caution) cell.append(element("small", { title: why }, caution));
      return cell;
    },
    gain: (column, numbers, row) => {
      const [value = null, low = null, high = null] = overview.gain(numbers, column.source, row);
      if (value === null) return element("td", {}, missing("there are no images"));
      const cell = element("td", {});
      if (overview.about().provisional.includes(column.source)) {
        const why = "If nothing were out of vocabulary: an upper bound";
        cell.append(element("span", { title: why }, "≤ "));
      }
      const digits = high >= 100 ? 1 : 2;
      const text = (value / 1000).toFixed(digits);
      const limits = `${(low / 100).toFixed(digits)}–${(high / 100).toFixed(digits)}`;
      cell.append(`+${text}`, element("small", {}, limits));
      return cell;
    },
    mass: (column, numbers, row) => {
      const mass = overview.mass(numbers, column.source, row);
      if (mass === null) return element("td", {}, missing(overview.about().looks[column.source].missing));
      const answers = firstAnswers(numbers, column.source, row);
      const small = answers === null ? [] : [element("small", {}, percent(answers))];
      return element("td", {}, percent(mass), ...small);
    },
    masses: (column, numbers, row, { widest }) => {
      const names = Object.keys(numbers.masses);
      const answers = names.map((name) => [name, firstAnswers(numbers, name, row)]);
      const masses = names.map((name) => [name, overview.mass(numbers, name, row)]);
      return element(
        "td",
        { class: "wide" },
        massBar(answers, widest, "images"),
        massBar(masses, widest, "probability"),
      );
    },
    bar: (column, numbers, row, { of, widest, group }) =>
      element("td", { class: "wide" }, errorBar(numbers, row, of, widest, group)),
  };

  return {
    thousands,
    firstAnswers,
    cellOf: (column, group, row, drawing) =>
      cells[column.kind](column, overview.numbers(column.group || group), row, { ...drawing, group }),
  };
})();
