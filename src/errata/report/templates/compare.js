// The page that compares two models. #a=…&b=…&group=… in the address chooses them; what the models answered is loaded
// when they are chosen, by script elements, since pages opened from disk may load nothing else.
(() => {
  "use strict";

  const settings = JSON.parse(document.getElementById("settings").textContent);
  const { compare, summary, signed, fixed, whole } = errata.paired;
  const form = document.getElementById("pair");
  const at = (id) => document.getElementById(id);

  // --- what the loaded scripts hand over

  const bytes = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const loaded = { images: null, outcomes: new Map() };

  const unpack = (text) => {
    const data = bytes(text), count = loaded.images.count;
    const outcomes = new Uint8Array(count);
    let half = Math.ceil(count / 8) * 2;
    for (let image = 0; image < count; image++) {
      if (!(data[image >> 3] & (128 >> (image & 7)))) continue;
      outcomes[image] = half & 1 ? data[half >> 1] & 15 : data[half >> 1] >> 4;
      half++;
    }
    return outcomes;
  };

  errata.paired.load = {
    images: ({ count, targets, groups }) => {
      const pairs = bytes(targets);
      const two = (_, image) => pairs[2 * image] | (pairs[2 * image + 1] << 8);
      loaded.images = { count, groups: bytes(groups), targets: Uint16Array.from({ length: count }, two) };
    },
    outcomes: (slug, text) => loaded.outcomes.set(slug, text),
  };

  const load = (file) => new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = file;
    script.onload = resolve;
    script.onerror = () => reject(new Error(`The file ${file} is missing from the report's folder.`));
    document.head.append(script);
  });
  const outcomesOf = async (slug) => {
    if (!loaded.images) await load(settings.files.images);
    if (!loaded.outcomes.has(slug)) await load(`${settings.files.models}${encodeURIComponent(slug)}.js`);
    return unpack(loaded.outcomes.get(slug));
  };

  // --- elements

  const { make, setAddress } = errata.page;
  const small = (text) => (text ? make("small", {}, text) : null);
  const swatch = (name) => make("i", { class: `swatch k-${name}`, "aria-hidden": "true" });
  const tag = (word) => {
    const look = { [settings.words.better]: " better", [settings.words.worse]: " warn" }[word] ?? "";
    return make("span", { class: `tag${look}` }, word);
  };

  // --- the table of differences

  const digitsOf = (row) => (row.kind === "count" ? 0 : 2);
  const valueCell = (row, side) =>
    make("td", { "data-value": row[side] ?? "" }, row[side] === null ? "–" : fixed(row[side], digitsOf(row)));
  const interval = (low, high, digits) => `[${signed(low, digits)}, ${signed(high, digits)}]`;

  const forest = (row, widest) => {
    if (row.relative_low === null || !widest) return null;
    const place = (value) => Math.max(-98, Math.min(98, (value / widest) * 96));
    const line = (x1, x2, y1, y2, look) =>
      make("line", { svg: true, x1, x2, y1, y2, class: look, "vector-effect": "non-scaling-stroke" });
    const said = `${signed(row.relative, 1)} per cent`;
    const frame = { svg: true, class: "forest", viewBox: "-100 -12 200 24", preserveAspectRatio: "none", role: "img" };
    return make("svg", { ...frame, "aria-label": said },
      line(0, 0, -12, 12, "axis"),
      line(place(row.relative_low), place(row.relative_high), 0, 0, "range"),
      line(place(row.relative), place(row.relative), -6, 6, "range"));
  };

  const cell = (data, ...children) => {
    const attributes = Object.entries(data).map(([name, value]) => [`data-${name}`, value ?? ""]);
    return make("td", Object.fromEntries(attributes), ...children);
  };
  const limits = (low, high) => ({ low, high });

  const differenceRow = (row, named, isAdjusted, widest) => {
    const digits = digitsOf(row);
    const isPart = row.statistic.includes("provisional_");
    const name = [named.look ? swatch(named.look) : null, named.label.replace("not checked, ", "")];
    const cells = [make("th", { scope: "row" }, ...name), valueCell(row, "a"), valueCell(row, "b")];
    const said = make("td", { class: "text" }, tag(row.word));
    if (row.difference === null) {
      cells.push(make("td"), said, ...[1, 2, 3, 4].map(() => make("td")));
    } else {
      const p = (row.p_adjusted < 0.001 ? "<0.001" : row.p_adjusted.toFixed(3)) + (isAdjusted ? "*" : "");
      const relative = row.relative === null ? "" : `${signed(row.relative, 1)} %`;
      const range = row.relative_low === null ? null : small(interval(row.relative_low, row.relative_high, 1));
      cells.push(
        cell({ value: row.difference, ...limits(row.low, row.high) },
          signed(row.difference, digits), small(interval(row.low, row.high, digits))),
        said,
        cell({ value: row.relative, ...limits(row.relative_low, row.relative_high) }, relative, range),
        make("td", {}, forest(row, widest)),
        cell({ a: row.only_a, b: row.only_b }, row.only_a === null ? "" : `${whole(row.only_a)} / ${whole(row.only_b)}`),
        cell({ value: row.p, adjusted: row.p_adjusted }, p));
    }
    return make("tr", { class: isPart ? "part" : "", "data-statistic": row.statistic }, ...cells);
  };

  const HEADINGS = [
    [""], ["A"], ["B"], ["B − A", "95 % interval"], [""], ["Change", "in per cent of A's"], [""],
    ["Images of one only", "A / B"], ["p"],
  ];
  const PARTS = [
    ["accuracy", "Accuracies, per cent"], ["count", "Images, by what the answer is"], ["share", "Shares of the errors, per cent"],
  ];
  const DECLARED = new Map(
    [...settings.counts, ...settings.shares, ...Object.values(settings.accuracies).flat()].map((each) => [each.name, each]));

  const showDifferences = (found) => {
    const heading = ([text, more]) => (text ? make("th", { scope: "col" }, text, small(more)) : make("td"));
    const head = make("thead", {}, make("tr", {}, ...HEADINGS.map(heading)));
    const drawn = found.rows.filter((row) => row.relative_low !== null);
    const widest = Math.min(100, Math.max(...drawn.flatMap((row) => [Math.abs(row.relative_low), Math.abs(row.relative_high)])));
    const bodies = PARTS.map(([kind, title]) => {
      const rows = found.rows.filter((row) => row.kind === kind).map((row) => {
        const declared = DECLARED.get(row.statistic);
        const isCategory = kind === "share" || Boolean(declared?.is_category);
        const look = isCategory ? row.statistic.replace("share_", "") : "";
        return differenceRow(row, { label: declared?.label ?? settings.top1_label, look }, isCategory, widest);
      });
      const name = make("th", { scope: "rowgroup", colspan: HEADINGS.length }, title);
      return make("tbody", {}, make("tr", { class: "part-heading" }, name), ...rows);
    });
    const table = at("differences-table");
    table.replaceChildren(table.caption, head, ...bodies);
  };

  // --- the matrix, and what goes around it

  const showMatrix = (found) => {
    const occurs = ({ place }) => found.matrix[place].some(Boolean) || found.matrix.some((row) => row[place]);
    const used = settings.categories.map((category, place) => ({ ...category, place })).filter(occurs);
    const places = used.map(({ place }) => place);
    const name = ({ name: look, label }) => (look === "correct" ? [label] : [swatch(look), label]);
    const changed = places.flatMap((x) => places.filter((y) => y !== x).map((y) => found.matrix[x][y]));
    const most = Math.max(1, ...changed);
    const look = (x, y, images) => {
      if (x === y) return "own";
      return images ? `heat ${y < x ? "milder" : "more-severe"}` : "nothing";
    };
    const entry = (x, y) => {
      const images = found.matrix[x][y];
      const heat = images ? 8 + (37 * images) / most : 0;
      const attributes = { class: look(x, y, images), style: `--heat:${heat.toFixed(1)}%`, "data-value": images };
      return make("td", attributes, whole(images));
    };
    const corner = make("th", { scope: "col" }, "A's answer ↓ B's →");
    const head = make("thead", {}, make("tr", {}, corner, ...used.map((each) => make("th", { scope: "col" }, ...name(each)))));
    const row = (each) =>
      make("tr", {}, make("th", { scope: "row" }, ...name(each)), ...places.map((place) => entry(each.place, place)));
    const table = at("matrix");
    table.replaceChildren(table.caption, head, make("tbody", {}, ...used.map(row)));
    const [all, both] = found.moves;
    at("moved").textContent =
      `Of all ${whole(found.images)} images, ${whole(all.milder)} answers became milder and ${whole(all.more_severe)} ` +
      `more severe (${all.word}); of those that both get wrong, ${whole(both.milder)} and ${whole(both.more_severe)} ` +
      `(${both.word}).`;
  };

  const showSaid = (found, a, b) => {
    const paragraph = (sentence, place) =>
      make("p", place ? {} : { class: "lead" }, sentence.replaceAll(" %", "\u00a0%"));
    at("said").replaceChildren(...summary(settings, found, a, b).map(paragraph));
    const right = found.rows.find((row) => row.statistic === "correct");
    const both = found.moves.find((each) => each.among === "both_wrong");
    const facts = [
      ["Fixed: right with B only", right.only_b], ["Broken: right with A only", right.only_a],
      ["Milder mistakes, both wrong", both.milder], ["More severe mistakes, both wrong", both.more_severe],
    ];
    const fact = ([label, images]) => make("div", {}, make("dt", {}, label), make("dd", {}, whole(images)));
    at("swaps").replaceChildren(...facts.map(fact));
  };

  // --- choosing

  const models = new Map(settings.models.map((model) => [model.slug, model]));
  const options = (list, value) => list.map((each) => make("option", { value: each[value] }, each.label ?? each.name));
  for (const side of ["a", "b"]) form.elements[side].append(...options(settings.models, "slug"));
  form.elements.group.append(...options(settings.groups, "name"));

  let latest = 0;
  const show = async () => {
    const turn = ++latest;
    const [a, b] = ["a", "b"].map((side) => models.get(form.elements[side].value));
    const group = settings.groups.find((each) => each.name === form.elements.group.value);
    at("trouble").textContent = "";
    try {
      const outcomes = [await outcomesOf(a.slug), await outcomesOf(b.slug)];
      if (turn !== latest) return;
      const found = compare(settings, loaded.images, ...outcomes, group);
      showSaid(found, a.name, b.name);
      showDifferences(found);
      showMatrix(found);
      at("found").hidden = false;
    } catch (error) {
      if (turn !== latest) return;
      at("trouble").textContent = error.message;
      at("found").hidden = true;
      at("said").replaceChildren();
    }
  };

  const readAddress = () => {
    const wanted = new URLSearchParams(location.hash.slice(1));
    const slugOf = (text) => (models.has(text) ? text : settings.models.find((model) => model.name === text)?.slug);
    for (const side of ["a", "b"]) form.elements[side].value = slugOf(wanted.get(side)) ?? settings.chosen[side];
    const group = settings.groups.find((each) => each.name === wanted.get("group"));
    form.elements.group.value = (group ?? settings.groups[0]).name;
    show();
  };
  const writeAddress = () => {
    const chosen = Object.fromEntries(["a", "b", "group"].map((name) => [name, form.elements[name].value]));
    setAddress(new URLSearchParams(chosen));
    show();
  };

  form.addEventListener("change", writeAddress);
  form.addEventListener("submit", (event) => event.preventDefault());
  at("swap").addEventListener("click", () => {
    const { a, b } = form.elements;
    [a.value, b.value] = [b.value, a.value];
    writeAddress();
  });
  addEventListener("hashchange", readAddress);
  readAddress();
})();
