// The scatter plot of the page of trends, drawn from errataTrends (assets/trends_data.js). Without this script the page
// shows the same as figures. #group=artifact&category=model_failure in the address chooses what is shown.
(() => {
  "use strict";
  const data = typeof errataTrends === "undefined" ? null : errataTrends;
  const form = document.getElementById("trend-controls");
  if (!data || !form) return;

  const { heightAt, labelOf, percentileAmong, pieceAt, plain, pointsOf, reachAt, signed, ticks, whole } = trendNumbers;
  // a narrow plot has fewer units, so that its letters stay legible
  const WIDE = { width: 860, height: 500 }, NARROW = { width: 430, height: 400 };
  let { width: WIDTH, height: HEIGHT } = WIDE;
  const LEFT = 62, RIGHT = 14, TOP = 14, BOTTOM = 50;
  const plot = document.getElementById("trend-plot");
  const saying = document.getElementById("trend-point");
  const keys = document.getElementById("trend-keys");
  const table = document.getElementById("trend-table");
  const lineSet = data.sets.find((set) => set.from === "published") || data.sets[0];
  const setNames = { published: "published", here: "this report" };
  const accuracyNames = { mla: "MLA", top1: "top-1" };

  const { make: element, setAddress } = errata.page;
  const make = (name, attributes, parent, text = null) => {
    const drawn = element(name, { svg: true, ...attributes }, text);
    parent.append(drawn);
    return drawn;
  };

  // ---- what is chosen -------------------------------------------------------------------------------------------
  const fill = (name, options, chosen) => {
    const select = form.elements[name];
    select.append(...options.map(([value, label]) => element("option", { value }, label)));
    if (options.some(([value]) => value === chosen)) select.value = chosen;
  };
  const categories = Object.entries(data.categories).map(([name, category]) => [name, category.label]);
  const own = data.sets.find((set) => set.from === "here");
  const ownHas = (name) => own && own.counts.all && own.counts.all[name];
  const first = data.leading.find((name) => data.categories[name] && (!own || ownHas(name)));
  fill("category", categories, first || categories[0][0]);
  fill("group", Object.entries(data.groups), "all");
  fill("mark", [...Object.entries(data.marks).map(([name, mark]) => [name, mark.title]), ["none", "nothing"]], "training_data");
  fill("colour", [...Object.entries(data.scales).map(([name, scale]) => [name, scale.title]), ["none", "nothing"]], "parameters");

  const choices = ["category", "group", "quantity", "accuracy", "mark", "colour"];
  const readAddress = () => {
    const wanted = new URLSearchParams(location.hash.slice(1));
    for (const name of choices) {
      const select = form.elements[name];
      if ([...select.options].some((option) => option.value === wanted.get(name))) select.value = wanted.get(name);
    }
    if (wanted.has("find")) form.elements.find.value = wanted.get("find");
  };
  const writeAddress = () => {
    const chosen = new URLSearchParams(choices.map((name) => [name, form.elements[name].value]));
    if (form.elements.find.value) chosen.set("find", form.elements.find.value);
    setAddress(chosen);
  };

  // ---- drawing --------------------------------------------------------------------------------------------------
  let shown = [];
  let scaleX, scaleY, current = -1, trend = null, chosen = {}, ring = null;

  const outline = (kind, x, y, radius) => {
    if (kind === "circle") return `M${(x - radius).toFixed(1)} ${y.toFixed(1)}a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0`;
    const corners = data.forms[kind].map(([a, b]) => `${(x + a * radius).toFixed(1)} ${(y - b * radius).toFixed(1)}`);
    return `M${corners.join("L")}Z`;
  };

  const drawTrend = (layer, colour) => {
    if (!trend) return;
    const [low, high] = trend.range;
    const clip = (y) => Math.max(TOP - 400, Math.min(HEIGHT + 400, scaleY(y)));
    if (trend.inflection) {
      const [at, from, to] = trend.inflection;
      make("rect", { x: scaleX(from), y: TOP, width: Math.max(1, scaleX(to) - scaleX(from)), height: HEIGHT - BOTTOM - TOP, class: "inflection" }, layer);
      make("path", { d: `M${scaleX(at)} ${TOP}V${HEIGHT - BOTTOM}`, class: "inflection-line" }, layer);
    }
    const borders = trend.inflection ? [low, trend.inflection[0], high] : [low, high];
    trend.pieces.forEach((piece, place) => {
      const xs = Array.from({ length: 41 }, (_, step) => borders[place] + ((borders[place + 1] - borders[place]) * step) / 40);
      for (const prediction of [true, false]) {
        const upper = xs.map((x) => `${scaleX(x).toFixed(1)} ${clip(heightAt(piece, x) + reachAt(piece, x, prediction)).toFixed(1)}`);
        const lower = xs.map((x) => `${scaleX(x).toFixed(1)} ${clip(heightAt(piece, x) - reachAt(piece, x, prediction)).toFixed(1)}`);
        make("path", { d: `M${upper.join("L")}L${lower.reverse().join("L")}Z`, fill: colour, "fill-opacity": prediction ? 0.14 : 0.4 }, layer);
      }
      make("path", { d: `M${xs.map((x) => `${scaleX(x).toFixed(1)} ${clip(heightAt(piece, x)).toFixed(1)}`).join("L")}`, class: "line" }, layer);
    });
  };

  const draw = () => {
    chosen = Object.fromEntries(choices.map((name) => [name, form.elements[name].value]));
    const sets = data.sets.filter((set) => form.elements[`show-${set.from}`]?.checked ?? true);
    shown = sets.flatMap((set) => pointsOf(set, chosen)).sort((a, b) => a.x - b.x || a.y - b.y);
    trend = lineSet.lines[[chosen.group, chosen.category, chosen.quantity, chosen.accuracy].join(" ")] || null;
    const residuals = trend
      ? pointsOf(lineSet, chosen).map((point) => point.y - heightAt(pieceAt(trend, point.x), point.x)).sort((a, b) => a - b)
      : [];
    for (const point of shown) {
      point.expected = trend ? heightAt(pieceAt(trend, point.x), point.x) : null;
      point.residual = trend ? point.y - point.expected : null;
    }
    ({ width: WIDTH, height: HEIGHT } = plot.clientWidth < 600 ? NARROW : WIDE);
    plot.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
    plot.replaceChildren();
    current = -1;
    ring = null;
    const look = data.categories[chosen.category];
    const of = chosen.quantity === "count" ? "errors" : `% of the ${look.forgiven ? "top-1" : "multi-label"} errors`;
    const title = `${look.label}, ${data.groups[chosen.group]}: ${of} against ${accuracyNames[chosen.accuracy]}`;
    plot.setAttribute("aria-label", `${title}, ${shown.length} models. Arrow keys go from model to model.`);
    if (!shown.length) {
      make("text", { x: WIDTH / 2, y: HEIGHT / 2, "text-anchor": "middle", class: "tick" }, plot, "No model has these numbers.");
      keys.replaceChildren();
      fillTable([]);
      say(null);
      return;
    }
    const span = (numbers, least) => {
      const low = Math.min(...numbers), high = Math.max(...numbers), margin = 0.04 * (high - low) || 1;
      return [Math.max(low - margin, least), high + margin];
    };
    const [lowX, highX] = span(shown.map((point) => point.x), -Infinity);
    const [lowY, highY] = span(shown.map((point) => point.y), 0);
    scaleX = (x) => LEFT + ((x - lowX) / (highX - lowX)) * (WIDTH - LEFT - RIGHT);
    scaleY = (y) => HEIGHT - BOTTOM - ((y - lowY) / (highY - lowY)) * (HEIGHT - BOTTOM - TOP);

    for (const tick of ticks(lowX, highX, WIDTH / 100)) {
      make("path", { d: `M${scaleX(tick)} ${TOP}V${HEIGHT - BOTTOM}`, class: "grid" }, plot);
      make("text", { x: scaleX(tick), y: HEIGHT - BOTTOM + 18, "text-anchor": "middle", class: "tick" }, plot, String(tick));
    }
    for (const tick of ticks(lowY, highY, 6)) {
      make("path", { d: `M${LEFT} ${scaleY(tick)}H${WIDTH - RIGHT}`, class: "grid" }, plot);
      make("text", { x: LEFT - 8, y: scaleY(tick) + 4, "text-anchor": "end", class: "tick" }, plot, tick.toLocaleString("en"));
    }
    make("text", { x: (LEFT + WIDTH - RIGHT) / 2, y: HEIGHT - 8, "text-anchor": "middle", class: "tick" }, plot, `${accuracyNames[chosen.accuracy]}, per cent`);
    make("text", { transform: `translate(15 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)`, "text-anchor": "middle", class: "tick" }, plot, of);

    // what is in an inner picture ends at its sides
    const sides = { x: LEFT, y: TOP, width: WIDTH - LEFT - RIGHT, height: HEIGHT - BOTTOM - TOP };
    const inside = make("svg", { ...sides, viewBox: Object.values(sides).join(" ") }, plot);
    const marks = make("g", {}, inside);
    drawTrend(inside, look.colour);
    const front = make("g", {}, plot);
    const owns = shown.filter((point) => point.set.from === "here").length;
    const ownRadius = owns <= 60 ? 4.4 : owns <= 300 ? 3.6 : 3;
    const piles = new Map();
    for (const point of shown) {
      const here = point.set.from === "here" && data.sets.length > 1;
      const pile = [here, point.form, point.step].join("|");
      if (!piles.has(pile)) piles.set(pile, []);
      piles.get(pile).push(outline(point.form, scaleX(point.x), scaleY(point.y), here ? ownRadius : 2.6));
    }
    for (const [pile, outlines] of piles) {
      const [here, , step] = pile.split("|");
      const fillColour = Number(step) < 0 ? (chosen.colour === "none" && here === "true" ? look.colour : data.unknownColour) : data.colours[step];
      make("path", { d: outlines.join(""), fill: fillColour, class: here !== "true" ? "marks" : owns <= 300 ? "own-marks" : "own-marks many" }, here === "true" ? front : marks);
    }
    drawKeys();
    highlight(residuals);
    fillTable(residuals);
    say(null);
  };

  const drawKeys = () => {
    keys.replaceChildren();
    const key = (title, entries) => {
      const items = entries.map(([label, kind, colour]) => {
        const mark = element("path", { svg: true, d: outline(kind, 0, 0, 1.3), fill: colour });
        return element("li", {}, element("svg", { svg: true, viewBox: "-2 -2 4 4", class: "mark-key", "aria-hidden": "true" }, mark), label);
      });
      keys.append(element("ul", { class: "key" }, element("li", {}, `${title}:`), ...items));
    };
    if (chosen.mark !== "none") {
      const used = new Set(shown.map((point) => point.label));
      const entries = Object.entries(data.marks[chosen.mark].forms).filter(([label]) => used.has(label));
      key(data.marks[chosen.mark].title, entries.map(([label, kind]) => [label, kind, data.unknownColour]));
    }
    if (chosen.colour !== "none") {
      const scale = data.scales[chosen.colour];
      const entries = scale.labels.map((label, step) => [label, "circle", data.colours[step]]);
      if (shown.some((point) => point.step < 0)) entries.push(["not known", "circle", data.unknownColour]);
      key(scale.title, entries);
    }
  };

  const pageOf = (point) => `models/${point.set.models.page[point.index]}.html`;
  const twice = (text) => [text, text];

  // ---- one model ------------------------------------------------------------------------------------------------
  let lastResiduals = [];
  const describe = (point) => {
    const unit = chosen.quantity === "share" ? " %" : "";
    const digits = chosen.quantity === "share" ? 1 : 0;
    const facts = Object.keys(data.marks)
      .filter((mark) => point.set.models[mark][point.index] !== null)
      .map((mark) => labelOf(mark, point.set.models[mark][point.index]));
    const parameters = point.set.models.parameters[point.index];
    if (parameters) facts.push(`${(parameters / 1e6).toFixed(parameters < 1e7 ? 1 : 0)} M parameters`);
    const place = trend
      ? ` Expected ${plain(point.expected, digits)}${unit}; ${signed(point.residual)} from the trend, percentile ${plain(percentileAmong(lastResiduals, point.residual), 0)} among the ${lineSet.from === "here" ? "models of this report" : "published models"}.`
      : "";
    return `${accuracyNames[chosen.accuracy]} ${plain(point.x)} %, ${data.categories[chosen.category].label} ${plain(point.y, digits)}${unit}.${place}${facts.length ? ` ${facts.join(", ")}.` : ""}`;
  };

  const say = (point) => {
    saying.replaceChildren();
    if (!point) {
      saying.textContent = "Point at a model, or choose the plot and use the arrow keys.";
      return;
    }
    const name = point.set.models.page ? element("a", { href: pageOf(point) }, point.name) : element("b", {}, point.name);
    saying.append(name, ` (${setNames[point.set.from]}). ${describe(point)}`);
  };

  const choose = (index) => {
    if (index === current) return;
    current = index;
    ring?.remove();
    ring = null;
    const point = shown[index];
    if (point) ring = make("circle", { cx: scaleX(point.x), cy: scaleY(point.y), r: 8, class: "ring-mark" }, plot);
    say(point || null);
  };

  plot.addEventListener("pointermove", (event) => {
    const box = plot.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * WIDTH, y = ((event.clientY - box.top) / box.height) * HEIGHT;
    let best = -1, distance = 18 ** 2;
    shown.forEach((point, index) => {
      // models of the report lie on top
      const away = (scaleX(point.x) - x) ** 2 + (scaleY(point.y) - y) ** 2 - (point.set.from === "here" ? 9 : 0);
      if (away < distance) [best, distance] = [index, away];
    });
    if (best >= 0) choose(best);
    plot.style.cursor = best >= 0 && shown[best].set.models.page ? "pointer" : "crosshair";
  });
  const open = () => {
    const point = shown[current];
    if (point?.set.models.page) location.href = pageOf(point);
  };
  plot.addEventListener("click", open);
  plot.addEventListener("keydown", (event) => {
    const steps = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 20, PageDown: -20 };
    if (event.key === "Enter") open();
    else if (event.key === "Home") choose(0);
    else if (event.key === "End") choose(shown.length - 1);
    else if (event.key in steps) choose(Math.max(0, Math.min(shown.length - 1, current + steps[event.key])));
    else return;
    event.preventDefault();
  });

  const foundPoints = () => {
    const words = form.elements.find.value.toLowerCase().split(/\s+/).filter(Boolean);
    return shown.filter((point) => words.every((word) => point.name.toLowerCase().includes(word)));
  };
  const highlight = (residuals) => {
    lastResiduals = residuals;
    plot.querySelectorAll(".found-mark").forEach((mark) => mark.remove());
    const hits = form.elements.find.value.trim() ? foundPoints() : null;
    for (const point of hits ?? []) make("circle", { cx: scaleX(point.x), cy: scaleY(point.y), r: 6.5, class: "found-mark" }, plot);
    document.getElementById("trend-found").textContent = hits ? `${hits.length} model${hits.length === 1 ? "" : "s"}` : "";
  };

  // ---- the same as a table --------------------------------------------------------------------------------------
  const fillTable = (residuals) => {
    const body = table.querySelector("tbody");
    table.querySelectorAll("th[aria-sort]").forEach((heading) => heading.removeAttribute("aria-sort"));
    body.replaceChildren();
    if (!table.open) return;
    const digits = chosen.quantity === "share" ? 1 : 0;
    const rows = foundPoints()
      .sort((a, b) => (a.set.from === b.set.from ? b.x - a.x : a.set.from === "here" ? -1 : 1));
    for (const point of rows) {
      const name = point.set.models.page ? element("a", { href: pageOf(point) }, point.name) : point.name;
      const percentile = trend ? percentileAmong(residuals, point.residual) : null;
      const facts = point.set.models;
      const cells = [
        twice(setNames[point.set.from]),
        [plain(point.x), point.x],
        [plain(point.y, digits), point.y],
        [plain(point.expected, digits), point.expected],
        [signed(point.residual), point.residual],
        [plain(percentile, 0), percentile],
        ...["training_data", "architecture"].map((mark) => twice(labelOf(mark, facts[mark][point.index]))),
        [whole(facts.parameters[point.index]), facts.parameters[point.index]],
      ];
      const heading = element("th", { scope: "row", "data-value": point.name }, name);
      body.append(element("tr", {}, heading, ...cells.map(([text, value]) => element("td", { "data-value": value ?? "" }, text))));
    }
  };
  table.addEventListener("toggle", () => fillTable(lastResiduals));

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", () => {
    writeAddress();
    draw();
  });
  // the MLA forgives these two categories, so they are followed against top-1
  form.elements.category.addEventListener("change", () => {
    form.elements.accuracy.value = data.categories[form.elements.category.value].forgiven ? "top1" : "mla";
  });
  form.elements.find.addEventListener("input", () => {
    highlight(lastResiduals);
    fillTable(lastResiduals);
  });
  addEventListener("resize", () => {
    if ((plot.clientWidth < 600) !== (WIDTH === NARROW.width)) draw();
  });
  addEventListener("hashchange", () => {
    readAddress();
    draw();
  });

  readAddress();
  document.getElementById("explore").hidden = false;
  draw();
})();
