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

  errata.paired.load = ({ count, targets, groups }) => {
    const pairs = bytes(targets);
    const two = (_, image) => pairs[2 * image] | (pairs[2 * image + 1] << 8);
    loaded.images = { count, groups: bytes(groups), targets: Uint16Array.from({ length: count }, two) };
  };
  // the files of models are those of the wall of images; their first string is what is compared
  window.errataExplorerModel = (number, [outcomes]) => loaded.outcomes.set(number, outcomes);

  const load = (file) => new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = file;
    script.onload = resolve;
    script.onerror = () => reject(new Error(`The file ${file} is missing from the report's folder.`));
    document.head.append(script);
  });
  const outcomesOf = async ({ slug, number }) => {
    if (!loaded.images) await load(settings.files.images);
    if (!loaded.outcomes.has(number)) await load(`${settings.files.models}${encodeURIComponent(slug)}.js`);
    return unpack(loaded.outcomes.get(number));
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

  // Where the images behind a number are: answers of one of the models, on the chosen group.
  let shownPair = null;
  const images = (side, wanted) => {
    const { a, b, group } = shownPair;
    const [model, than] = side === "a" ? [a, b] : [b, a];
    const address = { model: model.name, ...wanted, ...("was" in wanted || "how" in wanted ? { than: than.name } : {}) };
    if (group.name !== "all") address.group = group.name;
    return `explorer.html#${new URLSearchParams(address)}`;
  };
  const asked = { top1_errors: "wrong" };
  const categoryOf = (statistic) => asked[statistic] ?? statistic;
  const linked = (count, address) => (count ? make("a", { href: address }, whole(count)) : whole(count));

  const digitsOf = (row) => (row.kind === "count" ? 0 : 2);
  const valueCell = (row, side) => {
    if (row[side] === null) return make("td", { "data-value": "" }, "–");
    const text = row.kind === "count" ? linked(row[side], images(side, { category: categoryOf(row.statistic) })) : fixed(row[side], 2);
    return make("td", { "data-value": row[side] }, text);
  };
  const onlyCell = (row) => {
    if (row.only_a === null) return cell({ a: "", b: "" }, "");
    const category = categoryOf(row.statistic), only = { category, was: `-${category}` };
    const parts = row.kind === "count" ? [linked(row.only_a, images("a", only)), " / ", linked(row.only_b, images("b", only))]
      : [`${whole(row.only_a)} / ${whole(row.only_b)}`];
    return cell({ a: row.only_a, b: row.only_b }, ...parts);
  };
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
        onlyCell(row),
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
    const look = (x, y, count) => {
      if (x === y) return "own";
      return count ? `heat ${y < x ? "milder" : "more-severe"}` : "nothing";
    };
    const entry = (x, y) => {
      const count = found.matrix[x][y];
      const heat = count ? 8 + (37 * count) / most : 0;
      const attributes = { class: look(x, y, count), style: `--heat:${heat.toFixed(1)}%`, "data-value": count };
      const [was, category] = [x, y].map((place) => settings.categories[place].name);
      return make("td", attributes, linked(count, images("b", { category, was })));
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
      ["Fixed: right with B only", right.only_b, "b", { category: "correct", was: "wrong" }],
      ["Broken: right with A only", right.only_a, "a", { category: "correct", was: "wrong" }],
      ["Milder mistakes, both wrong", both.milder, "b", { how: "milder", category: "wrong", was: "wrong" }],
      ["More severe mistakes, both wrong", both.more_severe, "b", { how: "worse", category: "wrong", was: "wrong" }],
    ];
    const fact = ([label, count, side, wanted]) =>
      make("div", {}, make("dt", {}, label), make("dd", {}, linked(count, images(side, wanted))));
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
      const outcomes = [await outcomesOf(a), await outcomesOf(b)];
      if (turn !== latest) return;
      shownPair = { a, b, group };
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

  // What the address asks for and the page does not have, in sentences; nothing is shown in its place.
  const problemsOf = (wanted, chosen) => {
    const problems = [];
    for (const side of ["a", "b"]) {
      const name = wanted.get(side);
      if (!name || chosen[side]) continue;
      const isPart = settings.in_part.includes(name);
      problems.push(isPart ? `“${name}” has predictions of a part of the images and cannot be compared here.` : `This report has no model “${name}”.`);
    }
    if (wanted.get("group") && !chosen.group) problems.push(`This report has no group “${wanted.get("group")}”.`);
    return problems;
  };
  const readAddress = () => {
    const wanted = new URLSearchParams(location.hash.slice(1));
    const slugOf = (text) => (models.has(text) ? text : settings.models.find((model) => model.name === text)?.slug);
    const chosen = { a: slugOf(wanted.get("a")), b: slugOf(wanted.get("b")) };
    chosen.group = settings.groups.find((each) => each.name === (wanted.get("group") || "all"))?.name;
    const problems = problemsOf(wanted, chosen);
    if (!wanted.get("b")) chosen.b = settings.best.find((slug) => slug !== chosen.a);
    if (!wanted.get("a")) chosen.a = settings.best.find((slug) => slug !== chosen.b);
    for (const name of ["a", "b", "group"]) form.elements[name].value = chosen[name] ?? "";
    if (problems.length) {
      latest += 1;
      at("trouble").textContent = `${problems.join(" ")} Choose above.`;
      at("found").hidden = true;
      at("said").replaceChildren();
    } else {
      show();
    }
  };
  const writeAddress = () => {
    const chosen = Object.fromEntries(["a", "b", "group"].map((name) => [name, form.elements[name].value]));
    setAddress(new URLSearchParams(chosen));
    if (Object.values(chosen).every(Boolean)) show();
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
