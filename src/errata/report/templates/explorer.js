// The explorer's page: filters, the wall, and keys. Its state is in the address (docs/results.md says how); names are
// only ever set as text.
(() => {
  "use strict";

  const byId = (id) => document.getElementById(id);
  const { make } = window.errata.page;
  const explorer = window.errata.explorer;
  const complain = (...sentences) => {
    byId("explorer-problem").replaceChildren(...sentences.map((sentence) => make("span", {}, sentence)));
    byId("explorer-problem").hidden = !sentences.length;
  };
  if (!explorer) {
    complain("The explorer's data are not beside this page: the folder “explorer” is missing or incomplete.");
    return;
  }
  const { data, className, nameOf, imageOf, classes, whole, address, filtersOf, read, pictures, viewer } = explorer;
  const { swatch, ofModels } = viewer;
  const PAGE = 120;
  const PAIRS = 5;
  const form = byId("filters"), wall = byId("wall");
  const go = (state) => location.replace(address(state));

  // --- controls

  const option = (value, text) => make("option", { value }, text);
  byId("classes").append(...data.classes.name.map((_, id) => option(className(id), data.classes.wnid[id])));
  for (const select of form.querySelectorAll("select[data-fill]")) {
    const values = select.dataset.fill === "models" ? data.models.map(([name]) => [name, name])
      : data.superclasses.map(([name]) => [name, name.replaceAll("_", " ")]);
    select.append(...values.map(([value, text]) => option(value, text)));
    select.closest("label").hidden = !values.length;
  }
  const controls = [...form.elements].filter((control) => control.name);
  const isClass = (control) => control.getAttribute("list") === "classes";
  const valueOf = (control) => {
    if (control.type === "checkbox") return control.checked ? control.value : "";
    const text = control.value.trim();
    return isClass(control) && classes.has(text) ? String(classes.get(text)) : text;
  };
  const fillControls = (state) => {
    for (const control of controls) {
      const value = state[control.name] ?? "";
      if (control.type === "checkbox") control.checked = Boolean(value);
      else if (isClass(control)) {
        if (control !== document.activeElement) control.value = classes.has(value) ? className(classes.get(value)) : value;
      } else if (control !== document.activeElement || value === "" || control.tagName === "SELECT") {
        const name = ["model", "than"].includes(control.name) && explorer.models.has(value) ? data.models[explorer.models.get(value)][0] : value;
        const isMissing = control.tagName === "SELECT" && ![...control.options].some((each) => each.value === name);
        if (isMissing && name.startsWith("-")) control.append(option(name, `not ${name.slice(1).replaceAll("_", " ")}`));
        control.value = isMissing && !name.startsWith("-") ? "" : name;
      }
    }
    // on a narrow screen, filters that are not in use are behind “More filters”
    for (const label of form.querySelectorAll(".later")) label.classList.toggle("in-use", Boolean(state[label.querySelector("[name]").name]));
    const than = form.elements.than, how = form.elements.how;
    for (const each of how.options) if (["milder", "worse"].includes(each.value)) each.disabled = !state.than && !state.how?.match(/milder|worse/);
    if (than) than.disabled = explorer.modelOf(state) === undefined && !state.than;
    const more = byId("more-filters");
    if ([...more.querySelectorAll("[name]")].some((control) => state[control.name])) more.open = true;
  };
  const fromControls = () =>
    go(Object.fromEntries(controls.map((control) => [control.name, valueOf(control)]).filter(([, value]) => value !== "")));
  let pause;
  const soon = (event) => {
    clearTimeout(pause);
    const isTyped = event.type === "input" && ["search", "number", "text"].includes(event.target.type);
    // a class is typed until it is one, or until the reader leaves the field
    if (isTyped && isClass(event.target) && event.target.value && !classes.has(event.target.value.trim())) return;
    pause = setTimeout(fromControls, isTyped ? 200 : 0);
  };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    fromControls();
  });
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    clearTimeout(pause);
    go({});
  });

  // --- the wall

  let found = { entries: [], answers: 0 };
  let places = new Map();
  let listed = 0;
  let current = 0;
  let theirs = null;
  const tile = (entry, state) => {
    const { image, predicted, code, count } = entry;
    const drawn = make("span", { class: "drawn", "aria-hidden": "true" }, className(data.targets[image]));
    const frame = make("span", { class: "frame" }, drawn);
    pictures.showImage(frame, image);
    const facts = [];
    if (!Number.isNaN(entry.confidence)) facts.push(`${(100 * entry.confidence).toFixed(0)} % sure`);
    if (theirs) {
      const other = theirs.predicted[image];
      if (other >= 0) facts.push(`${state.than}: ${other === predicted ? "the same" : className(other)}`);
    }
    if (data.pooled > 1) facts.push(explorer.modelOf(state) === undefined ? `${ofModels(count)} models` : `${ofModels(data.wrong[image])} wrong`);
    return make("li", {}, make("a", { href: address({ ...filtersOf(state), image: nameOf(image) }), "data-image": image, tabindex: "-1" },
      frame, make("b", {}, ...explorer.pairOf(image, predicted)),
      make("span", { class: "why" }, swatch(code), explorer.reasonOf(image, predicted, code)),
      facts.length ? make("small", {}, facts.join(" · ")) : null));
  };
  const tileAt = (place) => wall.children[place]?.firstElementChild;
  const showMore = (state) => {
    wall.append(...found.entries.slice(listed, listed + PAGE).map((entry) => tile(entry, state)));
    listed = Math.min(listed + PAGE, found.entries.length);
    const left = found.entries.length - listed;
    byId("more").hidden = !left;
    byId("more").textContent = `Show ${whole(Math.min(PAGE, left))} more of ${whole(left)}`;
  };
  const listUpTo = (place, state) => { while (listed <= place && listed < found.entries.length) showMore(state); };
  const mark = (place) => {
    tileAt(current)?.setAttribute("tabindex", "-1");
    current = Math.max(0, Math.min(place, found.entries.length - 1));
    listUpTo(current, read());
    tileAt(current)?.setAttribute("tabindex", "0");
  };
  const showWall = (state) => {
    listed = 0;
    current = 0;
    wall.replaceChildren();
    wall.classList.toggle("without-pictures", !pictures.hasPictures());
    showMore(state);
    mark(0);
  };

  // --- what the wall holds, in words and numbers

  const HEADINGS = {
    wrong: (name) => `What ${name} gets wrong`, right: (name) => `What ${name} gets right`, any: (name) => `What ${name} answers`,
    milder: (name, than) => `Where ${name} is milder than ${than}`, worse: (name, than) => `Where ${name} is worse than ${than}`,
  };
  const showHeading = (state, model) => {
    const text = model === undefined ? "Which images, and why?"
      : HEADINGS[state.how ?? (state.category === "correct" ? "right" : "wrong")](data.models[model][0], state.than);
    byId("heading").textContent = text;
  };
  const link = (state, ...children) => make("a", { href: address(filtersOf(state)) }, ...children);
  const showFacets = (state, own) => {
    const { kinds, pairs, allPairs, ofPairs } = explorer.facets(state, own, theirs, PAIRS);
    const total = kinds.reduce((sum, [, count]) => sum + count, 0);
    const isChosen = (code) => [data.outcomes[code][0], data.outcomes[code][1]].includes(state.category);
    const without = { ...state, how: ["milder", "worse"].includes(state.how) ? state.how : undefined };
    const ofKind = (code) => ({ ...without, category: isChosen(code) ? undefined : data.outcomes[code][1] });
    byId("kinds").replaceChildren(...kinds.map(([code, count]) => {
      const words = `${data.outcomes[code][2]}: ${whole(count)} (${((100 * count) / total).toFixed(1)} %)`;
      const piece = make("a", { class: `k-${data.outcomes[code][1]}`, href: address(filtersOf(ofKind(code))), title: words, tabindex: "-1" });
      piece.style.width = `${(100 * count) / total}%`;
      return piece;
    }));
    byId("kinds").hidden = !total;
    byId("kind-list").replaceChildren(...kinds.map(([code, count]) => {
      const each = link(ofKind(code), swatch(code), data.outcomes[code][2], " ", make("b", {}, whole(count)));
      if (isChosen(code)) each.setAttribute("aria-current", "true");
      each.dataset.category = data.outcomes[code][1];
      each.dataset.count = count;
      return make("li", {}, each);
    }));
    const isPair = state.target && state.prediction;
    byId("pairs-title").textContent = ofPairs.category === "mle" ? "Most frequent real mistakes" : "Most frequent pairs";
    byId("pairs").hidden = isPair || !pairs.length || allPairs < 2;
    byId("pair-list").replaceChildren(...pairs.map(({ target, predicted, count }) => {
      const each = link({ ...ofPairs, target, prediction: predicted }, `${className(target)} → ${className(predicted)} `, make("b", {}, whole(count)));
      each.dataset.count = count;
      return make("li", {}, each);
    }));
  };
  const NAMES = Object.fromEntries(controls.map((control) => [control.name, control.closest("label").dataset.name ?? control.closest("label").firstChild.textContent.trim()]));
  const showCount = (state, own) => {
    const count = byId("count"), images = found.entries.length;
    count.dataset.images = images;
    count.dataset.answers = found.answers;
    const model = explorer.modelOf(state), answered = explorer.inPart.get(model);
    const all = state.counted === "all" ? explorer.images : explorer.counted.length;
    const parts = answered === undefined ? [`${whole(images)} of ${whole(all)} images`]
      : [`${whole(images)} of the ${whole(answered)} images that ${data.models[model][0]} answered`];
    if (!own && data.pooled > 1) parts.push(`${data.bounded ? "at least " : ""}${whole(found.answers)} answers of ${whole(data.pooled)} models`);
    const asksRight = ["right", "any"].includes(state.how) || state.category === "correct";
    if (answered !== undefined && asksRight) parts.push("right answers are not listed where a model answered a part of the images");
    count.textContent = parts.join(" · ");
    byId("nothing").hidden = images > 0;
    byId("nothing-list").replaceChildren(...(images ? [] : lessStrict(state, own)));
  };
  // Links to what is found without one of the filters, or without all of them.
  const lessStrict = (state, own) => {
    const active = Object.keys(filtersOf(state)).filter((key) => !["order", "model"].includes(key));
    const found = active.flatMap((key) => {
      const { [key]: _, image, answer, ...rest } = state;
      const left = explorer.problemsOf(rest).length ? 0 : explorer.search(rest, own, theirs).entries.length;
      return left ? [make("li", {}, link(rest, `without “${NAMES[key] ?? key}”`), `: ${whole(left)} image${left === 1 ? "" : "s"}`)] : [];
    });
    return [...found, make("li", {}, link(state.model ? { model: state.model } : {}, "without all"))];
  };

  // --- from the address to the page

  let shown = null;
  let turn = 0;
  const clear = () => {
    found = { entries: [], answers: 0 };
    places = new Map();
    wall.replaceChildren();
    byId("more").hidden = true;
    for (const id of ["facets", "nothing"]) byId(id).hidden = true;
    byId("count").textContent = "";
    for (const key of ["images", "answers"]) delete byId("count").dataset[key];
  };
  const showFound = async (state, asked) => {
    const filters = JSON.stringify(filtersOf(state));
    if (filters === shown) {
      wall.dataset.ready = "yes";
      return true;
    }
    fillControls(state);
    delete wall.dataset.ready;
    const model = explorer.modelOf(state);
    try {
      const own = model === undefined ? null : await explorer.modelAnswers(model);
      const other = state.than === undefined ? null : await explorer.modelAnswers(explorer.models.get(state.than));
      if (asked !== turn) return false;
      theirs = other;
      found = explorer.search(state, own, theirs);
      places = new Map(found.entries.map((entry, place) => [entry.image, place]));
      shown = filters;
      byId("facets").hidden = false;
      showHeading(state, model);
      form.elements.order.options[0].textContent = own?.confidence ? "surest first"
        : explorer.models.size > 1 ? "hardest first" : "mistakes first";
      showFacets(state, own);
      showCount(state, own);
      showWall(state);
      wall.dataset.ready = "yes";
      return true;
    } catch (error) {
      if (asked === turn) {
        clear();
        complain(error.message);
      }
      return false;
    }
  };
  const show = async () => {
    turn += 1;
    const asked = turn, state = read(), problems = explorer.problemsOf(state);
    complain(...problems);
    if (problems.length) {
      shown = null;
      fillControls(state);
      clear();
      byId("heading").textContent = "Not in this report";
      if (viewer.element.open) viewer.element.close();
      wall.dataset.ready = "yes";
      return;
    }
    if (!(await showFound(state, asked)) && asked !== turn) return;
    if (state.image === undefined) {
      if (viewer.element.open) {
        // closing puts the focus back to the image that was opened first
        const place = current;
        viewer.element.close();
        mark(place);
        tileAt(place)?.focus();
      }
      return;
    }
    const image = imageOf.get(state.image);
    if (image === undefined) viewer.showNothing(state.image, state.answer ?? state.prediction);
    else {
      const place = places.get(image);
      if (place !== undefined) mark(place);
      viewer.showImage(image, state, found.entries[place]);
      byId("place").textContent = place === undefined ? "" : `${whole(place + 1)} of ${whole(found.entries.length)}`;
    }
    for (const [id, step] of [["previous", -1], ["next", 1]]) byId(id).disabled = !entryAt(step);
  };

  // --- keys and touch

  const entryAt = (step) => {
    const image = imageOf.get(read().image), place = places.get(image);
    return place === undefined ? (step > 0 ? found.entries[0] : undefined) : found.entries[place + step];
  };
  const walk = (step) => {
    const entry = entryAt(step);
    if (entry) go({ ...filtersOf(read()), image: nameOf(entry.image) });
  };
  const shut = () => go(filtersOf(read()));
  const columns = () => {
    const top = wall.firstElementChild?.offsetTop;
    const wrapped = [...wall.children].findIndex((item) => item.offsetTop !== top);
    return wrapped < 0 ? wall.children.length : wrapped;
  };
  const STEPS = {
    ArrowRight: () => 1, ArrowLeft: () => -1, ArrowDown: columns, ArrowUp: () => -columns(),
    Home: () => -current, End: () => listed - 1 - current,
  };
  addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (viewer.element.open) {
      if (step === undefined) return;
      event.preventDefault();
      walk(step);
      return;
    }
    const isOnWall = wall.contains(document.activeElement);
    if (!isOnWall && (step === undefined || document.activeElement !== document.body)) return;
    if (!(event.key in STEPS) || !found.entries.length) return;
    event.preventDefault();
    const place = isOnWall ? current + STEPS[event.key]() : current;
    if (place < 0 || place >= found.entries.length) return;
    mark(place);
    tileAt(current).focus();
  });
  wall.addEventListener("focusin", (event) => {
    const image = Number(event.target.closest("a")?.dataset.image);
    if (places.has(image) && places.get(image) !== current) mark(places.get(image));
  });
  viewer.element.addEventListener("cancel", (event) => {
    event.preventDefault();
    shut();
  });
  // a browser may close it without asking, at the second press of Esc
  viewer.element.addEventListener("close", () => { if (read().image !== undefined) shut(); });
  viewer.element.addEventListener("click", (event) => { if (event.target === viewer.element) shut(); });
  byId("shut").addEventListener("click", shut);
  byId("previous").addEventListener("click", () => walk(-1));
  byId("next").addEventListener("click", () => walk(1));
  let touched = null;
  viewer.element.addEventListener("touchstart", (event) => { touched = event.touches.length === 1 ? event.touches[0] : null; }, { passive: true });
  viewer.element.addEventListener("touchend", (event) => {
    const [end] = event.changedTouches;
    if (!touched || !end) return;
    const across = end.clientX - touched.clientX;
    if (Math.abs(across) > 60 && Math.abs(across) > 2 * Math.abs(end.clientY - touched.clientY)) walk(across < 0 ? 1 : -1);
    touched = null;
  });
  byId("more").addEventListener("click", () => {
    const next = listed;
    showMore(read());
    mark(next);
    tileAt(next)?.focus();
  });

  // --- pictures that the reader has

  byId("folder").addEventListener("change", (event) => {
    const { files } = event.target;
    const count = pictures.take(files);
    byId("folder-note").textContent = count
      ? `${whole(count)} of the ${whole(explorer.images)} images are in this folder. Nothing was uploaded.`
      : `None of the ${whole(files.length)} files is an image of this report; they are named like ${nameOf(0)}.`;
    shown = null;
    show();
  });

  byId("explorer").hidden = false;
  addEventListener("hashchange", show);
  show();
})();
