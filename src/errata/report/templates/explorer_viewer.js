// One image of the explorer, opened: what it shows, who answers what, and the evidence behind an answer.
(() => {
  "use strict";

  const explorer = window.errata.explorer;
  if (!explorer) return;
  const { data, starts, className, nameOf, answersOf, answerOf, classes, whole, address, filtersOf } = explorer;
  const { make } = window.errata.page;
  const byId = (id) => document.getElementById(id);
  const viewer = byId("detail");
  const swatch = (code) => make("i", { class: `swatch k-${data.outcomes[code][1]}`, "aria-hidden": "true" });
  const ofModels = (count) => (data.pooled === 1 ? "" : `${whole(count)} of ${whole(data.pooled)}`);

  // --- evidence, loaded when an image of its file is opened

  const arrivals = new Map();
  const loads = new Map();
  window.errataExplorerChunk = (number, content) => arrivals.set(number, content);
  const evidenceOf = (image) => {
    const number = Math.floor(image / data.chunk);
    if (!loads.has(number)) {
      const content = explorer.load(`explorer/${String(number).padStart(4, "0")}.js`).then(() => arrivals.get(number));
      content.catch(() => loads.delete(number));
      loads.set(number, content);
    }
    return loads.get(number).then((content) => ({
      content, image: content.images[image % data.chunk], answer: (answer) => answer - starts[number * data.chunk],
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
      if (slot === "class") return name;
      const wnid = data.classes.wnid[Number(value)];
      // classes without a wnid have their names in its place
      return wnid === name ? `${value} ${name}` : `${value} ${name} [${wnid}]`;
    });
    return [data.terms.indexOf(term), term, text];
  };
  const showTrail = (lines) => {
    const told = lines.map(fill).map((line, at) => [...line, at]).sort((a, b) => a[0] - b[0] || a[3] - b[3]);
    byId("trail").replaceChildren();
    let last = null;
    for (const [, term, text] of told) {
      if (term !== last) byId("trail").append(make("dt", {}, term));
      byId("trail").append(make("dd", {}, text));
      last = term;
    }
  };
  // Training images that are most like this one, where the reader's folder has them: a line's first value is the rank
  // and the file, its second the class.
  const showNeighbours = (lines) => {
    const near = lines.filter(([template]) => data.templates[Number(template)][0] === "neighbour")
      .map(([, text, label]) => ({ file: text.slice(text.indexOf(" ") + 1), label: className(Number(label)) }));
    const shown = near.filter(({ file }) => explorer.pictures.hasFile(file));
    byId("neighbours").hidden = !shown.length;
    byId("neighbour-list").replaceChildren(...shown.map(({ file, label }) => {
      const frame = make("span", { class: "frame" });
      explorer.pictures.showFile(frame, file);
      return make("li", {}, frame, make("small", {}, label));
    }));
  };

  // --- what is said about answers

  const quoted = (text) => `'${String(text).replaceAll("'", "'\\''")}'`;
  const command = (name, prediction) =>
    `errata explain ${quoted(name)} ${prediction ?? "CLASS"} --atlas ${quoted(byId("explorer").dataset.atlas)}`;
  const answerItem = (answer, image, state, current) => {
    const href = address({ ...filtersOf(state), image: nameOf(image), answer: data.predicted[answer] });
    const bar = make("i", { class: "share", "aria-hidden": "true" });
    bar.style.setProperty("--share", `${(100 * data.counts[answer]) / data.pooled}%`);
    const said = [make("b", {}, className(data.predicted[answer])), make("span", {}, data.outcomes[data.codes[answer]][2])];
    return make("li", {}, make("a", { href, ...(current ? { "aria-current": "true" } : {}) },
      swatch(data.codes[answer]), ...said, make("small", {}, ofModels(data.counts[answer])), data.pooled > 1 ? bar : null));
  };
  const nameModels = (named, count) => {
    const note = byId("answer-note");
    if (data.pooled === 1 && data.models.length === 1) return note.replaceChildren();
    note.replaceChildren(`Given by ${ofModels(count) || whole(count)} model${data.pooled === 1 ? "" : "s"}${named.length ? ": " : "."}`);
    named.forEach((model, at) => {
      const [name, page] = data.models[model];
      note.append(at ? ", " : "", make("a", { href: page }, name));
    });
    if (named.length && count > named.length) note.append(` and ${whole(count - named.length)} more.`);
    else if (named.length) note.append(".");
    return undefined;
  };
  const sayNothing = (words, name, prediction) => {
    byId("answer-name").textContent = words;
    for (const id of ["answer-why", "answer-note", "trail", "trail-problem"]) byId(id).replaceChildren();
    byId("neighbours").hidden = true;
    byId("command").textContent = command(name, prediction);
  };
  const open = () => {
    delete viewer.dataset.ready;
    if (viewer.open) return;
    viewer.showModal();
    byId("answer-name").focus();
  };

  // Opens an image; `entry`: its answer on the wall, if it is there.
  let latest = null;
  const showImage = (image, state, entry) => {
    open();
    latest = null;
    const target = className(data.targets[image]);
    byId("image-name").textContent = nameOf(image);
    byId("picture-name").textContent = target;
    explorer.pictures.showImage(byId("picture"), image, `The image ${nameOf(image)}, of class ${target}`);
    const answers = answersOf(image);
    const asked = state.answer ?? entry?.predicted ?? state.prediction;
    const prediction = asked === undefined ? undefined : classes.get(String(asked));
    const wanted = prediction === undefined
      ? answers.find((answer) => data.predicted[answer] !== data.targets[image]) ?? answers[0]
      : answerOf(image, prediction);
    const count = ofModels(data.wrong[image]);
    byId("image-note").textContent = [count && `${count} models wrong`,
      data.flags[image] & explorer.PROBLEMATIC ? "problematic, left out of statistics" : ""]
      .filter(Boolean).map((fact) => `· ${fact}`).join(" ");
    const focused = [...byId("answers").children].findIndex((item) => item.contains(document.activeElement));
    byId("answers").replaceChildren(...answers.map((answer) => answerItem(answer, image, state, answer === wanted)));
    byId("answers").children[focused]?.firstElementChild.focus();
    if (wanted === undefined) {
      sayNothing("No model of this report gives this answer", nameOf(image), asked);
      byId("answer-why").textContent = `${target} is the target.`;
      viewer.dataset.ready = "yes";
      return;
    }
    const code = data.codes[wanted], predicted = data.predicted[wanted];
    byId("answer-name").replaceChildren(...explorer.pairOf(image, predicted));
    byId("answer-why").replaceChildren(swatch(code), make("b", {}, data.outcomes[code][2]), `: ${explorer.reasonOf(image, predicted, code)}`);
    byId("command").textContent = command(nameOf(image), data.predicted[wanted]);
    byId("trail").replaceChildren();
    byId("trail-problem").textContent = "";
    byId("neighbours").hidden = true;
    if (!data.evidence) {
      byId("trail-problem").textContent = "No evidence lies beside the atlas, so there is no more to tell.";
      viewer.dataset.ready = "yes";
      return;
    }
    const token = {};
    latest = token;
    evidenceOf(image).then(({ content, image: ofImage, answer }) => {
      if (latest !== token) return;
      nameModels(content.named[answer(wanted)], data.counts[wanted]);
      const lines = [...ofImage, ...content.answers[answer(wanted)]].map((line) => content.lines[line]);
      showTrail(lines);
      showNeighbours(ofImage.map((line) => content.lines[line]));
      viewer.dataset.ready = "yes";
    }, (error) => { byId("trail-problem").textContent = error.message; });
  };
  const showNothing = (name, answer) => {
    open();
    latest = null;
    byId("image-name").textContent = name;
    byId("image-note").textContent = "";
    byId("picture").querySelector("img")?.remove();
    byId("picture-name").textContent = "";
    byId("answers").replaceChildren();
    sayNothing("No such image in this report", name, answer);
    byId("answer-why").textContent = "It may not be annotated, or have another name.";
    viewer.dataset.ready = "yes";
  };

  explorer.viewer = { element: viewer, showImage, showNothing, swatch, ofModels };
})();
