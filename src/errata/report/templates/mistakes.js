// Makes the numbers and bars of a row lead to the images that the row's name leads to, as far as each counts them.
(() => {
  "use strict";

  const { make } = window.errata.page;
  for (const row of document.querySelectorAll("table.to-images tbody tr")) {
    const base = row.querySelector("th a")?.getAttribute("href");
    if (!base) continue;
    for (const cell of row.querySelectorAll("td[data-to]")) {
      const link = make("a", { href: base + cell.dataset.to });
      link.append(...cell.childNodes);
      cell.append(link);
    }
    for (const piece of row.querySelectorAll(".bar i")) {
      const category = [...piece.classList].find((name) => name.startsWith("k-")).slice(2);
      // Tab stops at the row's name alone
      const link = make("a", { class: piece.className, href: `${base}&category=${category}`, title: piece.title, tabindex: "-1" });
      link.style.width = piece.style.width;
      piece.replaceWith(link);
    }
    for (const bar of row.querySelectorAll(".bar")) bar.setAttribute("role", "group");
  }
})();
