// Numbers of the page of trends: what a model is worth, where the line is, how it is written.
const trendNumbers = (() => {
  "use strict";
  const data = typeof errataTrends === "undefined" ? { sets: [] } : errataTrends;

  const valueAt = (counts, index, category, quantity) => {
    const count = counts[category] ? counts[category][index] : null;
    if (count === null || count === undefined) return null;
    if (quantity === "count") return count;
    const share = data.categories[category].forgiven ? "top1_errors" : "mle";
    const whole = counts[{ share, of_errors: "top1_errors", of_images: "images" }[quantity]][index];
    return whole ? (100 * count) / whole : null;
  };

  const pieceAt = (trend, x) => trend.pieces[trend.inflection && x >= trend.inflection[0] ? trend.pieces.length - 1 : 0];
  const heightAt = (piece, x) => piece[1] + piece[0] * x;
  const reachAt = (piece, x, prediction) => {
    const [, , points, mean, spread, deviation, quantile] = piece;
    return quantile * deviation * Math.sqrt((prediction ? 1 : 0) + 1 / points + (x - mean) ** 2 / spread);
  };

  const labelOf = (mark, place) => (place === null || place === undefined ? "not known" : data.marks[mark].labels[place]);
  const pointsOf = (set, { category, group, quantity, accuracy, across }) => {
    const counts = set.counts[group];
    if (!counts || !counts[accuracy]) return [];
    const published = data.sets.find((each) => each.from === "published");
    const sameImages = (index) =>
      quantity !== "count" || set === published || !published || published.counts[group].images[0] === counts.images[index];
    return set.models.name.flatMap((name, index) => {
      const x = across === "imagenet" ? set.onImagenet?.[accuracy][index] : counts[accuracy][index];
      const y = valueAt(counts, index, category, quantity);
      return x === null || x === undefined || y === null || !sameImages(index) ? [] : [{ set, index, name, x, y }];
    });
  };

  const FEWEST = 10;
  const mean = (numbers) => numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
  const deviation = (numbers) => {
    const middle = mean(numbers);
    return Math.sqrt(mean(numbers.map((each) => (each - middle) ** 2))) || 1;
  };

  // The least-squares line of some points, from the lowest to the highest x; null for too few.
  const lineOf = (points) => {
    const xs = points.map((point) => point.x), ys = points.map((point) => point.y);
    const [middleX, middleY] = [mean(xs), mean(ys)];
    const spread = xs.reduce((sum, x) => sum + (x - middleX) ** 2, 0);
    if (points.length < FEWEST || spread === 0) return null;
    const slope = points.reduce((sum, { x, y }) => sum + (x - middleX) * (y - middleY), 0) / spread;
    return { slope, intercept: middleY - slope * middleX, range: [Math.min(...xs), Math.max(...xs)] };
  };

  // The points nearest to another, in standard deviations of x and of y.
  const nearestTo = (points, from, count) => {
    const [x, y] = [deviation(points.map((point) => point.x)), deviation(points.map((point) => point.y))];
    const away = (point) => ((point.x - from.x) / x) ** 2 + ((point.y - from.y) / y) ** 2;
    return points.map((point) => [away(point), point]).sort((a, b) => a[0] - b[0]).slice(0, count).map(([, point]) => point);
  };

  // A published model's name without that of its library.
  const plainName = (name) => (name.includes("--") ? name.slice(name.indexOf("--") + 2) : name);

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

  return { heightAt, labelOf, lineOf, nearestTo, percentileAmong, pieceAt, plain, plainName, pointsOf, reachAt, signed, ticks };
})();
