// The explorer's data: images, answers, what every model answers, and which of them fit an address.
(() => {
  "use strict";

  const data = window.errataExplorer;
  if (!data) return;

  const PROBLEMATIC = 128;
  const UNKNOWN = -1;

  // images and answers, unfolded from columns
  const images = data.names.length;
  const nameOf = (image) => data.prefix + data.names[image] + data.suffix;
  const imageOf = new Map(data.names.map((_, image) => [nameOf(image), image]));
  const starts = new Int32Array(images + 1);
  data.answers.forEach((count, image) => { starts[image + 1] = starts[image] + count; });
  const answersOf = (image) => Array.from({ length: starts[image + 1] - starts[image] }, (_, at) => starts[image] + at);
  const answerOf = (image, predicted) => answersOf(image).find((answer) => data.predicted[answer] === predicted);
  const labelsOf = (image) => data.labels[image] || [data.targets[image]];
  const close = new Set(data.close);
  const superclasses = new Map(data.superclasses.map(([name, members]) => [name, new Set(members)]));
  const categoryOf = (code) => data.outcomes[code][0];
  const RIGHT = data.outcomes.findIndex(([category]) => category === "correct");
  const isCounted = (image) => !(data.flags[image] & PROBLEMATIC);
  const counted = data.names.flatMap((_, image) => (isCounted(image) ? [image] : []));

  // names
  const repeated = new Set(data.classes.name.filter((name, at, all) => all.indexOf(name) !== at));
  const className = (id) => (repeated.has(data.classes.name[id]) ? `${data.classes.name[id]} (${id})` : data.classes.name[id]);
  const classes = new Map();
  data.classes.name.forEach((name, id) => {
    if (!repeated.has(name)) classes.set(name, id);
  });
  data.classes.name.forEach((_, id) => {
    for (const key of [className(id), data.classes.wnid[id], String(id)]) classes.set(key, id);
  });
  const models = new Map();
  data.models.forEach(([name, page], model) => models.set(page.replace(/^models\/|\.html$/g, ""), model));
  data.models.forEach(([name], model) => models.set(name, model));
  const inPart = new Map(data.part);

  // --- what models answer, loaded from a script file when a model is chosen

  const bytes = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const unpack = (model, [outcomes, predictions, confidences]) => {
    const bits = bytes(outcomes), pairs = bytes(predictions), shares = confidences ? bytes(confidences) : null;
    const found = { predicted: new Int16Array(images).fill(UNKNOWN), codes: new Uint8Array(images), confidence: null };
    if (shares) found.confidence = new Float32Array(images).fill(NaN);
    const first = Math.ceil(counted.length / 8) * 2;
    let wrong = 0;
    counted.forEach((image, place) => {
      if (bits[place >> 3] & (128 >> (place & 7))) {
        const half = first + wrong;
        found.codes[image] = half & 1 ? bits[half >> 1] & 15 : bits[half >> 1] >> 4;
        found.predicted[image] = pairs[2 * wrong] | (pairs[2 * wrong + 1] << 8);
        if (shares && shares[wrong] < 255) found.confidence[image] = shares[wrong] / 254;
        wrong += 1;
      } else if (!inPart.has(model)) {
        found.codes[image] = RIGHT;
        found.predicted[image] = data.targets[image];
      }
    });
    return found;
  };
  const loaded = new Map();
  const arrivals = new Map();
  window.errataExplorerModel = (model, strings) => arrivals.set(model, strings);
  const load = (file) => new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = file;
    script.onload = resolve;
    script.onerror = () => {
      script.remove();
      reject(new Error(`The file ${file} is not beside this page.`));
    };
    document.head.append(script);
  });
  const modelAnswers = (model) => {
    if (!loaded.has(model)) {
      const file = data.models[model][1].replace(/^models\//, "explorer/models/").replace(/html$/, "js");
      const answers = load(file).then(() => unpack(model, arrivals.get(model)));
      answers.catch(() => loaded.delete(model));
      loaded.set(model, answers);
    }
    return loaded.get(model);
  };

  // --- addresses

  const KEYS = ["model", "how", "than", "category", "was", "target", "prediction", "label", "superclass", "target_in",
    "prediction_in", "group", "least", "most", "find", "close", "counted", "order"];
  const read = () => Object.fromEntries(
    [...new URLSearchParams(location.hash.slice(1))].filter(([, value]) => value !== ""));
  const address = (state) =>
    `#${new URLSearchParams(Object.entries(state).filter(([, value]) => value !== undefined && value !== ""))}`;
  const filtersOf = (state) => Object.fromEntries(KEYS.filter((key) => key in state).map((key) => [key, state[key]]));

  const CATEGORIES = new Map([["correct", [RIGHT]]]);
  data.outcomes.forEach(([category, look], code) => {
    for (const name of new Set([category, look])) CATEGORIES.set(name, [...(CATEGORIES.get(name) ?? []), code]);
  });
  CATEGORIES.set("correct", [RIGHT]);
  const wrongCodes = data.severity.map((_, code) => code).filter((code) => code !== RIGHT);
  const others = data.outcomes.map((_, code) => code).slice(data.severity.length);
  CATEGORIES.set("wrong", wrongCodes);
  CATEGORIES.set("forgiven", wrongCodes.filter((code) => data.forgiven.includes(categoryOf(code))));
  CATEGORIES.set("mle", wrongCodes.filter((code) => !data.forgiven.includes(categoryOf(code))));
  const codesOf = (text) => {
    const not = text.startsWith("-");
    const codes = CATEGORIES.get(not ? text.slice(1) : text);
    if (!codes) return undefined;
    return new Set(not ? data.outcomes.map((_, code) => code).filter((code) => !codes.includes(code)) : codes);
  };

  const HOW = ["wrong", "right", "any", "milder", "worse"];
  const ORDERS = ["confident", "hard", "easy", "answers", "name"];
  const isNumber = (text) => /^\d+$/.test(text);
  const KNOWN = {
    model: [(text) => models.has(text), "model"], than: [(text) => models.has(text), "model"],
    how: [(text) => HOW.includes(text), "value of “how”"], category: [codesOf, "category"], was: [codesOf, "category"],
    ...Object.fromEntries(["target", "prediction", "label", "answer"].map((key) => [key, [(text) => classes.has(text), "class"]])),
    ...Object.fromEntries(["superclass", "target_in", "prediction_in"].map((key) => [key, [(text) => superclasses.has(text), "superclass"]])),
    group: [(text) => text === "all" || data.groups.includes(text), "group"], least: [isNumber, "number"], most: [isNumber, "number"],
    close: [(text) => text === "yes", "value of “close”"],
    counted: [(text) => ["all", "problematic"].includes(text), "value of “counted”"],
    order: [(text) => ORDERS.includes(text), "order"],
    find: [() => true], image: [() => true],
  };
  // What an address asks for and the report does not have, in sentences.
  const problemsOf = (state) => {
    const problems = [];
    for (const [key, text] of Object.entries(state)) {
      if (!(key in KNOWN)) problems.push(`This page has no filter “${key}”.`);
      else if (!KNOWN[key][0](text)) problems.push(`This report has no ${KNOWN[key][1]} “${text}”.`);
    }
    const compares = ["milder", "worse"].includes(state.how) ? `how=${state.how}` : state.was && `was=${state.was}`;
    if (compares && !("than" in state)) problems.push(`“${compares}” needs “than”, a model to compare with.`);
    if ("than" in state && modelOf(state) === undefined && !("model" in state)) problems.push("“than” needs “model”, the model that is compared.");
    return problems;
  };
  const modelOf = (state) => (data.models.length === 1 ? 0 : models.get(state.model));

  // --- which answers fit

  // (image, predicted, code) of the answer -> whether the address asks for it; `theirs`: what the other model answers.
  const answerTest = (state, theirs) => {
    const tests = [];
    if (state.category) {
      const codes = codesOf(state.category);
      tests.push((image, predicted, code) => codes.has(code));
    }
    const how = state.how ?? (state.category || state.counted ? "any" : "wrong");
    if (how === "wrong") tests.push((image, predicted, code) => code !== RIGHT);
    if (how === "right") tests.push((image, predicted, code) => code === RIGHT);
    if (how === "milder") tests.push((image, predicted, code) => data.severity[code] < data.severity[theirs.codes[image]]);
    if (how === "worse") tests.push((image, predicted, code) => data.severity[code] > data.severity[theirs.codes[image]]);
    if (theirs) tests.push((image) => theirs.predicted[image] !== UNKNOWN);
    if (state.was) {
      const codes = codesOf(state.was);
      tests.push((image) => codes.has(theirs.codes[image]));
    }
    if (state.prediction) {
      const wanted = classes.get(state.prediction);
      tests.push((image, predicted) => predicted === wanted);
    }
    if (state.prediction_in) {
      const members = superclasses.get(state.prediction_in);
      tests.push((image, predicted) => members.has(predicted));
    }
    if (state.close) tests.push((image, predicted) => close.has(answerOf(image, predicted)));
    return (image, predicted, code) => tests.every((test) => test(image, predicted, code));
  };
  const imageTest = (state) => {
    const tests = [];
    if (state.counted !== "all") tests.push((image) => isCounted(image) === (state.counted !== "problematic"));
    if (state.target) tests.push((image) => data.targets[image] === classes.get(state.target));
    if (state.label) {
      const wanted = classes.get(state.label);
      tests.push((image) => data.targets[image] === wanted || labelsOf(image).includes(wanted));
    }
    if (state.target_in) tests.push((image) => superclasses.get(state.target_in).has(data.targets[image]));
    if (state.superclass) {
      const members = superclasses.get(state.superclass);
      tests.push((image) => members.has(data.targets[image]) || labelsOf(image).some((label) => members.has(label)));
    }
    if (state.group && state.group !== "all") tests.push((image) => Boolean(data.flags[image] & (1 << data.groups.indexOf(state.group))));
    if (state.least) tests.push((image) => data.wrong[image] >= Number(state.least));
    if (state.most) tests.push((image) => data.wrong[image] <= Number(state.most));
    if (state.find) {
      const words = state.find.toLowerCase().split(/\s+/).filter(Boolean);
      tests.push((image) => words.every((word) => nameOf(image).toLowerCase().includes(word)));
    }
    return (image) => tests.every((test) => test(image));
  };
  // Calls `visit` with (image, predicted, code, models that give the answer) for every answer that fits.
  const scan = (state, own, theirs, visit) => {
    const fits = imageTest(state), answerFits = answerTest(state, theirs);
    for (let image = 0; image < images; image += 1) {
      if (!fits(image)) continue;
      if (own) {
        const predicted = own.predicted[image];
        if (predicted !== UNKNOWN && answerFits(image, predicted, own.codes[image])) visit(image, predicted, own.codes[image], 1);
        continue;
      }
      for (let answer = starts[image]; answer < starts[image + 1]; answer += 1) {
        const predicted = data.predicted[answer], code = data.codes[answer];
        if (data.counts[answer] && answerFits(image, predicted, code)) visit(image, predicted, code, data.counts[answer]);
      }
    }
  };
  const ORDERINGS = {
    confident: (a, b) => (Number.isNaN(b.confidence) ? -1 : b.confidence) - (Number.isNaN(a.confidence) ? -1 : a.confidence),
    easy: (a, b) => data.wrong[a.image] - data.wrong[b.image],
    answers: (a, b) => data.answers[b.image] - data.answers[a.image],
    name: () => 0,
    hard: (a, b) => data.wrong[b.image] - data.wrong[a.image],
  };
  // The images with their most frequent answer that fits, in order, and how many answers fit.
  const search = (state, own, theirs) => {
    const found = new Map();
    let answers = 0;
    scan(state, own, theirs, (image, predicted, code, count) => {
      answers += count;
      if (!found.has(image)) found.set(image, { image, predicted, code, count, confidence: own?.confidence?.[image] ?? NaN });
    });
    const order = ORDERINGS[state.order] ?? ORDERINGS[own?.confidence ? "confident" : "hard"];
    return { entries: [...found.values()].sort((a, b) => order(a, b) || a.image - b.image), answers };
  };
  // How many answers of each outcome there are, whatever the category, and the most frequent pairs. Where any mistake is
  // asked for, these are real mistakes alone, as on the page of mistakes, if anything is forgiven; `ofPairs` is what asks for them.
  const facets = (state, own, theirs, most) => {
    const { category, how, ...rest } = state;
    const kinds = new Map(), pairs = new Map();
    scan({ ...rest, how: ["milder", "worse"].includes(how) ? how : "wrong" }, own, theirs,
      (image, predicted, code, count) => kinds.set(code, (kinds.get(code) ?? 0) + count));
    const isAny = (!category || category === "wrong") && state.counted !== "problematic";
    const ofPairs = isAny && data.forgiven.length ? { ...state, category: "mle" } : state;
    scan(ofPairs, own, theirs, (image, predicted, code, count) => {
      if (code === RIGHT) return;
      const key = data.targets[image] * 65536 + predicted;
      pairs.set(key, (pairs.get(key) ?? 0) + count);
    });
    const top = [...pairs].filter(([, count]) => count > 1).sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, most);
    return {
      kinds: [...kinds].sort((a, b) => a[0] - b[0]),
      pairs: top.map(([key, count]) => ({ target: Math.floor(key / 65536), predicted: key % 65536, count })),
      allPairs: pairs.size,
      ofPairs,
    };
  };

  // --- why an answer is what it is, in a few words

  const prone = new Set(data.pairs.flatMap(([a, b]) => [a * 65536 + b, b * 65536 + a]));
  const shared = (a, b) => data.superclasses.filter(([name]) => superclasses.get(name).has(a) && superclasses.get(name).has(b)).map(([name]) => name);
  const reasonOf = (image, predicted, code) => {
    const [category, look] = data.outcomes[code];
    const kind = look.replace(/^provisional_/, "");
    const labels = [data.targets[image], ...labelsOf(image)];
    const values = { target: className(data.targets[image]), prediction: className(predicted) };
    let words = data.reasons[kind] ?? data.outcomes[code][2];
    if (kind === "fine_grained") {
      const label = labels.find((each) => each === predicted || shared(each, predicted).length) ?? labels[0];
      const names = shared(label, predicted);
      if (!names.length) words = "one of the picture's labels";
      else if (label === data.targets[image]) words = "both in the superclass {superclass}";
      Object.assign(values, { label: className(label), superclass: (names[0] ?? "").replaceAll("_", " ") });
    }
    if (kind === "spurious_correlation") {
      const label = labels.find((each) => prone.has(each * 65536 + predicted)) ?? labels[0];
      values.label = className(label);
    }
    const reason = words.replace(/\{(\w+)\}/g, (_, slot) => values[slot] ?? "");
    return look === category ? reason : data.unchecked.replace("{reason}", reason);
  };

  // Target and prediction of a mistake, or the class that is right, as what a page shows.
  const { make } = window.errata.page;
  const pairOf = (image, predicted) => {
    const target = className(data.targets[image]);
    if (predicted === data.targets[image]) return [target];
    const arrow = [make("span", { class: "unseen" }, " taken for "), make("span", { "aria-hidden": "true" }, " → ")];
    return [target, ...arrow, className(predicted)];
  };

  const whole = (number) => number.toLocaleString("en-US");
  window.errata.explorer = {
    data, images, counted, starts, RIGHT, UNKNOWN, PROBLEMATIC, isCounted, nameOf, imageOf, answersOf, answerOf, className, classes,
    models, inPart, modelAnswers, modelOf, load, read, address, filtersOf, problemsOf, search, facets, reasonOf, pairOf, whole,
  };
})();
