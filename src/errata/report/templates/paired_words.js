// The comparison in sentences, word by word those of errata.paired.words in Python.
(() => {
  "use strict";

  const fixed = (value, digits) => {
    const scale = 10 ** digits;
    const text = (Math.floor(Math.abs(value) * scale + 0.5) / scale).toFixed(digits);
    const [integer, ...decimals] = text.split(".");
    const grouped = [integer.replace(/\B(?=(\d{3})+$)/g, ","), ...decimals].join(".");
    return value < 0 ? `-${grouped}` : grouped;
  };
  const signed = (value, digits) => {
    const text = fixed(Math.abs(value), digits);
    if (!/[1-9]/.test(text)) return text;
    return (value < 0 ? "−" : "+") + text;
  };
  const whole = (value) => fixed(value, 0);
  const images = (count) => `${whole(count)} image${count === 1 ? "" : "s"}`;

  const extent = (row) => {
    if (row.relative_low === null) return `${signed(row.difference, 0)} [${signed(row.low, 0)}, ${signed(row.high, 0)}]`;
    const digits = Math.abs(row.relative) >= 10 ? 0 : 1;
    const limits = [row.relative_low, row.relative_high].map((limit) => signed(limit, digits));
    return `${signed(row.relative, digits)} % [${limits.join(", ")}]`;
  };
  const points = (row) =>
    `${signed(row.difference, 1)} points [${signed(row.low, 1)}, ${signed(row.high, 1)}]`;

  // The word of a count, with the reason where the change alone would say something else.
  const verdict = (settings, row, count) => {
    const { better, worse, cannot_tell } = settings.words;
    if (count.better === 0) {
      if (row.word === better && row.difference > 0) return `${better}, since more of these answers became milder than more severe`;
      if (row.word === worse && row.difference < 0) return `${worse}, since more of these answers became more severe than milder`;
      if (row.word === cannot_tell && row.p_adjusted < settings.level) return "whether that is better, these images cannot tell";
    }
    return row.word;
  };

  const countSentence = (settings, row, b) => {
    const counted = settings.counts.find((count) => count.name === row.statistic);
    const [singular, plural] = counted.nouns;
    const change = Math.round(row.difference);
    const verb = row.statistic === "correct" ? "gives" : "makes";
    const said = change
      ? `${b} ${verb} ${whole(Math.abs(change))} ${change > 0 ? "more" : "fewer"} ${Math.abs(change) === 1 ? singular : plural}`
      : `${b} ${verb} as many ${plural}`;
    return `${said} (${extent(row)}); ${verdict(settings, row, counted)}.`;
  };

  const summary = (settings, found, a, b) => {
    const row = (name) => found.rows.find((each) => each.statistic === name);
    const mla = row("mla"), right = row("correct");
    const named = settings.openings[mla.word].replace(/\{([ab])\}/g, (_, letter) => (letter === "a" ? a : b));
    const both = found.moves.find((each) => each.among === "both_wrong");
    const told = settings.counts.filter((count) => count.is_category && row(count.name).p_adjusted < settings.level);
    return [
      `${named}: ${settings.accuracy} is ${fixed(mla.a, 1)} % with ${a} and ${fixed(mla.b, 1)} % with ${b}, ` +
        `a difference of ${points(mla)}.`,
      `${b} is right on ${images(right.only_b)} where ${a} is wrong, and wrong on ${whole(right.only_a)} ` +
        `where ${a} is right.`,
      countSentence(settings, row("top1_errors"), b),
      ...told.map((count) => countSentence(settings, row(count.name), b)),
      `Where both are wrong, the mistake of ${b} is milder on ${images(both.milder)} and more severe on ` +
        `${whole(both.more_severe)}; ${both.word}.`,
    ];
  };

  window.errata = { ...window.errata, paired: { ...window.errata?.paired, summary, signed, fixed, whole } };
})();
