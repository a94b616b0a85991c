// Two models on the same images: the same differences, intervals, tests and words as errata.paired in Python.
// What is counted, and every constant, comes with the page's settings.
(() => {
  "use strict";

  const sum = (values) => values.reduce((total, value) => total + value, 0);
  const ratio = (above, below, otherwise) => (below > 0 ? above / below : otherwise);

  // Images by target class, outcome of A and outcome of B; only the cells that occur.
  const countTransitions = (settings, images, a, b, bit) => {
    const outcomes = settings.outcomes;
    const classes = settings.class_groups.length;
    const counted = new Map();
    const sizes = new Float64Array(classes);
    for (let image = 0; image < images.count; image++) {
      if (!(images.groups[image] & (1 << bit))) continue;
      const target = images.targets[image];
      const key = (target * outcomes + a[image]) * outcomes + b[image];
      counted.set(key, (counted.get(key) ?? 0) + 1);
      sizes[target]++;
    }
    const cells = [...counted].sort((one, other) => one[0] - other[0]).map(([key, count]) => ({
      target: Math.floor(key / outcomes ** 2), a: Math.floor(key / outcomes) % outcomes, b: key % outcomes, count,
    }));
    return { cells, sizes };
  };

  // errata.profiles.intervals.stratified_variance; weights are one number per class.
  const stratifiedVariance = (settings, sums, squares, sizes, weights) => {
    const spread = (among) => {
      let images = 0, total = 0, square = 0;
      sizes.forEach((size, k) => {
        if (size > 0 && among(size)) { images += size; total += sums[k]; square += squares[k]; }
      });
      const mean = ratio(total, images, 0);
      return [images, (ratio(square, images, 0) - mean ** 2) * ratio(images, images - 1, 1)];
    };
    const isLarge = (size) => size >= settings.small_class;
    let within = 0, weighted = 0, small = 0;
    sizes.forEach((size, k) => {
      if (isLarge(size)) {
        const variance = (squares[k] - sums[k] ** 2 / size) * (size / (size - 1));
        within += variance;
        weighted += weights[k] ** 2 * variance;
      } else {
        small += weights[k] ** 2 * size;
      }
    });
    const [largeImages, largeTotal] = spread(isLarge);
    const [smallImages, smallTotal] = spread((size) => !isLarge(size));
    const part = Math.min(Math.max(ratio(within, largeImages * largeTotal, 1), 0), 1);
    const borrowed = largeImages > 0 ? settings.borrowed_images : 0;
    const total = ratio(smallImages * smallTotal + borrowed * largeTotal, smallImages + borrowed, 0);
    return weighted + part * total * small;
  };

  // Variance of the sum over images of weight x value(outcome of A, outcome of B).
  const variance = (settings, transitions, value, weights) => {
    const sums = new Float64Array(transitions.sizes.length);
    const squares = new Float64Array(transitions.sizes.length);
    for (const cell of transitions.cells) {
      const one = value(cell.a, cell.b);
      sums[cell.target] += cell.count * one;
      squares[cell.target] += cell.count * one ** 2;
    }
    return stratifiedVariance(settings, sums, squares, transitions.sizes, weights);
  };

  const membership = (settings, codes) => {
    const member = new Float64Array(settings.outcomes);
    for (const code of codes) member[code] = 1;
    return member;
  };
  const countA = (transitions, member) => sum(transitions.cells.map((cell) => cell.count * member[cell.a]));
  const countB = (transitions, member) => sum(transitions.cells.map((cell) => cell.count * member[cell.b]));

  const difference = (a, b, deviation) => ({ a, b, difference: b - a, deviation });

  const differenceOfCounts = (settings, transitions, codes) => {
    const member = membership(settings, codes);
    const ones = transitions.sizes.map(() => 1);
    const own = variance(settings, transitions, (a, b) => member[b] - member[a], ones);
    return difference(countA(transitions, member), countB(transitions, member), Math.sqrt(own + 2));
  };

  const differenceOfShares = (settings, transitions, part, whole) => {
    const [above, below] = [membership(settings, part), membership(settings, whole)];
    const [wholeA, wholeB] = [countA(transitions, below), countB(transitions, below)];
    const [a, b] = [countA(transitions, above) / wholeA, countB(transitions, above) / wholeB];
    const value = (x, y) => (above[y] - b * below[y]) / wholeB - (above[x] - a * below[x]) / wholeA;
    const own = variance(settings, transitions, value, transitions.sizes.map(() => 1));
    return difference(a, b, Math.sqrt(own + 1 / wholeA ** 2 + 1 / wholeB ** 2));
  };

  const differenceOfMeans = (settings, transitions, codes) => {
    const member = membership(settings, codes);
    const { sizes, cells } = transitions;
    const present = sum([...sizes].map((size) => (size > 0 ? 1 : 0)));
    const weights = sizes.map((size) => (size > 0 ? 1 / (size * present) : 0));
    const mean = (of) => (present ? sum(cells.map((cell) => cell.count * member[of(cell)] * weights[cell.target])) : NaN);
    const oneImage = sum([...sizes].map((size, k) => weights[k] ** 2 * size)) / sum([...sizes]);
    const own = variance(settings, transitions, (a, b) => member[b] - member[a], weights);
    return difference(mean((cell) => cell.a), mean((cell) => cell.b), Math.sqrt(own + 2 * oneImage));
  };

  // Fieller's interval of B / A - 1, in per cent; nulls where A counts too few images for limits.
  const relativeChange = (settings, transitions, codes) => {
    const member = membership(settings, codes);
    const [a, b] = [countA(transitions, member), countB(transitions, member)];
    const ones = transitions.sizes.map(() => 1);
    const ownA = variance(settings, transitions, (x) => member[x], ones);
    const ownB = variance(settings, transitions, (x, y) => member[y], ones);
    const shared = (ownA + ownB - variance(settings, transitions, (x, y) => member[y] - member[x], ones)) / 2;
    const z = settings.z ** 2;
    const [square, linear, constant] = [a ** 2 - z * (ownA + 1), a * b - z * shared, b ** 2 - z * (ownB + 1)];
    const root = Math.sqrt(linear ** 2 - square * constant);
    const bounded = square > 0 && Number.isFinite(root) && a > 0;
    return {
      relative: a > 0 ? 100 * (b / a - 1) : null,
      relative_low: bounded ? 100 * Math.max((linear - root) / square - 1, -1) : null,
      relative_high: bounded ? 100 * ((linear + root) / square - 1) : null,
    };
  };

  // Two-sided mid-p value of McNemar's test.
  const midP = (gained, lost) => {
    const tosses = gained + lost, fewer = Math.min(gained, lost);
    const logs = new Float64Array(tosses + 1);
    for (let n = 1; n <= tosses; n++) logs[n] = logs[n - 1] + Math.log(n);
    let tail = 0, at = 0;
    for (let heads = 0; heads <= fewer; heads++) {
      at = Math.exp(logs[tosses] - logs[heads] - logs[tosses - heads] - tosses * Math.LN2);
      tail += at;
    }
    return Math.min(1, 2 * tail - at);
  };

  // Two-sided p value of a standard normal: erfc(|z| / sqrt 2), by its series near zero and its continued fraction.
  const normalP = (z) => {
    const x = Math.abs(z) / Math.SQRT2;
    if (x < 2.5) {
      let term = x, total = x;
      for (let n = 1; n < 200 && Math.abs(term) > 1e-18 * total; n++) {
        term *= -(x * x) / n;
        total += term / (2 * n + 1);
      }
      return 1 - (2 / Math.sqrt(Math.PI)) * total;
    }
    let fraction = 0;
    for (let n = 120; n > 0; n--) fraction = n / 2 / (x + fraction);
    return Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + fraction);
  };

  // Holm's correction, in place: row.p_adjusted.
  const judgeTogether = (rows) => {
    let largest = 0;
    rows.map((row, place) => ({ row, place })).sort((one, other) => one.row.p - other.row.p || one.place - other.place)
      .forEach(({ row }, rank) => {
        largest = Math.max(largest, row.p * (rows.length - rank));
        row.p_adjusted = Math.min(largest, 1);
      });
  };

  const word = (settings, row, up, down) => {
    if (row.p_adjusted === null || row.p_adjusted >= settings.level || !row.difference) return settings.words.cannot_tell;
    return row.difference > 0 ? up : down;
  };
  const wordOfMoves = (settings, { milder, more_severe }) => {
    if (midP(milder, more_severe) >= settings.level) return settings.words.cannot_tell;
    return milder > more_severe ? settings.words.better : settings.words.worse;
  };

  const moves = (settings, transitions, counts) => {
    const found = { milder: 0, more_severe: 0 };
    for (const { a, b, count } of transitions.cells) {
      if (!counts(a, b)) continue;
      if (settings.severity[b] < settings.severity[a]) found.milder += count;
      if (settings.severity[b] > settings.severity[a]) found.more_severe += count;
    }
    return found;
  };

  const wordOfCount = (settings, transitions, row, count) => {
    const { better, worse, higher, lower, cannot_tell } = settings.words;
    if (count.better) return word(settings, row, count.better > 0 ? better : worse, count.better > 0 ? worse : better);
    if (word(settings, row, higher, lower) === cannot_tell) return cannot_tell;
    const member = membership(settings, count.codes);
    return wordOfMoves(settings, moves(settings, transitions, (a, b) => member[a] !== member[b]));
  };

  const VALUES = ["a", "b", "difference", "low", "high"];
  const rowOf = (settings, kind, name, found, scale) => ({
    kind, statistic: name,
    a: scale * found.a, b: scale * found.b, difference: scale * found.difference,
    low: scale * (found.difference - settings.z * found.deviation),
    high: scale * (found.difference + settings.z * found.deviation),
    relative: null, relative_low: null, relative_high: null, only_a: null, only_b: null,
  });

  const countRow = (settings, transitions, count) => {
    const member = membership(settings, count.codes);
    const only = (one, other) =>
      sum(transitions.cells.map((cell) => cell.count * member[cell[one]] * (1 - member[cell[other]])));
    const [onlyA, onlyB] = [only("a", "b"), only("b", "a")];
    const p = midP(onlyB, onlyA);
    return {
      ...rowOf(settings, "count", count.name, differenceOfCounts(settings, transitions, count.codes), 1),
      ...relativeChange(settings, transitions, count.codes),
      only_a: onlyA, only_b: onlyB, p, p_adjusted: p,
    };
  };

  const normalRow = (settings, kind, name, found) => {
    const defined = Number.isFinite(found.difference);
    const p = defined ? normalP(found.difference / found.deviation) : null;
    const row = { ...rowOf(settings, kind, name, found, 100), p, p_adjusted: p };
    for (const key of VALUES) if (!Number.isFinite(row[key])) row[key] = null;
    return row;
  };

  const ownClasses = (settings, transitions, bit) => ({
    cells: transitions.cells.filter((cell) => settings.class_groups[cell.target] === bit),
    sizes: transitions.sizes.map((size, k) => (settings.class_groups[k] === bit ? size : 0)),
  });

  // Everything that the page shows of two models in one group.
  const compare = (settings, images, a, b, group) => {
    const transitions = countTransitions(settings, images, a, b, group.bit);
    const { better, worse, higher, lower } = settings.words;
    const counts = settings.counts.map((count) => countRow(settings, transitions, count));
    judgeTogether(counts.filter((_, place) => settings.counts[place].is_category));
    counts.forEach((row, place) => { row.word = wordOfCount(settings, transitions, row, settings.counts[place]); });
    const shares = settings.shares.map((share) =>
      normalRow(settings, "share", share.name, differenceOfShares(settings, transitions, share.part, share.whole)));
    judgeTogether(shares.filter((row) => row.p !== null));
    for (const row of shares) row.word = word(settings, row, higher, lower);
    const scale = 100 / sum([...transitions.sizes]);
    const noChange = { relative: null, relative_low: null, relative_high: null };
    const top1 = { ...counts[0], kind: "accuracy", statistic: "top1", ...noChange };
    for (const key of VALUES) top1[key] = scale * counts[0][key];
    const means = settings.accuracies[group.name].map((accuracy) => {
      const used = accuracy.own ? ownClasses(settings, transitions, group.bit) : transitions;
      return normalRow(settings, "accuracy", accuracy.name, differenceOfMeans(settings, used, accuracy.codes));
    });
    for (const row of [top1, ...means]) row.word = word(settings, row, better, worse);
    const among = { all: () => true, both_wrong: (x, y) => settings.severity[x] > 0 && settings.severity[y] > 0 };
    const found = settings.among.map((name) => {
      const each = moves(settings, transitions, among[name]);
      return { among: name, ...each, p: midP(each.milder, each.more_severe), word: wordOfMoves(settings, each) };
    });
    const size = settings.categories.length;
    const matrix = Array.from({ length: size }, () => new Array(size).fill(0));
    for (const cell of transitions.cells) matrix[settings.severity[cell.a]][settings.severity[cell.b]] += cell.count;
    return { images: sum([...transitions.sizes]), rows: [top1, ...means, ...counts, ...shares], moves: found, matrix };
  };

  window.errata = { ...window.errata, paired: { ...window.errata?.paired, compare } };
})();
