// Where the explorer's pictures come from: copies in the report, the user's folder by reference, or files that the
// reader chose on this page. Nothing is sent anywhere.
(() => {
  "use strict";

  const explorer = window.errata.explorer;
  if (!explorer) return;
  const { data, nameOf } = explorer;
  const { make } = window.errata.page;

  const copies = new Set(data.pictures);
  const chosen = new Map();
  let chosenImages = 0;

  const stemOf = (path) => path.split("/").at(-1).replace(/\.[^.]+$/, "");
  const keyOf = (path) => stemOf(path).replace(/_n\d{8}$/, "").toLowerCase();
  const withFolder = (path) => `${path.split("/").at(-2) ?? ""}/${keyOf(path)}`;
  const keys = new Map();
  for (let image = 0; image < explorer.images; image += 1) {
    const key = keyOf(nameOf(image));
    keys.set(key, keys.has(key) ? null : image);
  }

  const fileOf = (path) => chosen.get(withFolder(path)) ?? (keys.get(keyOf(path)) === null ? undefined : chosen.get(keyOf(path)));
  const inFolder = (image) => {
    const { base, patterns, place } = data.folder;
    const pattern = patterns[typeof place === "number" ? place : place[image]];
    if (pattern === undefined) return null;
    const filled = pattern.replace("{stem}", () => stemOf(nameOf(image)))
      .replace("{wnid}", () => data.classes.wnid[data.targets[image]])
      .replace("{wnid}", () => data.classes.wnid[data.targets[image]]);
    return base + filled.split("/").map(encodeURIComponent).join("/");
  };
  const addressOf = (image) => {
    if (copies.has(image)) return `explorer/pictures/${image}.jpg`;
    return data.folder ? inFolder(image) : null;
  };

  // Puts a picture into a frame, whose drawn placeholder stays where there is none.
  const show = (frame, name, address, alt) => {
    frame.querySelector("img")?.remove();
    const file = fileOf(name);
    if (!file && !address) return;
    const picture = make("img", { alt, loading: "lazy", decoding: "async" });
    const own = file ? URL.createObjectURL(file) : null;
    const done = () => own && URL.revokeObjectURL(own);
    picture.addEventListener("load", done);
    picture.addEventListener("error", () => {
      done();
      picture.remove();
    });
    picture.src = own ?? address;
    frame.append(picture);
  };
  const showImage = (frame, image, alt = "") => show(frame, nameOf(image), addressOf(image), alt);
  const showFile = (frame, name) => show(frame, name, null, "");

  // Takes the files of a folder; returns how many of the report's images are among them.
  const take = (files) => {
    chosen.clear();
    const found = new Set();
    for (const file of files) {
      const path = file.webkitRelativePath || file.name;
      chosen.set(withFolder(path), file);
      chosen.set(keyOf(path), file);
    }
    for (let image = 0; image < explorer.images; image += 1) if (fileOf(nameOf(image))) found.add(image);
    chosenImages = found.size;
    return chosenImages;
  };
  const hasPictures = () => copies.size > 0 || chosenImages > 0 || Boolean(data.folder?.shown);

  explorer.pictures = { showImage, showFile, take, hasPictures, hasFile: (name) => Boolean(fileOf(name)) };
})();
