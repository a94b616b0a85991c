// Explanations: what an element's title says is shown when it is pointed at, has the focus, or is touched; Escape hides it.
(() => {
  "use strict";

  const { make } = errata.page;
  const tip = make("div", { id: "tip", role: "tooltip", hidden: "" });
  document.body.append(tip);
  let owner = null;
  let named = "";

  const hide = () => {
    if (!owner) return;
    // back in its place, so that the element explains itself to whatever reads it next
    owner.setAttribute("title", tip.textContent);
    owner.removeAttribute(named);
    owner = null;
    tip.hidden = true;
  };

  const place = () => {
    const around = owner.getBoundingClientRect();
    const { width, height } = tip.getBoundingClientRect();
    const left = Math.max(8, Math.min(around.left, innerWidth - width - 8));
    const above = around.top - height - 6;
    tip.style.left = `${left}px`;
    tip.style.top = `${above < 8 ? Math.min(around.bottom + 6, innerHeight - height - 8) : above}px`;
  };

  const show = (element) => {
    if (element === owner) return;
    hide();
    if (!element || !element.getAttribute("title")) return;
    owner = element;
    tip.textContent = element.getAttribute("title");
    // the browser would show its own next to ours
    element.removeAttribute("title");
    // a title that was an element's only name stays its name
    named = element.textContent.trim() || element.hasAttribute("aria-label") ? "aria-describedby" : "aria-label";
    element.setAttribute(named, named === "aria-label" ? tip.textContent : "tip");
    tip.hidden = false;
    place();
  };

  const explained = (event) => (event.target instanceof Element ? event.target.closest("[title]") : null);
  const within = (event) => event.target instanceof Element && owner && (owner.contains(event.target) || tip.contains(event.target));

  addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch" || within(event)) return;
    show(explained(event));
  });
  addEventListener("focusin", (event) => {
    if (within(event)) return;
    if (event.target.matches(":focus-visible")) show(explained(event));
    else hide();
  });
  addEventListener("click", (event) => {
    if (!within(event)) show(explained(event));
  });
  addEventListener("keydown", (event) => event.key === "Escape" && hide());
  addEventListener("scroll", hide, { capture: true, passive: true });
  addEventListener("resize", hide);
})();
