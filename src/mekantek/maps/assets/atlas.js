"use strict";
(function () {
  const data = JSON.parse(document.getElementById("atlas").textContent);
  const root = document.documentElement;
  const find = (id) => document.getElementById(id);
  const shapes = Array.from(document.querySelectorAll("#shapes use"));
  const form = find("switches"), views = find("views"), over = find("over");
  const SVG = "http://www.w3.org/2000/svg";
  const state = { sheet: 0, view: 0, extra: true };
  let playing = null;

  // Texts, see mekantek.maps.atlas.
  const say = (k) => typeof data.texts[k] === "string" ? data.texts[k] : data.texts[k][root.lang === "en" ? 1 : 0];
  const word = (key) => say(data.words[key]);
  for (const sheet of data.sheets) {
    for (const column of sheet.columns) column[2] = unpack(column[2], 3);
    for (const view of sheet.views) view.places = unpack(view.fill, 1);
  }
  const sheet = () => data.sheets[state.sheet], view = () => sheet().views[state.view];
  const paint = (fill) => fill.startsWith("hatch-") ? "url(#" + fill + ")" : fill;
  function make(name, attributes, text) {
    const html = !["svg", "g", "circle", "line", "use"].includes(name);
    const element = html ? document.createElement(name) : document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes || {})) if (value !== null) element.setAttribute(key, value);
    if (text !== undefined) element.textContent = text;
    return element;
  }
  function lines(k) {
    return view().columns.map((c) => sheet().columns[c]).map((c) => [say(c[0]), say(c[2][k])]).filter((line) => line[1])
      .map((line) => line.join(": "));
  }
  const told = (k) => data.names[k] + ". " + lines(k).join("; ");

  function swatch([sign, , , , radius]) {
    if (sign === "sign-circle") {
      const drawn = radius * find("map").clientWidth / 1080;
      const box = make("svg", { class: "size", width: 2 * drawn + 2, height: 2 * drawn + 2, "aria-hidden": "true" });
      box.append(make("circle", { cx: "50%", cy: "50%", r: drawn }));
      return box;
    }
    if (sign.startsWith("sign-")) return make("span", { class: "swatch " + sign.slice(5) });
    const style = "background:" + (sign.startsWith("hatch-") ? data.hatches[sign.slice(6)] : sign);
    return make("span", { class: "swatch", style });
  }
  function legend() {
    const items = view().legend.filter((line) => state.extra || !line[3]).map((line) => {
      const item = make("li"), label = make("span", {}, say(line[1]) + (line[2] < 0 ? "" : " "));
      if (line[2] >= 0) label.append(make("b", {}, "(" + line[2] + ")"));
      item.append(swatch(line), label);
      return item;
    });
    find("legend").replaceChildren(...items);
  }
  function stroked(name, shape, attributes) {
    const [stroke, width, dash] = data.strokes[name];
    return make(shape, { ...attributes, fill: "none", stroke, "stroke-width": width, "stroke-dasharray": dash || null });
  }
  function overlay() {
    const now = view(), drawn = [];
    for (const [key, name] of [["lines", "line"], ["dashed", "dashed"]]) {
      const ends = now[key] ? unpack(now[key], 2) : [];
      for (let i = 0; i < ends.length; i += 2) {
        const [a, b] = [data.at[ends[i]], data.at[ends[i + 1]]];
        drawn.push(stroked(name, "line", { x1: a[0], y1: a[1], x2: b[0], y2: b[1] }));
      }
    }
    for (const k of now.dotted || []) drawn.push(stroked("dotted", "use", { href: "#shape-" + k }));
    for (const [k, r] of now.circles || []) for (const ring of data.rings)
      drawn.push(stroked(ring, "circle", { cx: data.at[k][0], cy: data.at[k][1], r: Math.max(0.5, r * 400 / 1080) }));
    for (const k of now.marked || []) drawn.push(stroked("marked", "use", { href: "#shape-" + k }));
    const names = make("g");
    over.replaceChildren(...drawn, names);
    // The same size on every screen: units of the picture are larger where it is small.
    const unit = 1 / find("map").getScreenCTM().a, box = find("map").viewBox.baseVal;
    writeNames(names, (now.marked || []).map((k) => [find("shape-" + k), data.names[k]]), 12.5 * unit,
      [box.x, box.y, box.x + box.width, box.y + box.height]);
  }
  function table() {
    const head = make("tr"), body = make("tbody"), columns = sheet().columns;
    head.append(make("th", { scope: "col" }, say(data.unit)), ...columns.map((c) => make("th", { scope: "col", class: c[1] ? "number" : null }, say(c[0]))));
    for (const k of data.alphabet) {
      const row = make("tr");
      row.append(make("th", { scope: "row" }, data.names[k]), ...columns.map((c) => make("td", { class: c[1] ? "number" : null }, say(c[2][k]))));
      body.append(row);
    }
    const top = make("thead");
    top.append(head);
    find("data").replaceChildren(top, body);
  }
  function draw() {
    const now = view();
    shapes.forEach((shape, k) => {
      const fill = state.extra && now.extra && now.extra[k] || now.fills[now.places[k]];
      shape.setAttribute("fill", paint(fill));
      shape.setAttribute("aria-label", told(k));
    });
    overlay();
    legend();
    const output = views.querySelector("output");
    if (output) output.textContent = say(now.label);
    const slider = views.querySelector("input[type=range]");
    if (slider) { slider.value = state.view; slider.setAttribute("aria-valuetext", say(now.label)); }
    for (const radio of views.querySelectorAll("input[type=radio]")) radio.checked = Number(radio.value) === state.view;
    find("pointed").textContent = "";
    address();
  }
  function labelled(control, text, after) {
    const label = make("label");
    label.append(...(after ? [control, " " + text] : [text + " ", control]));
    return label;
  }
  function switches() {
    const now = sheet(), all = now.views;
    const kinds = make("select", { name: "kind", autocomplete: "off" }), which = make("select", { name: "which", autocomplete: "off" });
    for (const [kind, k] of data.kinds) kinds.append(make("option", { value: kind }, say(k)));
    data.sheets.forEach((other, k) => { if (other.kind === now.kind) which.append(make("option", { value: k }, say(other.called))); });
    kinds.value = now.kind;
    which.value = state.sheet;
    kinds.addEventListener("change", () => {
      // The same class on the next kind of map, where it is there.
      const same = data.sheets.findIndex((s) => s.kind === kinds.value && s.called === now.called);
      open(same < 0 ? data.sheets.findIndex((s) => s.kind === kinds.value) : same, null, "kind");
    });
    which.addEventListener("change", () => open(Number(which.value), null, "which"));
    const picks = [[kinds, "map"], [which, "which"]].filter(([select]) => select.options.length > 1);
    form.replaceChildren(...picks.map(([select, key]) => {
      const label = make("label", { class: "pick" }, word(key));
      label.append(select);
      return label;
    }));
    const parts = [];
    if (now.kind === "years") {
      const slider = make("input", { type: "range", min: 0, max: all.length - 1, step: 1, autocomplete: "off" });
      slider.addEventListener("input", () => { state.view = Number(slider.value); draw(); });
      const play = make("button", { type: "button" }, word("play"));
      play.addEventListener("click", () => playing ? still() : run(play));
      parts.push(labelled(slider, word("year")), make("output"), play);
    } else if (all.length > 1) {
      const group = make("fieldset", { class: "views" });
      group.append(make("legend", {}, word("view")));
      all.forEach((other, k) => {
        const radio = make("input", { type: "radio", name: "view", value: k, autocomplete: "off" });
        radio.addEventListener("change", () => { state.view = k; draw(); });
        group.append(labelled(radio, say(other.label), true));
      });
      parts.push(group);
    }
    if (now.checkbox !== null) {
      const box = make("input", { type: "checkbox", id: "extra", autocomplete: "off" });
      box.checked = state.extra;
      box.addEventListener("change", () => { state.extra = box.checked; draw(); });
      parts.push(labelled(box, say(now.checkbox), true));
    }
    views.replaceChildren(...parts);
  }
  function still() {
    clearInterval(playing);
    playing = null;
    const play = views.querySelector("button");
    if (play) play.textContent = word("play");
  }
  function run(play) {
    play.textContent = word("stop");
    state.view = 0;
    draw();
    playing = setInterval(() => {
      if (state.view + 1 === sheet().views.length) return still();
      state.view += 1;
      draw();
    }, 1100);
  }
  function show() {
    const now = sheet();
    find("title").textContent = say(now.title);
    find("reading").textContent = say(now.reading);
    find("facts").replaceChildren(...now.facts.map(([term, fact]) => {
      const row = make("div");
      row.append(make("dt", {}, say(term)), make("dd", {}, say(fact)));
      return row;
    }));
    const own = find("own");
    own.hidden = !data.pages;
    own.textContent = word("own");
    own.href = now.slug + ".html#" + root.lang;
    switches();
    table();
    draw();
  }
  function open(k, key, focus) {
    still();
    state.sheet = k;
    const asked = sheet().views.findIndex((v) => v.key === key);
    state.view = asked < 0 ? sheet().first : asked;
    show();
    if (focus) form.querySelector("[name=" + focus + "]").focus();
  }

  // Which map and which view: in the address, so that it can be sent to somebody.
  let written = "";
  function address() {
    written = "#" + root.lang + "&map=" + sheet().slug + "&view=" + encodeURIComponent(view().key);
    history.replaceState(null, "", written);
  }
  function asked() {
    if (location.hash === written) return;
    const given = location.hash, parts = given.slice(1).split("&");
    const button = document.querySelector('.languages [value="' + parts[0].replace(/\W/g, "") + '"]');
    if (button && button.value !== root.lang) { button.click(); }
    const values = Object.fromEntries(parts.slice(1).map((part) => part.split("=")).filter((pair) => pair.length === 2));
    let key = null;
    try { key = decodeURIComponent(values.view || ""); } catch (error) { key = null; }
    const k = data.sheets.findIndex((s) => s.slug === values.map);
    open(k < 0 ? state.sheet : k, key);
  }

  // One tab stop for all shapes; the arrow keys walk through them by the alphabet.
  function point(k) { find("pointed").textContent = k === null ? "" : told(k); }
  let stop = data.alphabet[0];
  shapes.forEach((shape, k) => {
    shape.setAttribute("tabindex", k === stop ? 0 : -1);
    shape.addEventListener("pointerenter", () => point(k));
    shape.addEventListener("click", () => point(k));
    shape.addEventListener("focus", () => point(k));
    shape.addEventListener("keydown", (event) => {
      const place = data.alphabet.indexOf(k), last = data.alphabet.length - 1;
      const next = { ArrowRight: place + 1, ArrowDown: place + 1, ArrowLeft: place - 1, ArrowUp: place - 1, Home: 0, End: last }[event.key];
      if (next === undefined) return;
      event.preventDefault();
      shapes[stop].setAttribute("tabindex", -1);
      stop = data.alphabet[Math.max(0, Math.min(last, next))];
      shapes[stop].setAttribute("tabindex", 0);
      shapes[stop].focus();
    });
  });
  const wanted = location.hash;
  document.addEventListener("language", show);
  window.addEventListener("hashchange", asked);
  window.addEventListener("resize", () => { legend(); overlay(); });
  open(0, null);
  if (wanted) { history.replaceState(null, "", wanted); asked(); }
})();
