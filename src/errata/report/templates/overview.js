// The overview's table: which models, columns, images and bars it shows, and in what order. All of it is in the address:
// #group=artifact&show=accuracies&bars=mle&sort=-mla&filter=resnet+mla>80 (a sort key with "-" is descending).
"use strict";

(() => {
  const overview = errataOverview;
  const { make: element, setAddress } = errata.page;
  const STEP = 100; // rows that are made at a time
  const DEFAULTS = { group: "all", show: "categories", bars: "top1", sort: "-mla", filter: "" };
  const CONDITION = /^([a-z0-9_-]+)(<=|>=|<|>|=)(-?\d+(?:\.\d+)?)$/;
  const COMPARISONS = {
    "<": (a, b) => a < b,
    ">": (a, b) => a > b,
    "<=": (a, b) => a <= b,
    ">=": (a, b) => a >= b,
    "=": (a, b) => a === b,
  };

  const table = document.getElementById("models-table");
  const controls = document.getElementById("models-controls");
  const filterBox = document.getElementById("models-filter");
  const status = document.getElementById("models-status");
  const more = document.getElementById("models-more");
  const frame = table.closest(".scroll");
  let state = { ...DEFAULTS };
  let order = [];
  let shown = 0;
  let drawing = {};

  const columnSet = () => overview.about().sets.find((set) => set.key === state.show);
  const allColumns = () => overview.about().sets.flatMap((set) => set.columns);
  const columnOf = (key) => allColumns().find((column) => column.key === key && overview.canSort(column));

  // -- the address

  const readAddress = () => {
    const wanted = new URLSearchParams(location.hash.includes("=") ? location.hash.slice(1) : "");
    const next = { ...DEFAULTS };
    for (const key of Object.keys(DEFAULTS)) next[key] = wanted.get(key) ?? DEFAULTS[key];
    const { sets, groups } = overview.about();
    if (!groups.includes(next.group)) next.group = DEFAULTS.group;
    if (!sets.some((set) => set.key === next.show)) next.show = DEFAULTS.show;
    if (!["top1", "mle", "number"].includes(next.bars)) next.bars = DEFAULTS.bars;
    const sorted = columnOf(next.sort.replace(/^-/, ""));
    if (!sorted) next.sort = DEFAULTS.sort;
    else if (!wanted.has("show")) {
      // a link that only says how to sort shows the column that it sorts by
      next.show = [DEFAULTS.show, ...sets.map((set) => set.key)].find((key) =>
        sets.find((set) => set.key === key).columns.some((column) => column.key === sorted.key),
      );
    }
    state = next;
  };

  const writeAddress = () => {
    const changed = Object.entries(state).filter(([key, value]) => value !== DEFAULTS[key]);
    setAddress(changed.length ? new URLSearchParams(changed) : "models");
  };

  // -- which rows, in which order

  const readFilter = () => {
    const words = [];
    const conditions = [];
    const unknown = [];
    // "mla > 80" is "mla>80"
    const filter = state.filter.toLowerCase().replace(/\s*(<=|>=|<|>|=)\s*/g, "$1");
    for (const part of filter.split(/\s+/).filter(Boolean)) {
      const found = CONDITION.exec(part);
      const column = found && (columnOf(found[1]) ?? allColumns().find((each) => each.label.toLowerCase() === found[1]));
      if (!found) words.push(part);
      else if (column && overview.canSort(column) && column.key !== "model") {
        conditions.push({ column, holds: COMPARISONS[found[2]], than: Number(found[3]) });
      } else unknown.push(found[1]);
    }
    return { words, conditions, unknown };
  };

  const orderRows = ({ words, conditions }) => {
    const column = columnOf(state.sort.replace(/^-/, ""));
    const direction = state.sort.startsWith("-") ? -1 : 1;
    const rows = overview
      .about()
      .models.map((name, row) => ({ name: name.toLowerCase(), row, value: overview.valueOf(column, state.group, row) }))
      .filter(({ name, row }) => {
        if (!words.every((word) => name.includes(word))) return false;
        return conditions.every(({ column: tested, holds, than }) => {
          const value = overview.valueOf(tested, state.group, row);
          return value !== null && holds(value, than);
        });
      });
    rows.sort((a, b) => {
      if (a.value === null || b.value === null) return (a.value === null) - (b.value === null) || a.row - b.row;
      return direction * (a.value < b.value ? -1 : a.value > b.value ? 1 : 0) || a.row - b.row;
    });
    order = rows.map(({ row }) => row);
  };

  // -- drawing

  const measure = () => {
    const numbers = overview.numbers(state.group);
    const rows = overview.about().models.map((_, row) => row);
    const kinds = columnSet().columns.map((column) => column.kind);
    let widest = 1;
    if (kinds.includes("bar")) widest = Math.max(...rows.map((row) => overview.count(numbers, "top1_errors", row) ?? 0));
    if (kinds.includes("masses")) {
      const correct = (row) =>
        Math.min(errataCells.firstAnswers(numbers, "correct", row) ?? 0, overview.mass(numbers, "correct", row) ?? 100);
      widest = Math.max(...rows.map((row) => 100 - correct(row)));
    }
    drawing = { of: state.bars, widest: widest || 1 };
  };

  const BAR_NOTES = {
    top1: "shares of all errors",
    mle: "shares of the real mistakes",
    number: "numbers of errors",
  };

  const heading = (column) => {
    const descending = state.sort.startsWith("-");
    const cell = element("th", { scope: "col", "data-key": column.key });
    const words = [];
    if (["share", "mass", "gain"].includes(column.kind)) {
      words.push(element("i", { class: `swatch k-${column.source}`, "aria-hidden": "true" }));
    }
    words.push(column.label);
    let note = column.note;
    if (column.kind === "bar") note = BAR_NOTES[state.bars];
    if (column.kind === "masses") {
      note = `above: first answers; below: probability; full width: ${drawing.widest.toFixed(0)} %`;
    }
    if (note) words.push(element("small", {}, note));
    if (overview.canSort(column)) cell.append(element("button", { type: "button" }, ...words));
    else {
      cell.className = "wide";
      cell.append(...words);
    }
    if (state.sort.replace(/^-/, "") === column.key) {
      cell.setAttribute("aria-sort", descending ? "descending" : "ascending");
    }
    return cell;
  };

  const appendRows = (until) => {
    const { columns } = columnSet();
    const rows = document.createDocumentFragment();
    for (; shown < Math.min(until, order.length); shown += 1) {
      const row = order[shown];
      const cells = columns.map((column) => errataCells.cellOf(column, state.group, row, drawing));
      rows.append(element("tr", {}, ...cells));
    }
    if (!order.length) rows.append(emptyRow());
    table.tBodies[0].append(rows);
    more.hidden = shown >= order.length;
    more.textContent = `Show more (${errataCells.thousands(order.length - shown)} not shown yet)`;
  };

  // Why no model is left, and the way back.
  const emptyRow = () => {
    const { words, conditions } = readFilter();
    const { models } = overview.about();
    const reasons = words
      .filter((word) => !models.some((name) => name.toLowerCase().includes(word)))
      .map((word) => `No model has “${word}” in its name.`);
    for (const { column, holds, than } of conditions) {
      const values = models.map((_, row) => overview.valueOf(column, state.group, row)).filter((value) => value !== null);
      if (values.some((value) => holds(value, than))) continue;
      const [least, most] = [Math.min(...values), Math.max(...values)].map((value) => Number(value.toFixed(2)));
      const range = values.length ? `is between ${least} and ${most}` : "is not known for any model";
      reasons.push(`${column.label} ${range}.`);
    }
    if (!reasons.length) reasons.push("Every part of the filter fits some model, but no model fits all of them.");
    const all = element("button", { type: "button" }, "Show all models");
    all.addEventListener("click", () => {
      change({ filter: "" });
      filterBox.focus();
    });
    const cell = element("td", { class: "empty", colspan: columnSet().columns.length }, `${reasons.join(" ")} `, all);
    return element("tr", {}, cell);
  };

  const say = ({ unknown }) => {
    const total = overview.about().models.length;
    const column = columnOf(state.sort.replace(/^-/, ""));
    const of = order.length === total ? "" : ` of ${errataCells.thousands(total)}`;
    const direction = state.sort.startsWith("-") ? "descending" : "ascending";
    const by = [column.label, column.note].filter(Boolean).join(", ");
    const strange = unknown.map((key) => ` There is no column “${key}” to filter by.`).join("");
    const models = total === 1 ? "model" : "models";
    status.textContent = `${errataCells.thousands(order.length)}${of} ${models}, by ${by}, ${direction}.${strange}`;
  };

  const needed = () => (state.show === "groups" ? overview.about().groups : [state.group]);

  const draw = ({ headings }) => {
    const used = [columnOf(state.sort.replace(/^-/, "")), ...readFilter().conditions.map(({ column }) => column)];
    const missing = [...needed(), ...used.map((column) => column.group)].find(
      (group) => group && !overview.numbers(group),
    );
    table.setAttribute("aria-busy", missing ? "true" : "false");
    if (missing) {
      overview.withGroup(missing, () => draw({ headings }));
      return;
    }
    measure();
    const filter = readFilter();
    orderRows(filter);
    if (headings) table.tHead.replaceChildren(element("tr", {}, ...columnSet().columns.map(heading)));
    table.setAttribute("aria-rowcount", order.length + 1);
    table.tBodies[0].replaceChildren();
    shown = 0;
    appendRows(STEP);
    frame.scrollTop = 0;
    say(filter);
  };

  const showControls = () => {
    for (const key of ["group", "show", "bars"]) {
      const chosen = controls.querySelector(`input[name="models-${key}"][value="${state[key]}"]`);
      if (chosen) chosen.checked = true;
    }
    if (filterBox.value !== state.filter) filterBox.value = state.filter;
    document.getElementById("models-group").disabled = state.show === "groups";
    document.getElementById("models-bars").disabled = state.show !== "categories";
    document.getElementById("models-key").hidden = state.show !== "categories";
  };

  const change = (changes, { headings = false } = {}) => {
    Object.assign(state, changes);
    writeAddress();
    showControls();
    draw({ headings });
  };

  // -- what the reader does

  table.tHead.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const cell = button.closest("th");
    const { key } = cell.dataset;
    const now = cell.getAttribute("aria-sort");
    const descending = now ? now === "ascending" : key !== "model";
    for (const other of table.tHead.querySelectorAll("[aria-sort]")) other.removeAttribute("aria-sort");
    cell.setAttribute("aria-sort", descending ? "descending" : "ascending");
    change({ sort: `${descending ? "-" : ""}${key}` });
  });
  controls.addEventListener("change", (event) => {
    if (event.target.type !== "radio") return;
    change({ [event.target.name.replace("models-", "")]: event.target.value }, { headings: true });
  });
  filterBox.addEventListener("input", () => change({ filter: filterBox.value }));
  more.addEventListener("click", () => appendRows(shown + STEP));
  new IntersectionObserver(
    (entries) => entries.some((entry) => entry.isIntersecting) && !more.hidden && appendRows(shown + STEP),
    { root: frame, rootMargin: "300px" },
  ).observe(more);

  const follow = () => {
    readAddress();
    showControls();
    draw({ headings: true });
    if (location.hash.includes("=")) document.getElementById("models").scrollIntoView({ behavior: "instant" });
  };
  addEventListener("hashchange", follow);
  controls.hidden = false;
  follow();
})();
