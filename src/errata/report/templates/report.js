// What the scripts of all pages share, and the sorting of the tables: #sort=mla or #sort=-mla (descending) in the
// address chooses a column.
(() => {
  "use strict";

  // An element, of a drawing with the attribute `svg`; text is always text.
  const make = (tag, { svg = false, ...attributes } = {}, ...children) => {
    const element = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children.filter((child) => child !== null));
    return element;
  };
  const setAddress = (hash) => {
    try {
      history.replaceState(null, "", `#${hash}`);
    } catch {
      // some browsers refuse for pages opened from disk; all else works
    }
  };
  window.errata = { ...window.errata, page: { make, setAddress } };

  const valueOf = (row, column, text) => {
    const given = row.cells[column].dataset.value ?? "";
    if (given === "") return null;
    return text ? given.toLowerCase() : Number(given);
  };

  const sortBy = (heading, descending) => {
    const table = heading.closest("table");
    const body = table.tBodies[0];
    const column = heading.cellIndex;
    const text = heading.dataset.kind === "text";
    const rows = [...body.rows].map((row, place) => ({ row, place, value: valueOf(row, column, text) }));
    rows.sort((a, b) => {
      if (a.value === null || b.value === null) return (a.value === null) - (b.value === null) || a.place - b.place;
      const order = a.value < b.value ? -1 : a.value > b.value ? 1 : 0;
      return (descending ? -order : order) || a.place - b.place;
    });
    body.append(...rows.map((entry) => entry.row));
    for (const other of table.querySelectorAll("th[aria-sort]")) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", descending ? "descending" : "ascending");
  };

  const headings = [...document.querySelectorAll("table.sortable th[data-key]")];
  for (const heading of headings) {
    heading.querySelector("button").addEventListener("click", () => {
      const now = heading.getAttribute("aria-sort");
      const descending = now ? now === "ascending" : heading.dataset.kind !== "text";
      sortBy(heading, descending);
      setAddress(`sort=${descending ? "-" : ""}${heading.dataset.key}`);
    });
  }

  const sortByAddress = () => {
    const wanted = new URLSearchParams(location.hash.slice(1)).get("sort");
    if (!wanted) return;
    const heading = headings.find((each) => each.dataset.key === wanted.replace(/^-/, ""));
    if (heading) sortBy(heading, wanted.startsWith("-"));
  };
  addEventListener("hashchange", sortByAddress);
  sortByAddress();
})();
