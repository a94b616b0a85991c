// The explorer. Its state is in the address, #category=…&image=…&prediction=…; names are only ever set as text.
(() => {
  "use strict";

  const data = window.errataExplorer;
  const byId = (id) => document.getElementById(id);
  const complain = (words) => {
    const place = byId("explorer-problem");
    place.textContent = words;
    place.hidden = !words;
  };
  if (!data) {
    complain("The explorer's data are not beside this page: the folder “explorer” is missing or incomplete.");
    return;
  }

  const GROUPS = ["organism", "artifact", "other"];
  const PROBLEMATIC = 8;
  const PAGE = 60;
  const FILTERS = ["category", "target", "label", "predicted", "superclass", "group", "least", "most", "find", "counted", "order", "close"];

  // images and answers, unfolded from columns
  const images = data.names.length;
  const nameOf = (image) => data.prefix + data.names[image] + data.suffix;
  const imageOf = new Map(data.names.map((_, image) => [nameOf(image), image]));
  const starts = new Int32Array(images + 1);
  data.answers.forEach((count, image) => { starts[image + 1] = starts[image] + count; });
  const close = new Set(data.close);
  const pictures = new Set(data.pictures);
  const superclasses = new Map(data.superclasses.map(([name, members]) => [name, new Set(members)]));
  const repeated = new Set(data.classes.name.filter((name, at, all) => all.indexOf(name) !== at));
  const className = (id) => (repeated.has(data.classes.name[id]) ? `${data.classes.name[id]} (${id})` : data.classes.name[id]);
  const models = data.models.length;
  const whole = (number) => number.toLocaleString("en-US");
  const answersOf = (image) => Array.from({ length: starts[image + 1] - starts[image] }, (_, at) => starts[image] + at);

  const firstAnswer = (image, fits) => {
    for (let answer = starts[image]; answer < starts[image + 1]; answer += 1) if (fits(answer)) return answer;
    return undefined;
  };

  // the address
  const read = () => Object.fromEntries([...new URLSearchParams(location.hash.slice(1))].filter(([, value]) => value !== ""));
  const address = (state) => `#${new URLSearchParams(Object.entries(state).filter(([, value]) => value !== undefined && value !== ""))}`;
  const filtersOf = (state) => Object.fromEntries(FILTERS.filter((name) => name in state).map((name) => [name, state[name]]));

  // what is found
  const answerTest = (state) => {
    const tests = [];
    if (state.category) {
      const codes = new Set(data.outcomes.flatMap(([category, look], code) => (category === state.category || look === state.category ? [code] : [])));
      tests.push((answer) => codes.has(data.codes[answer]));
    }
    if (state.predicted) tests.push((answer) => data.predicted[answer] === Number(state.predicted));
    if (state.close) tests.push((answer) => close.has(answer));
    return tests.length ? (answer) => tests.every((test) => test(answer)) : null;
  };
  const imageTest = (state) => {
    const tests = [];
    if (state.counted !== "all") {
      const wanted = state.counted === "problematic" ? PROBLEMATIC : 0;
      tests.push((image) => (data.flags[image] & PROBLEMATIC) === wanted);
    }
    if (state.target) tests.push((image) => data.targets[image] === Number(state.target));
    if (state.label) tests.push((image) => data.labels[image].includes(Number(state.label)));
    if (state.superclass) {
      const members = superclasses.get(state.superclass) ?? new Set();
      tests.push((image) => members.has(data.targets[image]) || data.labels[image].some((label) => members.has(label)));
    }
    if (state.group) tests.push((image) => Boolean(data.flags[image] & (1 << GROUPS.indexOf(state.group))));
    if (state.least) tests.push((image) => data.wrong[image] >= Number(state.least));
    if (state.most) tests.push((image) => data.wrong[image] <= Number(state.most));
    if (state.find) {
      const words = state.find.toLowerCase().split(/\s+/).filter(Boolean);
      tests.push((image) => words.every((word) => nameOf(image).toLowerCase().includes(word)));
    }
    return (image) => tests.every((test) => test(image));
  };
  const ORDERS = {
    easy: (a, b) => data.wrong[a] - data.wrong[b],
    answers: (a, b) => data.answers[b] - data.answers[a],
    name: () => 0,
    hard: (a, b) => data.wrong[b] - data.wrong[a],
  };
  const search = (state) => {
    const fits = imageTest(state);
    const answerFits = answerTest(state);
    const found = [];
    for (let image = 0; image < images; image += 1) {
      if (!fits(image)) continue;
      if (answerFits && firstAnswer(image, answerFits) === undefined) continue;
      found.push(image);
    }
    const order = ORDERS[state.order] ?? ORDERS.hard;
    return found.sort((a, b) => order(a, b) || a - b);
  };

  // small pieces of the page
  const { make } = errata.page;
  const swatch = (code) => make("i", { class: `swatch k-${data.outcomes[code][1]}`, "aria-hidden": "true" });
  const ofModels = (count) => `${whole(count)} of ${whole(models)}`;

  let found = [];
  let listed = 0;
  let chosen = null;
  const resultItem = (image, state, answerFits) => {
    const first = answerFits ? firstAnswer(image, answerFits) : undefined;
    const href = address({ ...filtersOf(state), image: nameOf(image), prediction: first === undefined ? undefined : data.predicted[first] });
    const source = `explorer/pictures/${image}.jpg`;
    const picture = pictures.has(image) ? make("img", { src: source, alt: "", loading: "lazy" }) : null;
    const codes = [...new Set(answersOf(image).map((answer) => data.codes[answer]))];
    const kinds = codes.filter((code) => data.outcomes[code][0] !== "correct").map(swatch);
    const about = `${className(data.targets[image])} · ${ofModels(data.wrong[image])} wrong`;
    const words = make("span", {}, make("b", {}, nameOf(image)), make("small", {}, about), make("span", { class: "kinds" }, ...kinds));
    return make("li", {}, make("a", { href, "data-image": image }, picture, words));
  };
  const showMore = (state) => {
    const answerFits = answerTest(state);
    byId("results").append(...found.slice(listed, listed + PAGE).map((image) => resultItem(image, state, answerFits)));
    listed = Math.min(listed + PAGE, found.length);
    byId("more").hidden = listed >= found.length;
  };
  const markChosen = () => {
    for (const link of byId("results").querySelectorAll("a")) {
      if (Number(link.dataset.image) === chosen) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  };

  // evidence, loaded from a script file when it is needed: pages opened from disk may not read other files
  const arrivals = new Map();
  const loads = new Map();
  window.errataExplorerChunk = (number, content) => arrivals.get(number)?.(content);
  const evidenceOf = (image) => {
    const number = Math.floor(image / data.chunk);
    if (!loads.has(number)) {
      loads.set(number, new Promise((resolve, reject) => {
        arrivals.set(number, resolve);
        const script = make("script");
        script.src = `explorer/${String(number).padStart(4, "0")}.js`;
        script.onerror = () => {
          loads.delete(number);
          reject(new Error(`The file ${script.src.split("/").slice(-2).join("/")} is not beside this page.`));
        };
        document.head.append(script);
      }));
    }
    return loads.get(number).then((content) => ({
      content,
      image: content.images[image % data.chunk],
      answer: (answer) => answer - starts[number * data.chunk],
    }));
  };
  const fill = ([template, ...values]) => {
    const [term, words] = data.templates[Number(template)];
    let next = 0;
    const text = words.replace(/\{(class|named|text)\}/g, (_, slot) => {
      const value = values[next];
      next += 1;
      if (slot === "text") return value;
      const name = data.classes.name[Number(value)];
      return slot === "class" ? name : `${value} ${name} [${data.classes.wnid[Number(value)]}]`;
    });
    return [data.terms.indexOf(term), term, text];
  };
  const showTrail = (lines) => {
    const told = lines.map(fill).map((line, at) => [...line, at]).sort((a, b) => a[0] - b[0] || a[3] - b[3]);
    const trail = byId("trail");
    trail.replaceChildren();
    let last = null;
    for (const [, term, text] of told) {
      if (term !== last) trail.append(make("dt", {}, term));
      trail.append(make("dd", {}, text));
      last = term;
    }
  };

  const quoted = (text) => `'${String(text).replaceAll("'", "'\\''")}'`;
  const command = (name, prediction) =>
    `errata explain ${quoted(name)} ${prediction ?? "CLASS"} --atlas ${quoted(byId("explorer").dataset.atlas)}`;

  const answerItem = (answer, image, state, current) => {
    const href = address({ ...filtersOf(state), image: nameOf(image), prediction: data.predicted[answer] });
    const bar = make("i", { class: "share", "aria-hidden": "true" });
    bar.style.setProperty("--share", `${(100 * data.counts[answer]) / models}%`);
    const said = [make("b", {}, className(data.predicted[answer])), make("span", {}, data.outcomes[data.codes[answer]][2])];
    return make("li", {}, make("a", { href, ...(current ? { "aria-current": "true" } : {}) },
      swatch(data.codes[answer]), ...said, make("small", {}, ofModels(data.counts[answer])), bar));
  };
  const nameModels = (named, count) => {
    const note = byId("answer-note");
    note.replaceChildren(`Given by ${ofModels(count)} models${named.length ? ": " : "."}`);
    named.forEach((model, at) => {
      const [name, page] = data.models[model];
      note.append(at ? ", " : "", make("a", { href: page }, name));
    });
    if (named.length && count > named.length) note.append(` and ${whole(count - named.length)} more.`);
    else if (named.length) note.append(".");
  };
  const showNoAnswer = (words, name, prediction) => {
    byId("answer-name").textContent = words;
    byId("answer-note").textContent = "";
    byId("trail").replaceChildren();
    byId("command").textContent = command(name, prediction);
  };
  const showImage = (image, state) => {
    byId("image-name").textContent = nameOf(image);
    const picture = byId("picture");
    picture.hidden = !pictures.has(image);
    if (!picture.hidden) {
      picture.firstElementChild.src = `explorer/pictures/${image}.jpg`;
      picture.firstElementChild.alt = `The image ${nameOf(image)}, of class ${className(data.targets[image])}`;
    }
    const answers = answersOf(image);
    const fits = answerTest(state);
    const wanted = state.prediction === undefined
      ? answers.find(fits ?? ((answer) => data.predicted[answer] !== data.targets[image])) ?? answers[0]
      : answers.find((answer) => data.predicted[answer] === Number(state.prediction));
    byId("image-note").textContent = `${className(data.targets[image])} · ${ofModels(data.wrong[image])} models wrong`
      + (data.flags[image] & PROBLEMATIC ? " · problematic, left out of statistics" : "");
    const focused = [...byId("answers").children].findIndex((item) => item.contains(document.activeElement));
    byId("answers").replaceChildren(...answers.map((answer) => answerItem(answer, image, state, answer === wanted)));
    byId("answers").children[focused]?.firstElementChild.focus();
    if (wanted === undefined) {
      showNoAnswer("No model of this report gives this answer", nameOf(image), state.prediction);
      return;
    }
    byId("answer-name").replaceChildren(swatch(data.codes[wanted]), `${className(data.predicted[wanted])}: ${data.outcomes[data.codes[wanted]][2]}`);
    byId("command").textContent = command(nameOf(image), data.predicted[wanted]);
    const token = {};
    showImage.latest = token;
    evidenceOf(image).then(({ content, image: ofImage, answer }) => {
      if (showImage.latest !== token) return;
      complain("");
      nameModels(content.named[answer(wanted)], data.counts[wanted]);
      showTrail([...ofImage, ...content.answers[answer(wanted)]].map((line) => content.lines[line]));
      byId("detail").dataset.ready = "yes";
    }, (error) => complain(error.message));
  };

  // from the address to the page
  let shown = null;
  let readsImage = false; // an image was picked from the list: its name gets the focus once it is there
  const show = () => {
    const state = read();
    const filters = JSON.stringify(filtersOf(state));
    for (const control of byId("filters").elements) {
      if (!control.name) continue;
      if (control.type === "checkbox") control.checked = Boolean(state[control.name]);
      else if (control !== document.activeElement || control.value === "") control.value = state[control.name] ?? "";
    }
    if (filters !== shown) {
      shown = filters;
      found = search(state);
      listed = 0;
      byId("results").replaceChildren();
      showMore(state);
      const all = data.flags.filter((flags) => state.counted === "all" || (flags & PROBLEMATIC) === (state.counted === "problematic" ? PROBLEMATIC : 0)).length;
      byId("count").textContent = found.length === all ? `${whole(all)} images` : `${whole(found.length)} of ${whole(all)} images`;
    }
    delete byId("detail").dataset.ready;
    const image = state.image === undefined ? found[0] : imageOf.get(state.image);
    byId("detail").hidden = false;
    chosen = image ?? null;
    markChosen();
    if (image !== undefined) {
      showImage(image, state);
    } else if (state.image === undefined) {
      byId("detail").hidden = true;
    } else {
      showImage.latest = null;
      byId("image-name").textContent = "No such image in this report";
      byId("image-note").textContent = state.image;
      byId("picture").hidden = true;
      byId("answers").replaceChildren();
      showNoAnswer("It may not be annotated, or have another name", state.image, state.prediction);
    }
    if (readsImage) byId("image-name").focus();
    readsImage = false;
  };

  // controls
  for (const select of byId("filters").querySelectorAll("select[data-fill]")) {
    const options = select.dataset.fill === "classes"
      ? data.classes.name.map((_, id) => [String(id), className(id)]).sort((a, b) => a[1].localeCompare(b[1], "en"))
      : data.superclasses.map(([name]) => [name, name]);
    select.append(...options.map(([value, text]) => make("option", { value }, text)));
  }
  const go = (state) => location.replace(address(state));
  const fromControls = () => {
    const wanted = {};
    for (const control of byId("filters").elements) {
      if (control.name && control.value !== "" && (control.type !== "checkbox" || control.checked)) wanted[control.name] = control.value;
    }
    go(wanted);
  };
  let pause;
  const soon = (event) => {
    clearTimeout(pause);
    pause = setTimeout(fromControls, event.type === "input" && ["search", "number"].includes(event.target.type) ? 200 : 0);
  };
  byId("filters").addEventListener("input", soon);
  byId("filters").addEventListener("change", soon);
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  byId("filters").addEventListener("reset", (event) => {
    event.preventDefault();
    clearTimeout(pause);
    go({});
  });
  byId("more").addEventListener("click", () => {
    const next = listed;
    showMore(read());
    markChosen();
    byId("results").children[next]?.firstElementChild.focus();
  });
  byId("results").addEventListener("click", (event) => {
    if (event.target.closest("a")) readsImage = true;
  });

  byId("explorer").hidden = false;
  addEventListener("hashchange", show);
  show();
})();
