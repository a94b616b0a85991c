// Numbers of the page of trends: what a model is worth, where the line is, how it is written.
const trendNumbers = (() => {
  "use strict";
  const data = typeof errataTrends === "undefined" ? { sets: [] } : errataTrends;

  const valueAt = (counts, index, category, quantity) => {
    const count = counts[category] ? counts[category][index] : null;
    if (count === null || count === undefined) return null;
    if (quantity === "count") return count;
    const whole = counts[data.categories[category].forgiven ? "top1_errors" : "mle"][index];
    return whole ? (100 * count) / whole : null;
  };

  const pieceAt = (trend, x) => trend.pieces[trend.inflection && x >= trend.inflection[0] ? trend.pieces.length - 1 : 0];
  const heightAt = (piece, x) => piece[1] + piece[0] * x;
  const reachAt = (piece, x, prediction) => {
    const [, , points, mean, spread, deviation, quantile] = piece;
    return quantile * deviation * Math.sqrt((prediction ? 1 : 0) + 1 / points + (x - mean) ** 2 / spread);
  };

  const labelOf = (mark, place) => (place === null || place === undefined ? "not known" : data.marks[mark].labels[place]);
  const legendOf = (mark, place) => {
    const label = labelOf(mark, place);
    return Object.hasOwn(data.marks[mark].forms, label) ? label : "others";
  };
  const stepOf = (scale, value) =>
    value === null || value === undefined ? -1 : data.scales[scale].limits.filter((limit) => value >= limit).length;

  const pointsOf = (set, { category, group, quantity, accuracy, mark, colour }) => {
    const counts = set.counts[group];
    if (!counts || !counts[accuracy]) return [];
    const published = data.sets.find((each) => each.from === "published");
    const sameImages = (index) =>
      quantity === "share" || set === published || !published || published.counts[group].images[0] === counts.images[index];
    return set.models.name.flatMap((name, index) => {
      const x = counts[accuracy][index];
      const y = valueAt(counts, index, category, quantity);
      if (x === null || x === undefined || y === null || !sameImages(index)) return [];
      return [{
        set, index, name, x, y,
        label: mark === "none" ? "models" : legendOf(mark, set.models[mark][index]),
        form: mark === "none" ? "circle" : data.marks[mark].forms[legendOf(mark, set.models[mark][index])],
        step: colour === "none" ? -1 : stepOf(colour, set.models[colour][index]),
      }];
    });
  };

  const percentileAmong = (sorted, residual) => {
    if (!sorted.length) return null;
    const below = sorted.filter((each) => each < residual).length;
    const equal = sorted.filter((each) => each === residual).length;
    return (100 * (below + equal / 2)) / sorted.length;
  };

  const ticks = (low, high, about) => {
    const rough = (high - low) / about;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 2.5, 5, 10].map((each) => each * power).find((each) => each >= rough);
    const found = [];
    for (let tick = Math.ceil(low / step) * step; tick <= high + 1e-9; tick += step) found.push(Number(tick.toPrecision(8)));
    return found;
  };

  const plain = (value, digits = 1) => (value === null ? "–" : value.toFixed(digits).replace("-", "−"));
  const signed = (value) => (value === null ? "–" : `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(1)}`);
  const whole = (value) => (value === null || value === undefined ? "not known" : value.toLocaleString("en"));

  return { heightAt, labelOf, percentileAmong, pieceAt, plain, pointsOf, reachAt, signed, ticks, whole };
})();
