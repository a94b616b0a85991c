// The map of the page of trends, drawn from errataTrends (assets/trends_data.js). Without this script the page shows a
// figure. #group=artifact&category=model_failure in the address chooses what is shown.
(() => {
  "use strict";
  const data = typeof errataTrends === "undefined" ? null : errataTrends;
  const form = document.getElementById("trend-controls");
  if (!data || !form) return;

  const { heightAt, labelOf, lineOf, nearestTo, percentileAmong, pieceAt, plain, plainName, pointsOf, reachAt, signed, ticks } = trendNumbers;
  // a narrow plot has fewer units, so that its letters stay legible
  const WIDE = { width: 1100, height: 560 }, NARROW = { width: 430, height: 430 };
  let { width: WIDTH, height: HEIGHT } = WIDE;
  const LEFT = 58, RIGHT = 14, TOP = 14, BOTTOM = 48, LETTERS = 13;
  const MOST_NAMED = 5, MOST_CLASSES = 6;
  const FORMS = ["circle", "square", "triangle", "diamond", "down", "cross"];
  const CORNERS = {
    square: [[-0.9, -0.9], [0.9, -0.9], [0.9, 0.9], [-0.9, 0.9]],
    triangle: [[-1.1, -0.8], [1.1, -0.8], [0, 1.2]],
    diamond: [[0, -1.25], [1.25, 0], [0, 1.25], [-1.25, 0]],
    down: [[-1.1, 0.8], [1.1, 0.8], [0, -1.2]],
    cross: [[-1.2, -0.4], [-0.4, -0.4], [-0.4, -1.2], [0.4, -1.2], [0.4, -0.4], [1.2, -0.4], [1.2, 0.4], [0.4, 0.4], [0.4, 1.2], [-0.4, 1.2], [-0.4, 0.4], [-1.2, 0.4]],
  };
  const plot = document.getElementById("trend-plot");
  const saying = document.getElementById("trend-point");
  const keys = document.getElementById("trend-keys");
  const table = document.getElementById("trend-table");
  const lineSet = data.sets.find((set) => set.from === "published") || data.sets[0];
  const setNames = { published: "published", here: "this report" };

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
  const marks = Object.entries(data.marks).filter(([, mark]) => mark.labels.length);
  fill("colour", [["none", "nothing"], ...marks.map(([name, mark]) => [name, mark.title])], "none");

  document.getElementById("across").hidden = !data.sets.some((set) => set.onImagenet);
  const choices = ["category", "group", "quantity", "across", "colour"];
  const readAddress = () => {
    const wanted = new URLSearchParams(location.hash.slice(1));
    for (const name of choices) {
      const select = form.elements[name];
      if ([...select.options].some((option) => option.value === wanted.get(name))) select.value = wanted.get(name);
    }
    form.elements.lines.checked = wanted.has("lines");
    if (wanted.has("find")) form.elements.find.value = wanted.get("find");
  };
  const writeAddress = () => {
    const chosen = new URLSearchParams(choices.map((name) => [name, form.elements[name].value]));
    if (form.elements.lines.checked) chosen.set("lines", "1");
    if (form.elements.find.value) chosen.set("find", form.elements.find.value);
    setAddress(chosen);
  };

  // ---- drawing --------------------------------------------------------------------------------------------------
  const SLACK = 0.011;
  let shown = [], chosen = {}, residuals = [], trend = null, scaleX, scaleY, current = -1, ring = null;

  const outline = (kind, x, y, radius) => {
    if (kind === "circle") return `M${(x - radius).toFixed(1)} ${y.toFixed(1)}a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0`;
    return `M${CORNERS[kind].map(([a, b]) => `${(x + a * radius).toFixed(1)} ${(y - b * radius).toFixed(1)}`).join("L")}Z`;
  };
  const clip = (y) => Math.max(TOP - 400, Math.min(HEIGHT + 400, scaleY(y)));
  const path = (xs, height) => xs.map((x) => `${scaleX(x).toFixed(1)} ${clip(height(x)).toFixed(1)}`);

  const drawTrend = (layer, colour) => {
    if (!trend) return;
    const [low, high] = trend.range;
    const borders = trend.inflection ? [low, trend.inflection[0], high] : [low, high];
    trend.pieces.forEach((piece, place) => {
      const xs = Array.from({ length: 41 }, (_, step) => borders[place] + ((borders[place + 1] - borders[place]) * step) / 40);
      for (const prediction of [true, false]) {
        const upper = path(xs, (x) => heightAt(piece, x) + reachAt(piece, x, prediction));
        const lower = path(xs, (x) => heightAt(piece, x) - reachAt(piece, x, prediction));
        make("path", { d: `M${upper.join("L")}L${lower.reverse().join("L")}Z`, fill: colour, "fill-opacity": prediction ? 0.14 : 0.35 }, layer);
      }
      make("path", { d: `M${path(xs, (x) => heightAt(piece, x)).join("L")}`, class: "line" }, layer);
    });
  };

  // The most common labels have a form and a colour of their own; 6 stands for all others, and what is not known.
  const classOf = (point) => {
    if (chosen.colour === "none") return -1;
    const place = point.set.models[chosen.colour][point.index];
    return place === null || place >= MOST_CLASSES ? MOST_CLASSES : place;
  };

  const draw = () => {
    chosen = Object.fromEntries(choices.map((name) => [name, form.elements[name].value]));
    const look = data.categories[chosen.category];
    const accuracy = look.forgiven ? "top1" : "mla";
    form.elements.quantity.options[0].textContent = data.words[look.forgiven ? "top1_errors" : "mle"];
    shown = data.sets.flatMap((set) => pointsOf(set, { ...chosen, accuracy })).sort((a, b) => a.x - b.x || a.y - b.y);
    const elsewhere = chosen.across === "imagenet";
    trend = (!elsewhere && lineSet.lines[[chosen.group, chosen.category, chosen.quantity].join(" ")]) || null;
    for (const point of shown) {
      // beyond the models of the trend nothing is expected; SLACK as in errata.trends.lines, and what rounding takes
      const isWithin = trend && point.x > trend.range[0] - SLACK && point.x < trend.range[1] + SLACK;
      point.expected = isWithin ? heightAt(pieceAt(trend, point.x), point.x) : null;
      point.residual = isWithin ? point.y - point.expected : null;
      point.class = classOf(point);
    }
    residuals = trend ? shown.filter((point) => point.set === lineSet).map((point) => point.residual).sort((a, b) => a - b) : [];
    ({ width: WIDTH, height: HEIGHT } = plot.clientWidth < 600 ? NARROW : WIDE);
    plot.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
    plot.replaceChildren();
    current = -1;
    ring = null;
    const of = chosen.quantity === "count" ? "errors" : `% of the ${form.elements.quantity.selectedOptions[0].textContent}`;
    const title = `${look.label}, ${data.groups[chosen.group]}: ${of} against ${data.words[accuracy]}${elsewhere ? " on ImageNet" : ""}`;
    plot.setAttribute("aria-label", `${title}, ${shown.length} models. Arrow keys go from model to model, Home to the first of this report.`);
    if (!shown.length) {
      make("text", { x: WIDTH / 2, y: HEIGHT / 2, "text-anchor": "middle", class: "tick" }, plot, "No model has these numbers. Choose another category or other images.");
      keys.replaceChildren();
      fillTable();
      say(null);
      return;
    }
    const named = shown.filter((point) => point.set === own);
    const limits = named.length <= MOST_NAMED ? named.map((point) => limitsOf(point, accuracy)) : [];
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
    make("text", { x: (LEFT + WIDTH - RIGHT) / 2, y: HEIGHT - 8, "text-anchor": "middle", class: "tick" }, plot, `${data.words[accuracy]}${elsewhere ? " on ImageNet" : ""}, per cent`);
    make("text", { transform: `translate(15 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)`, "text-anchor": "middle", class: "tick" }, plot, `${look.label}: ${of}`);

    // what is in an inner picture ends at its sides
    const sides = { x: LEFT, y: TOP, width: WIDTH - LEFT - RIGHT, height: HEIGHT - BOTTOM - TOP };
    const inside = make("svg", { ...sides, viewBox: Object.values(sides).join(" ") }, plot);
    drawTrend(inside, look.colour);
    const piles = new Map();
    for (const point of shown.filter((each) => each.set !== own || data.sets.length === 1)) {
      const pile = piles.get(point.class) ?? piles.set(point.class, []).get(point.class);
      pile.push(outline(point.class < 0 ? "circle" : FORMS[point.class] ?? "circle", scaleX(point.x), scaleY(point.y), 2.7));
    }
    for (const [kind, outlines] of piles) make("path", { d: outlines.join(""), class: `marks c-${kind}` }, inside);
    if (elsewhere) drawLine(inside, lineOf(shown.filter((point) => point.set === lineSet)), "line");
    if (form.elements.lines.checked) drawClassLines(inside);
    const front = make("g", {}, plot);
    if (data.sets.length > 1 && named.length) drawOwn(front, inside, named, limits, look.colour);
    drawKeys(named);
    highlight();
    fillTable();
    say(named.length === 1 ? named[0] : null);
  };

  const drawLine = (layer, line, kind) => {
    if (line) make("path", { d: `M${path(line.range, (x) => line.intercept + line.slope * x).join("L")}`, class: kind }, layer);
  };
  const drawClassLines = (layer) => {
    for (let kind = 0; kind < MOST_CLASSES; kind += 1) {
      drawLine(layer, lineOf(shown.filter((point) => point.set === lineSet && point.class === kind)), `class-line c-${kind}`);
    }
  };

  const limitsOf = (point, accuracy) => {
    const known = data.limits[point.name]?.[chosen.group] ?? {};
    return { point, x: known[accuracy], y: chosen.quantity === "share" ? known[chosen.category] : undefined };
  };

  const drawOwn = (front, inside, named, limits, colour) => {
    const few = named.length <= MOST_NAMED;
    const texts = [];
    const radius = few ? 6 : named.length <= 60 ? 4.4 : 3.2;
    for (const { point, x, y } of limits) {
      if (x && chosen.across !== "imagenet") make("path", { d: `M${scaleX(x[0])} ${scaleY(point.y)}H${scaleX(x[1])}`, class: "interval" }, inside);
      if (y) make("path", { d: `M${scaleX(point.x)} ${scaleY(y[0])}V${scaleY(y[1])}`, class: "interval" }, inside);
    }
    if (few) {
      const others = shown.filter((point) => point.set !== own);
      const neighbours = new Set(named.flatMap((point) => nearestTo(others, point, 3)));
      texts.push(...named.map((point) => [point, point.name, "own-name"]));
      texts.push(...[...neighbours].map((point) => [point, plainName(point.name), "neighbour-name"]));
      make("path", { d: [...neighbours].map((point) => outline("circle", scaleX(point.x), scaleY(point.y), 3.2)).join(""), class: "neighbours" }, front);
    }
    make("path", { d: named.map((point) => outline("circle", scaleX(point.x), scaleY(point.y), radius)).join(""), fill: colour, class: few || named.length <= 300 ? "own-marks" : "own-marks many" }, front);
    placeNames(front, texts);
  };

  // Every name goes where it covers no other name and no named point; what fits nowhere is left out, but one's own.
  const placeNames = (layer, texts) => {
    const taken = texts.map(([point]) => [scaleX(point.x) - 6, scaleY(point.y) - 6, scaleX(point.x) + 6, scaleY(point.y) + 6]);
    const overlaps = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
    texts.forEach(([point, name, kind], place) => {
      const x = scaleX(point.x), y = scaleY(point.y);
      const most = Math.floor((0.62 * (WIDTH - LEFT)) / (0.58 * LETTERS));
      const short = name.length <= most ? name : `${name.slice(0, most >> 1)}…${name.slice(-(most >> 1))}`;
      const text = make("text", { class: kind }, layer, short);
      const width = text.getComputedTextLength() + 4, height = LETTERS + 4;
      const boxes = [8, 18, 32, 48, 68, 90].flatMap((away) => [
        [x + away, y - 0.6 * away - height], [x - away - width, y + 0.6 * away], [x + away, y + 0.6 * away], [x - away - width, y - 0.6 * away - height],
        [x + away, y - height / 2], [x - away - width, y - height / 2], [x - width / 2, y - away - height], [x - width / 2, y + away],
      ]).map(([left, top]) => [left, top, left + width, top + height]);
      const fits = (box) => box[0] >= LEFT && box[2] <= WIDTH && box[1] >= 0 && box[3] <= HEIGHT - BOTTOM
        && !taken.some((other, index) => index !== place && overlaps(box, other));
      const left = Math.min(Math.max(x - width / 2, LEFT), WIDTH - width);
      const box = boxes.find(fits) ?? (kind === "own-name" ? [left, y - 26, left + width, y - 26 + height] : null);
      if (!box) {
        text.remove();
        return;
      }
      taken.push(box);
      const nearX = Math.min(Math.max(x, box[0]), box[2]), nearY = Math.min(Math.max(y, box[1]), box[3]);
      if (Math.hypot(nearX - x, nearY - y) > 12) layer.insertBefore(element("path", { svg: true, d: `M${x} ${y}L${nearX} ${nearY}`, class: "leader" }), layer.firstChild);
      text.setAttribute("x", box[0] + 2);
      text.setAttribute("y", box[3] - 5);
    });
  };

  const drawKeys = (named) => {
    keys.replaceChildren();
    const entry = (label, kind, attributes) => {
      const mark = element("path", { svg: true, d: outline(kind, 0, 0, 1.3), ...attributes });
      return element("li", {}, element("svg", { svg: true, viewBox: "-2 -2 4 4", class: "mark-key", "aria-hidden": "true" }, mark), label);
    };
    const published = data.sets.length > 1 || lineSet.from === "published";
    const entries = [entry(`${lineSet.models.name.length} ${published ? "published models" : "models of this report"}`, "circle", { class: "marks c--1" })];
    if (chosen.colour !== "none") {
      entries.length = 0;
      const labels = data.marks[chosen.colour].labels.slice(0, MOST_CLASSES);
      entries.push(...labels.map((label, kind) => entry(label, FORMS[kind], { class: `marks c-${kind}` })));
      if (shown.some((point) => point.class === MOST_CLASSES)) entries.push(entry("others, or not known", "circle", { class: `marks c-${MOST_CLASSES}` }));
    }
    if (data.sets.length > 1 && named.length) entries.push(entry(named.length === 1 ? named[0].name : `${named.length} models of this report`, "circle", { fill: data.categories[chosen.category].colour, class: "own-key" }));
    keys.append(element("ul", { class: "key" }, ...entries));
  };

  // ---- one model ------------------------------------------------------------------------------------------------
  const pageOf = (point) => `models/${point.set.models.page[point.index]}.html`;
  const factsOf = (point) => Object.keys(data.marks).filter((mark) => point.set.models[mark][point.index] !== null).map((mark) => labelOf(mark, point.set.models[mark][point.index]));
  const describe = (point) => {
    const look = data.categories[chosen.category];
    const [unit, digits] = chosen.quantity === "count" ? ["", 0] : [" %", 1];
    const place = point.expected !== null ? `, expected ${plain(point.expected, digits)}${unit} (${signed(point.residual)}; higher than ${plain(percentileAmong(residuals, point.residual), 0)} % of the ${lineSet.from === "here" ? "models" : "published models"})` : "";
    const facts = factsOf(point);
    return `${data.words[look.forgiven ? "top1" : "mla"]}${chosen.across === "imagenet" ? " on ImageNet" : ""} ${plain(point.x)} %, ${look.label} ${plain(point.y, digits)}${unit}${place}.${facts.length ? ` ${facts.join(", ")}.` : ""}`;
  };

  const say = (point) => {
    saying.replaceChildren();
    if (!point) {
      saying.textContent = "Point at a model or touch it, or use the arrow keys.";
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

  const nearestMark = (event, reach) => {
    const box = plot.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * WIDTH, y = ((event.clientY - box.top) / box.height) * HEIGHT;
    let best = -1, distance = reach ** 2;
    shown.forEach((point, index) => {
      // models of the report lie on top
      const away = (scaleX(point.x) - x) ** 2 + (scaleY(point.y) - y) ** 2 - (point.set === own ? 9 : 0);
      if (away < distance) [best, distance] = [index, away];
    });
    return best;
  };
  plot.addEventListener("pointermove", (event) => {
    const best = nearestMark(event, 18);
    if (best >= 0) choose(best);
    plot.style.cursor = best >= 0 && shown[best].set.models.page ? "pointer" : "crosshair";
  });
  const open = () => {
    const point = shown[current];
    if (point?.set.models.page) location.href = pageOf(point);
  };
  plot.addEventListener("click", (event) => {
    const best = nearestMark(event, event.pointerType === "touch" ? 32 : 18);
    // a finger names a model first: its name below the map is the link
    if (best >= 0) choose(best);
    if (best >= 0 && event.pointerType !== "touch") open();
  });
  plot.addEventListener("keydown", (event) => {
    const steps = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 20, PageDown: -20 };
    const mine = shown.findIndex((point) => point.set === own);
    if (event.key === "Enter") open();
    else if (event.key === "Home") choose(Math.max(mine, 0));
    else if (event.key === "End") choose(shown.length - 1);
    else if (event.key in steps) choose(Math.max(0, Math.min(shown.length - 1, (current < 0 ? mine : current) + steps[event.key])));
    else return;
    event.preventDefault();
  });

  const foundPoints = () => {
    const words = form.elements.find.value.toLowerCase().split(/\s+/).filter(Boolean);
    return shown.filter((point) => words.every((word) => point.name.toLowerCase().includes(word)));
  };
  const highlight = () => {
    plot.querySelectorAll(".found-mark").forEach((mark) => mark.remove());
    const hits = form.elements.find.value.trim() ? foundPoints() : null;
    for (const point of hits ?? []) make("circle", { cx: scaleX(point.x), cy: scaleY(point.y), r: 6.5, class: "found-mark" }, plot);
    document.getElementById("trend-found").textContent = hits ? `${hits.length} model${hits.length === 1 ? "" : "s"}${hits.length ? "" : ": write another part of a name"}` : "";
    if (hits?.length === 1) choose(shown.indexOf(hits[0]));
  };

  // ---- the same as a table --------------------------------------------------------------------------------------
  const fillTable = () => {
    const body = table.querySelector("tbody");
    table.querySelectorAll("th[aria-sort]").forEach((heading) => heading.removeAttribute("aria-sort"));
    body.replaceChildren();
    if (!table.open) return;
    const digits = chosen.quantity === "count" ? 0 : 1;
    const twice = (text) => [text, text];
    for (const point of foundPoints().sort((a, b) => (a.set === b.set ? b.x - a.x : a.set === own ? -1 : 1))) {
      const percentile = point.residual !== null ? percentileAmong(residuals, point.residual) : null;
      const cells = [
        twice(setNames[point.set.from]),
        [plain(point.x), point.x],
        [plain(point.y, digits), point.y],
        [plain(point.expected, digits), point.expected],
        [signed(point.residual), point.residual],
        [plain(percentile, 0), percentile],
        ...["pretraining", "training_data", "architecture"].map((mark) => twice(labelOf(mark, point.set.models[mark][point.index]))),
      ];
      const name = point.set.models.page ? element("a", { href: pageOf(point) }, point.name) : point.name;
      const heading = element("th", { scope: "row", "data-value": point.name }, name);
      body.append(element("tr", {}, heading, ...cells.map(([text, value]) => element("td", { "data-value": value ?? "" }, text))));
    }
  };
  table.addEventListener("toggle", fillTable);

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", (event) => {
    // a line per colour needs a colour
    if (event.target.name === "lines" && event.target.checked && form.elements.colour.value === "none") form.elements.colour.selectedIndex = 1;
    writeAddress();
    draw();
  });
  form.elements.find.addEventListener("input", () => {
    highlight();
    fillTable();
  });
  addEventListener("resize", () => {
    if ((plot.clientWidth < 600) !== (WIDTH === NARROW.width)) draw();
  });
  addEventListener("hashchange", () => {
    readAddress();
    draw();
    document.getElementById("map").scrollIntoView({ behavior: "instant" });
  });

  readAddress();
  document.getElementById("explore").hidden = false;
  draw();
})();
