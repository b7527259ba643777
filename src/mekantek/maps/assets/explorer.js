"use strict";
(function () {
  const data = JSON.parse(document.getElementById("explorer").textContent);
  const root = document.documentElement;
  const find = (id) => document.getElementById(id);
  const n = data.ids.length;
  const everyone = Array.from({ length: n }, (_, k) => k);
  const form = find("switches"), map = find("map"), plot = find("scatter"), strokes = find("strokes");
  const shapes = Array.from(map.querySelectorAll("[role=option]"));
  const rows = Array.from(document.querySelectorAll("#table tbody tr"));
  const collator = new Intl.Collator("tr");
  const SVG = "http://www.w3.org/2000/svg";
  const first = Object.assign({}, data.first);
  const state = Object.assign({}, first);
  let chosen = new Set(), at = -1, stop = data.alphabet[0], now = null, points = [], order = { key: "name", down: false };
  let spec = -1, curve = null;

  // Words and numbers, as mekantek.text writes them.
  const say = (key, parts) => (data.words[key] || { tr: key, en: key })[root.lang].replace(/\{(\w+)\}/g, (_, name) => parts[name]);
  const told = (text) => text[root.lang];
  function number(value, digits) {
    if (value === null || !isFinite(value)) return "–";
    // Python rounds what lies exactly half-way to the even digit; toFixed rounds it up.
    const size = Math.abs(value), steps = Math.floor(size * 10 ** digits);
    const tie = Math.abs(size * 2 ** (digits + 1) % 2) === 1;
    const [whole, rest] = (tie ? (steps + steps % 2) / 10 ** digits : size).toFixed(digits).split(".");
    const [thousands, point] = root.lang === "tr" ? [".", ","] : [",", "."];
    const written = whole.replace(/\B(?=(\d{3})+$)/g, thousands) + (rest ? point + rest : "");
    return value < 0 && /[1-9]/.test(written) ? "−" + written : written;
  }
  function percent(share, digits) {
    if (share === null) return "–";
    const written = number(Math.round(share * 1e11) / 1e9, digits === undefined ? 1 : digits);
    if (root.lang === "en") return written + "%";
    return written[0] === "−" ? "−%" + written.slice(1) : "%" + written;
  }
  // A value of the class shown: a share in percent, any other number with three significant digits.
  function value(v, step) {
    if (v === null) return "–";
    if (data.shares[state.class]) return percent(v, step === undefined || step < 0.01 ? 1 : 0);
    const size = step === undefined ? (v ? Math.floor(Math.log10(Math.abs(v))) - 2 : -2) : Math.floor(Math.log10(step) + 1e-9);
    return number(v, Math.min(Math.max(-size, 0), 9));
  }
  const shortP = (p, digits) => p === null ? "–" : p === 0 ? "< " + number(10 ** -digits, digits) : number(p / 10 ** digits, digits);

  const orNone = (value) => value === 0 ? null : value - 1;
  function levels(text) {
    const [table, places] = text.split(".");
    const values = unpack(table, 3).map(orNone);
    return unpack(places, values.length > 64 ? 2 : 1).map((k) => values[k]);
  }

  // What the switches ask for: everything was computed beforehand and is looked up.
  const MISSING = 7, UNTESTED = 8, NS = 4, UNDEFINED = 6;
  function looked() {
    const series = data.series[state.class + "|" + state.year];
    const [kinds, bits, p0, p1, corrected] = data.maps[state.neighbours + "|" + state.class + "|" + state.year];
    const tail = data.tails.indexOf(state.tail), correction = data.corrections.indexOf(state.correction);
    const significant = unpack(bits, 1).map((b) => (b >> (tail * data.corrections.length + correction)) & 1);
    const p = unpack(tail ? p1 : p0, 3).map(orNone);
    const share = series.share;
    const near = data.neighbours[state.neighbours].map((list, k) => share[k] === null ? [] : list.filter((j) => share[j] !== null));
    const known = everyone.filter((k) => share[k] !== null);
    const mean = known.reduce((sum, k) => sum + share[k], 0) / known.length;
    const spread = Math.sqrt(known.reduce((sum, k) => sum + (share[k] - mean) ** 2, 0) / known.length);
    const lag = near.map((list) => list.length ? list.reduce((sum, j) => sum + share[j], 0) / list.length : null);
    return {
      share, near, known, mean, spread, lag, p, open: new Set(series.open), bin: series.bin,
      adjusted: correction ? levels(corrected[tail * (data.corrections.length - 1) + correction - 1]) : p.map(() => null),
      cluster: Array.from(kinds, (c, k) => {
        const kind = Number(c);
        if (kind === MISSING || kind === 5) return kind;
        return kind === UNTESTED ? UNDEFINED : significant[k] ? kind : NS;
      }),
      z: share.map((v) => v === null ? null : (v - mean) / spread),
      zlag: lag.map((v) => v === null ? null : (v - mean) / spread),
      points: known.filter((k) => lag[k] !== null && spread > 0),
    };
  }

  // Slopes as mekantek.stats.overall.scatterplot: least squares with an own intercept.
  function slope(units) {
    if (units.length < 3) return null;
    let z = 0, l = 0, zz = 0, zl = 0;
    for (const k of units) { z += now.z[k]; l += now.zlag[k]; zz += now.z[k] ** 2; zl += now.z[k] * now.zlag[k]; }
    const squares = zz - z * z / units.length;
    return squares <= 1e-12 * zz ? null : (zl - z * l / units.length) / squares;
  }
  function slopes() {
    let zz = 0, zl = 0;
    for (const k of now.points) { zz += now.z[k] ** 2; zl += now.z[k] * now.zlag[k]; }
    const some = chosen.size > 0;
    return { all: zz ? zl / zz : null, in: some ? slope(now.points.filter((k) => chosen.has(k))) : null,
      out: some ? slope(now.points.filter((k) => !chosen.has(k))) : null };
  }

  const paint = (fill) => fill.startsWith("hatch-") ? "url(#" + fill + ")" : fill;
  function fill(k) {
    if (state.fill === "cluster") return paint(data.clusters[now.cluster[k]].fill);
    return now.bin[k] === "-" ? "url(#hatch-missing)" : data.colours[state.class][Number(now.bin[k])];
  }
  const steady = (k) => ((data.stability[state.class] || {}).units || {})[k];
  function steadiest(k) {
    const found = steady(k);
    if (!found) return [0, 0, 0];
    let best = 0;
    for (let kind = 1; kind < 4; kind++) if (found[kind] > found[best]) best = kind;
    return [found[best], best, found[best + 4]];
  }
  const clusterWord = (kind) => told(data.clusters[kind].label);
  function sentence(k) {
    const parts = [say("share") + " " + value(now.share[k])];
    if (now.share[k] === null) return say("missing");
    parts.push(say("lag") + " " + value(now.lag[k]), clusterWord(now.cluster[k]), "p " + shortP(now.p[k], 4));
    if (state.correction !== "none") parts.push(say("adjusted") + " " + shortP(now.adjusted[k], 4));
    if (now.open.has(k)) parts.push(say("open"));
    return parts.join("; ");
  }
  function stabilitySentence(k) {
    const all = data.stability[state.class];
    if (!all) return "";
    const maps = all.maps, found = steady(k);
    const some = found ? [0, 1, 2, 3].filter((kind) => found[kind]) : [];
    const kinds = data.steady;
    return some.length ? some.map((kind) => say("stable", { kind: clusterWord(kinds[kind]), n: found[kind], of: maps, after: found[kind + 4] })).join("; ")
      : say("unstable", { of: maps });
  }

  // Drawing
  function make(name, attributes, text) {
    const element = document.createElementNS(SVG, name);
    for (const key of Object.keys(attributes)) element.setAttribute(key, attributes[key]);
    if (text !== undefined) element.textContent = text;
    return element;
  }
  const over = {};
  for (const name of ["open", "near", "halo", "chosen", "at"]) { over[name] = make("g", { class: "over " + name }); map.append(over[name]); }
  const outline = (k) => make("use", { href: "#shape-" + k, "data-over": k });

  function drawMap() {
    shapes.forEach(function (shape, k) {
      shape.setAttribute("fill", fill(k));
      shape.setAttribute("aria-label", data.names[k] + ": " + sentence(k));
    });
    over.open.replaceChildren(...Array.from(now.open, outline));
    map.querySelector("[role=listbox]").setAttribute("aria-label", say("map_label"));
  }

  const W = 420, H = 400, L = 46, B = 38, T = 8, R = 10;
  let across = null, upright = null;
  function scale(low, high, from, to) {
    const pad = (high - low || 1) * 0.05;
    const f = (v) => from + (v - low + pad) / (high - low + 2 * pad) * (to - from);
    f.low = low; f.high = high;
    return f;
  }
  function ticks(low, high) {
    const rough = (high - low) / 5 || 1, power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough);
    const found = [];
    for (let t = Math.ceil(low / step - 1e-9); t * step <= high + 1e-9; t++) found.push([t * step, step]);
    return found;
  }
  const ends = (list) => [Math.min(...list), Math.max(...list)];
  function drawPlot() {
    plot.replaceChildren();
    plot.setAttribute("viewBox", "0 0 " + W + " " + H);
    points = everyone.map(() => null);
    if (!now.points.length) { plot.append(make("text", { x: 20, y: 40 }, say("no_plot"))); plot.setAttribute("aria-label", say("no_plot")); return; }
    across = scale(...ends(now.points.map((k) => now.share[k])), L, W - R);
    upright = scale(...ends(now.points.map((k) => now.lag[k])), H - B, T);
    const clip = make("clipPath", { id: "plot" });
    clip.append(make("rect", { x: L, y: T, width: W - L - R, height: H - B - T }));
    plot.append(clip, make("path", { class: "axis", fill: "none", d: "M" + L + " " + T + "V" + (H - B) + "H" + (W - R) }),
      make("path", { class: "mean", d: "M" + L + " " + upright(now.mean) + "H" + (W - R) + "M" + across(now.mean) + " " + T + "V" + (H - B) }));
    for (const [v, step] of ticks(across.low, across.high))
      plot.append(make("text", { x: across(v), y: H - B + 14, "text-anchor": "middle" }, value(v, step)));
    for (const [v, step] of ticks(upright.low, upright.high))
      plot.append(make("text", { x: L - 5, y: upright(v) + 4, "text-anchor": "end" }, value(v, step)));
    plot.append(make("text", { x: (L + W - R) / 2, y: H - 6, "text-anchor": "middle" }, say("share")),
      make("text", { x: -(T + H - B) / 2, y: 11, "text-anchor": "middle", transform: "rotate(-90)" }, say("lag")));
    plot.append(make("g", { id: "lines", "clip-path": "url(#plot)" }));
    for (const k of now.points) {
      points[k] = make("circle", { "data-k": k, cx: across(now.share[k]).toFixed(1), cy: upright(now.lag[k]).toFixed(1), r: 4.2, fill: fill(k) });
      plot.append(points[k]);
    }
  }
  function drawLines(found) {
    const lines = find("lines");
    if (!lines) return;
    lines.replaceChildren();
    const line = function (name, b, units) {
      if (b === null) return;
      const x = units ? units.reduce((s, k) => s + now.share[k], 0) / units.length : now.mean;
      const y = units ? units.reduce((s, k) => s + now.lag[k], 0) / units.length : now.mean;
      const [low, high] = units ? ends(units.map((k) => now.share[k])) : [across.low, across.high];
      lines.append(make("path", { class: "slope " + name, d: "M" + across(low) + " " + upright(y + b * (low - x)) + "L" + across(high) + " " + upright(y + b * (high - x)) }));
    };
    line("all", found.all, null);
    if (chosen.size) {
      line("out", found.out, now.points.filter((k) => !chosen.has(k)));
      line("in", found.in, now.points.filter((k) => chosen.has(k)));
    }
  }

  function legend() {
    const view = state.fill === "cluster" ? "cluster" : state.class;
    for (const list of document.querySelectorAll("#legend ul")) {
      list.hidden = list.dataset.view !== view;
      if (list.hidden) continue;
      const codes = state.fill === "cluster" ? now.cluster : Array.from(now.bin, (b, k) => b === "-" ? data.colours[state.class].length : Number(b));
      Array.from(list.children).forEach((item, place) => {
        // Last come "no data" and "unresolved", which most maps do not need.
        const last = list.children.length - 1;
        const count = place === last ? now.open.size : codes.filter((c) => c === place).length;
        item.querySelector("b").textContent = "(" + count + ")";
        item.hidden = place >= last - 1 && !count;
      });
    }
    const absent = data.alphabet.filter((k) => now.share[k] === null).map((k) => data.names[k]);
    find("absent").textContent = absent.length ? say("absent", { names: absent.join(", ") }) : "";
  }

  function cell(row, place, text, swatch) {
    const target = row.cells[place];
    target.textContent = text;
    if (swatch) { const dot = document.createElement("span"); dot.className = "dot"; dot.style.background = swatch; target.prepend(dot); }
  }
  const flat = (cluster) => cluster < 5 ? data.clusters[cluster].fill : "#fff";
  for (const row of rows)
    for (const head of Array.from(find("table").tHead.rows[0].cells).slice(2)) row.insertCell().className = head.className;
  function drawTable() {
    const all = data.stability[state.class];
    rows.forEach(function (row, k) {
      const [count, kind] = steadiest(k);
      cell(row, 2, data.places[k]);
      cell(row, 3, value(now.share[k]) + (now.open.has(k) ? " ?" : ""));
      cell(row, 4, value(now.lag[k]));
      cell(row, 5, shortP(now.p[k], 4));
      cell(row, 6, shortP(now.adjusted[k], 4));
      cell(row, 7, clusterWord(now.cluster[k]), flat(now.cluster[k]));
      cell(row, 8, !all ? "–" : count ? clusterWord(data.steady[kind]) + " " + percent(count / all.maps, 0) : "–");
    });
    sort();
  }
  function sort() {
    const all = data.stability[state.class];
    const worth = { selected: (k) => chosen.has(k) ? 0 : 1, share: (k) => now.share[k], lag: (k) => now.lag[k], p: (k) => now.p[k],
      adjusted: (k) => now.adjusted[k], cluster: (k) => now.cluster[k], stable: (k) => all ? steadiest(k)[0] : null }[order.key];
    const sign = order.down ? -1 : 1;
    const byName = (a, b) => collator.compare(data.names[a], data.names[b]);
    const sorted = everyone.slice().sort(function (a, b) {
      if (order.key === "name") return sign * byName(a, b);
      if (order.key === "region") return sign * collator.compare(data.places[a], data.places[b]) || byName(a, b);
      const [x, y] = [worth(a), worth(b)];
      if (x === null || y === null) return (x === null) - (y === null) || byName(a, b);
      return sign * (x - y) || byName(a, b);
    });
    const body = rows[0].parentNode, held = document.activeElement;
    body.append(...sorted.map((k) => rows[k]));
    if (held && held !== document.activeElement && body.contains(held)) held.focus({ preventScroll: true });
    for (const head of document.querySelectorAll("#table thead th")) {
      const mine = head.firstElementChild.value === order.key;
      if (mine) head.setAttribute("aria-sort", order.down ? "descending" : "ascending"); else head.removeAttribute("aria-sort");
    }
  }

  let saying = 0;
  function drawChosen() {
    shapes.forEach((shape, k) => shape.setAttribute("aria-selected", String(chosen.has(k))));
    over.halo.replaceChildren(...Array.from(chosen, outline));
    over.chosen.replaceChildren(...Array.from(chosen, outline));
    rows.forEach(function (row, k) {
      row.classList.toggle("chosen", chosen.has(k));
      row.querySelector("input").checked = chosen.has(k);
    });
    plot.classList.toggle("some", chosen.size > 0);
    points.forEach((circle, k) => { if (circle) circle.classList.toggle("chosen", chosen.has(k)); });
    const found = slopes();
    drawLines(found);
    for (const name of ["all", "in", "out"]) {
      find("slope-" + name).textContent = number(found[name], 3);
      find("slope-" + name).parentNode.hidden = name !== "all" && !chosen.size;
    }
    find("clear").disabled = !chosen.size;
    const units = data.alphabet.filter((k) => chosen.has(k)), values = units.map((k) => now.share[k]).filter((v) => v !== null);
    const listed = units.slice(0, 12).map((k) => data.names[k]).join(", ") + (units.length > 12 ? " " + say("more", { n: units.length - 12 }) : "");
    const text = !units.length ? say("none", { all: number(found.all, 3) }) : say(units.length === 1 ? "one" : "many", {
      n: units.length, names: listed, mean: value(values.length ? values.reduce((a, b) => a + b) / values.length : null),
      in: number(found.in, 3), out: number(found.out, 3), all: number(found.all, 3) });
    // Said once the brush rests, not at every step of it.
    clearTimeout(saying);
    saying = setTimeout(() => { find("told").textContent = text; }, 150);
    const members = find("region");
    if (members.selectedIndex > 0 && !same(data.groups[members.value], chosen)) members.selectedIndex = 0;
    if (order.key === "selected") sort();
  }
  const same = (list, set) => list.length === set.size && list.every((k) => set.has(k));

  function drawAt() {
    over.at.replaceChildren(...(at < 0 ? [] : [outline(at)]));
    over.near.replaceChildren(...(at < 0 ? [] : now.near[at].map(outline)));
    rows.forEach((row, k) => row.classList.toggle("at", k === at));
    points.forEach(function (circle, k) {
      if (!circle) return;
      circle.classList.toggle("at", k === at);
      circle.classList.toggle("near", at >= 0 && now.near[at].includes(k));
    });
    if (at >= 0 && points[at]) plot.append(points[at]);
    const box = find("pointed");
    box.replaceChildren();
    if (at < 0) { box.textContent = say("point"); return; }
    const name = document.createElement("strong");
    name.textContent = data.names[at];
    box.append(name, (data.places[at] ? " (" + data.places[at] + ")" : "") + ": " + sentence(at) + ". ");
    const neighbours = now.near[at].slice().sort((a, b) => collator.compare(data.names[a], data.names[b])).map((k) => data.names[k]);
    if (now.share[at] !== null) box.append(say("near", { n: neighbours.length, names: neighbours.join(", ") || "–" }) + " ");
    box.append(stabilitySentence(at) ? stabilitySentence(at) + "." : "");
  }
  function point(k) { if (k !== at) { at = k; drawAt(); } }

  // Specification curve
  const CH = 190, CM = 44, CB = 22;
  let CW = 720;
  const like = (values) => ["class", "year", "neighbours"].every(function (key) {
    const place = curve.keys.indexOf(key);
    return place < 0 || !curve.choices[place].values.includes(state[key]) || curve.choices[place].values[values[place]] === state[key];
  });
  function read() {
    const packed = data.curves[state.class];
    if (!packed) { curve = null; return; }
    if (curve && curve.packed === packed) return;
    const codes = unpack(packed.codes, 3);
    curve = { packed, choices: packed.choices, keys: packed.choices.map((c) => c.key), words: packed.words, effects: [], verdicts: [], values: [],
      p: unpack(packed.p, 2).map((v) => v === 4095 ? null : v) };
    const steps = unpack(packed.steps, 1);
    let effect = packed.least, step = 0;
    codes.forEach(function (code) {
      do effect += steps[step]; while (steps[step++] === 63);
      curve.effects.push(effect);
      curve.verdicts.push(code % packed.words.length);
      let rest = Math.floor(code / packed.words.length);
      const values = [];
      for (let c = packed.choices.length - 1; c >= 0; c--) { values[c] = rest % packed.choices[c].values.length; rest = Math.floor(rest / packed.choices[c].values.length); }
      curve.values.push(values);
    });
    spec = -1;
  }
  const strokeX = (i) => CM + (CW - CM) * (i + 0.5) / curve.effects.length;
  function drawCurve() {
    read();
    find("curve").hidden = !curve;
    find("no-curve").hidden = Boolean(curve);
    if (!curve) return;
    // One unit is one pixel, so that the writing stays legible on a phone.
    CW = Math.max(280, strokes.clientWidth || 720);
    strokes.setAttribute("viewBox", "0 0 " + CW + " " + CH);
    const count = curve.effects.length, low = Math.min(0, curve.effects[0]), high = Math.max(0, curve.effects[count - 1]);
    const y = (v) => (CH - CB - 6 - (v - low) / (high - low || 1) * (CH - CB - 14)).toFixed(1);
    strokes.replaceChildren();
    // Strokes of one word within half a pixel are one, the longest: thousands would keep the reader waiting.
    const found = curve.words.map(() => 0), paths = curve.words.map(() => new Map()), below = new Set();
    let alike = 0;
    for (let i = 0; i < count; i++) {
      const word = curve.verdicts[i], at = Math.round(2 * strokeX(i)) / 2, before = paths[word].get(at) || 0;
      found[word]++;
      paths[word].set(at, Math.abs(curve.effects[i]) > Math.abs(before) ? curve.effects[i] : before);
      if (like(curve.values[i])) { alike++; below.add(at); }
    }
    const upright = (x, from, to) => "M" + x + " " + from + "V" + to;
    const width = Math.max(1.3 * (CW - CM) / count, 1).toFixed(2);
    for (const v of new Set([low, 0, high])) strokes.append(make("text", { x: 0, y: Number(y(v)) + 4 }, number(v / 1000, 2)));
    strokes.append(make("path", { class: "zero", d: "M" + CM + " " + y(0) + "H" + CW }));
    // The rarest word last, so that its strokes are not painted over.
    const frequent = curve.words.map((_, w) => w).filter((w) => found[w]).sort((a, b) => found[b] - found[a]);
    for (const w of frequent) strokes.append(make("path", { class: curve.words[w][0], d: [...paths[w]].map(([x, v]) => upright(x, y(0), y(v))).join(""), "stroke-width": width }));
    strokes.append(make("path", { class: "like", d: [...below].map((x) => upright(x, CH - CB + 6, CH - 4)).join(""), "stroke-width": width }), make("path", { class: "cursor", id: "cursor", d: "" }));
    find("finding").textContent = told(curve.packed.title);
    find("curve-told").textContent = told(curve.packed.told);
    find("like").textContent = say("like", { n: number(alike, 0), of: number(count, 0) });
    const link = find("curve-link");
    link.hidden = !curve.packed.link;
    if (curve.packed.link) { link.dataset.page = curve.packed.link; link.href = curve.packed.link + "#" + root.lang; }
    const key = find("curve-key");
    key.replaceChildren();
    curve.words.forEach(function (word, w) {
      if (!found[w]) return;
      const sign = document.createElement("span");
      sign.className = "key " + word[0];
      key.append(sign, told(word[1]) + " (" + number(found[w], 0) + ")");
    });
    strokes.setAttribute("aria-valuemin", 1);
    strokes.setAttribute("aria-valuemax", count);
    strokes.setAttribute("aria-label", say("curve_label"));
    drawStroke();
  }
  function drawStroke() {
    const box = find("stroke");
    box.replaceChildren();
    const shown = spec < 0 ? 0 : spec;
    const parts = [[say("effect"), number(curve.effects[shown] / 1000, 3)], ["p", shortP(curve.p[shown], 3)], [say("verdict"), told(curve.words[curve.verdicts[shown]][1])]]
      .concat(curve.choices.map((choice, c) => [told(choice.name), told(choice.told[curve.values[shown][c]])]));
    strokes.setAttribute("aria-valuenow", shown + 1);
    strokes.setAttribute("aria-valuetext", parts.map((part) => part.join(" ")).join("; "));
    find("cursor").setAttribute("d", spec < 0 ? "" : "M" + strokeX(spec).toFixed(1) + " 0V" + CH);
    if (spec < 0) { const dd = document.createElement("dd"); dd.textContent = say("stroke"); const div = document.createElement("div"), dt = document.createElement("dt"); div.append(dt, dd); box.append(div); return; }
    for (const [name, value] of parts) {
      const div = document.createElement("div"), dt = document.createElement("dt"), dd = document.createElement("dd");
      dt.textContent = name; dd.textContent = value;
      div.append(dt, dd);
      box.append(div);
    }
  }
  function toStroke(i) { spec = Math.max(0, Math.min(curve.effects.length - 1, i)); drawStroke(); }
  function take() {
    if (spec < 0) return;
    const wanted = {};
    for (const key of ["year", "neighbours"]) {
      const place = curve.keys.indexOf(key);
      if (place >= 0) wanted[key] = curve.choices[place].values[curve.values[spec][place]];
    }
    change(wanted);
  }

  // Switches and address
  const possible = (wanted) => (data.series[wanted.class + "|" + wanted.year] && Object.hasOwn(data.neighbours, wanted.neighbours)
    && data.tails.includes(wanted.tail) && data.corrections.includes(wanted.correction) && ["share", "cluster"].includes(wanted.fill));
  const yearsOf = (name) => data.years.filter((year) => data.series[name + "|" + year]);
  function change(wanted, quiet) {
    const next = Object.assign({}, state, wanted);
    if (!yearsOf(next.class).includes(next.year)) { const years = yearsOf(next.class); next.year = years[years.length - 1]; }
    for (const key of Object.keys(first)) if (!possible(Object.assign({}, first, { class: next.class, year: next.year, [key]: next[key] }))) next[key] = state[key];
    if (!possible(next)) return;
    Object.assign(state, next);
    draw();
    if (!quiet) write();
  }
  function write() {
    const parts = Object.keys(first).filter((key) => state[key] !== first[key]).map((key) => key + "=" + encodeURIComponent(state[key]));
    if (chosen.size) parts.push("select=" + everyone.filter((k) => chosen.has(k)).map((k) => encodeURIComponent(data.ids[k])).join(","));
    history.replaceState(null, "", "#" + [root.lang].concat(parts).join("&"));
  }
  function asked() {
    // Shared links say the language first; the page itself reads it only where it stands alone.
    const address = location.hash, language = document.querySelector(".languages [value='" + address.slice(1).split("&")[0].replace(/\W/g, "") + "']");
    if (language && language.value !== root.lang) { language.click(); history.replaceState(null, "", address); }
    const wanted = Object.assign({}, first), units = new Set();
    for (const part of location.hash.slice(1).split("&")) {
      const [key, value] = [part.split("=")[0], part.slice(part.indexOf("=") + 1)];
      let parts;
      try { parts = value.split(",").map(decodeURIComponent); } catch (error) { continue; }
      if (key === "select") for (const id of parts) { const k = data.ids.indexOf(id); if (k >= 0) units.add(k); }
      else if (key in first) wanted[key] = parts.join(",");
    }
    chosen = units;
    Object.assign(state, first);
    change(data.series[wanted.class + "|" + wanted.year] ? wanted : Object.assign(wanted, { class: first.class, year: first.year }), true);
  }
  function choose(units, keep) {
    const next = keep ? new Set([...chosen, ...units]) : new Set(units);
    chosen = new Set(everyone.filter((k) => next.has(k)));
    drawChosen();
    write();
  }
  function toggle(k) { const next = new Set(chosen); if (!next.delete(k)) next.add(k); choose(next); }

  function read_form() {
    for (const name of ["class", "year", "neighbours"]) {
      const list = form.elements[name];
      for (const option of list.options) if (option.dataset.tr) option.textContent = option.dataset[root.lang];
      list.value = state[name];
    }
    for (const option of form.elements.year.options) option.disabled = !yearsOf(state.class).includes(option.value);
    for (const name of ["fill", "tail", "correction"]) form.elements[name].value = state[name];
    for (const option of find("region").querySelectorAll("option, optgroup")) {
      if (!option.dataset.tr) continue;
      if (option.label !== undefined && option.tagName === "OPTGROUP") option.label = option.dataset[root.lang]; else option.textContent = option.dataset[root.lang];
    }
  }
  function reading() {
    const tested = now.p.filter((p) => p !== null).length, found = now.cluster.filter((c) => c < NS).length;
    const name = (list, key) => told(list[key]);
    find("reading").textContent = say(found === 1 ? "reading_one" : "reading", { class: name(data.classes, state.class), year: state.year, neighbours: name(data.specs, state.neighbours),
      tail: name(data.tail_words, state.tail), correction: name(data.correction_words, state.correction), n: found, of: tested, moran: number(slopes().all, 3) });
  }
  function draw() {
    now = looked();
    read_form();
    drawMap();
    drawPlot();
    legend();
    drawTable();
    drawChosen();
    drawAt();
    drawCurve();
    reading();
  }

  // Pointer: hover, click and brush, the same on map and plot
  const tip = find("tip");
  function near_tip(event, text) {
    tip.hidden = !text;
    if (!text) return;
    tip.textContent = text;
    tip.style.left = Math.min(event.clientX + 14, root.clientWidth - tip.offsetWidth - 4) + "px";
    tip.style.top = (event.clientY + 18 + tip.offsetHeight > innerHeight ? event.clientY - tip.offsetHeight - 10 : event.clientY + 18) + "px";
  }
  const unitOf = (element) => element && element.closest && element.closest("[data-k]") ? Number(element.closest("[data-k]").dataset.k) : -1;
  function pointing(svg, position) {
    let start = null, rect = null, before = null;
    const place = (event) => new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    const stopBrush = () => { if (rect) rect.remove(); start = rect = null; };
    svg.addEventListener("pointerdown", function (event) {
      // A finger scrolls the page; it selects by tapping, and by the list and the table.
      if (event.button !== 0 || event.pointerType === "touch") return;
      start = { at: place(event), x: event.clientX, y: event.clientY };
      before = event.shiftKey || event.ctrlKey || event.metaKey ? new Set(chosen) : new Set();
    });
    svg.addEventListener("pointermove", function (event) {
      if (start && !rect && Math.hypot(event.clientX - start.x, event.clientY - start.y) > 4) {
        rect = make("rect", { class: "brush" });
        svg.append(rect);
        svg.setPointerCapture(event.pointerId);
        near_tip(event, "");
      }
      if (!rect) {
        const k = unitOf(event.target);
        point(k);
        near_tip(event, k < 0 || event.pointerType === "touch" ? "" : data.names[k] + " " + value(now.share[k]));
        return;
      }
      const end = place(event), [x, y] = [Math.min(start.at.x, end.x), Math.min(start.at.y, end.y)];
      const [width, height] = [Math.abs(start.at.x - end.x), Math.abs(start.at.y - end.y)];
      for (const [key, value] of Object.entries({ x, y, width, height })) rect.setAttribute(key, value);
      const inside = everyone.filter(function (k) {
        const p = position(k);
        return p && p[0] >= x && p[0] <= x + width && p[1] >= y && p[1] <= y + height;
      });
      chosen = new Set(everyone.filter((k) => before.has(k) || inside.includes(k)));
      drawChosen();
    });
    svg.addEventListener("pointerup", function (event) {
      if (rect) { stopBrush(); choose(chosen); return; }
      stopBrush();
      const k = unitOf(event.target);
      if (k < 0) { if (event.pointerType !== "touch" && !event.shiftKey) choose([]); return; }
      point(k);
      stopAt(k, false);
      if (event.shiftKey || event.ctrlKey || event.metaKey || event.pointerType === "touch" || (chosen.size === 1 && chosen.has(k))) toggle(k);
      else choose([k]);
    });
    svg.addEventListener("pointercancel", stopBrush);
    svg.addEventListener("pointerleave", function (event) { near_tip(event, ""); if (!rect) point(map.contains(document.activeElement) ? stop : -1); });
  }
  pointing(map, (k) => data.at[k]);
  pointing(plot, (k) => points[k] && [across(now.share[k]), upright(now.lag[k])]);

  // Keyboard: one tab stop, the arrows lead to the nearest in their direction
  function stopAt(k, focus) {
    shapes[stop].setAttribute("tabindex", -1);
    stop = k;
    shapes[k].setAttribute("tabindex", 0);
    if (focus) shapes[k].focus({ preventScroll: true });
  }
  const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  function nearest(k, way) {
    let best = -1, least = Infinity;
    for (const j of everyone) {
      const [dx, dy] = [data.at[j][0] - data.at[k][0], data.at[j][1] - data.at[k][1]];
      const ahead = dx * way[0] + dy * way[1], aside = Math.abs(dx * way[1]) + Math.abs(dy * way[0]);
      const cost = ahead + 2 * aside;
      if (j !== k && ahead > 0 && aside <= 2 * ahead && cost < least) { best = j; least = cost; }
    }
    return best;
  }
  map.addEventListener("keydown", function (event) {
    const k = unitOf(event.target);
    if (k < 0 || event.altKey) return;
    let next = -1;
    if (event.key in WAYS) next = nearest(k, WAYS[event.key]);
    else if (event.key === "Home") next = data.alphabet[0];
    else if (event.key === "End") next = data.alphabet[n - 1];
    else if (event.key === " " || event.key === "Enter") toggle(k);
    else if (event.key === "Escape") choose([]);
    else return;
    event.preventDefault();
    if (next < 0) return;
    if (event.shiftKey && event.key in WAYS) choose([k, next], true);
    stopAt(next, true);
  });
  map.addEventListener("focusin", (event) => point(unitOf(event.target)));
  map.addEventListener("focusout", () => point(-1));

  rows.forEach(function (row, k) {
    row.addEventListener("pointerenter", () => point(k));
    row.addEventListener("pointerleave", () => point(-1));
    row.querySelector("input").addEventListener("focus", () => point(k));
    row.querySelector("input").addEventListener("change", () => toggle(k));
    row.addEventListener("click", function (event) { if (event.target.tagName !== "INPUT") toggle(k); });
  });
  find("table").tHead.addEventListener("click", function (event) {
    const button = event.target.closest("button");
    if (!button) return;
    order = { key: button.value, down: order.key === button.value ? !order.down : ["share", "lag", "stable"].includes(button.value) };
    sort();
  });
  form.addEventListener("change", function (event) { change({ [event.target.name]: event.target.value }); });
  form.addEventListener("submit", (event) => event.preventDefault());
  find("region").addEventListener("change", function () { if (this.value !== "") choose(data.groups[this.value]); });
  find("clear").addEventListener("click", () => choose([]));
  find("invert").addEventListener("click", () => choose(everyone.filter((k) => !chosen.has(k))));

  const strokeAt = (event) => Math.floor((new DOMPoint(event.clientX, event.clientY).matrixTransform(strokes.getScreenCTM().inverse()).x - CM) / (CW - CM) * curve.effects.length);
  strokes.addEventListener("pointermove", (event) => toStroke(strokeAt(event)));
  strokes.addEventListener("click", function (event) { toStroke(strokeAt(event)); if (event.pointerType !== "touch") take(); });
  strokes.addEventListener("keydown", function (event) {
    const count = curve.effects.length, page = Math.max(1, Math.round(count / 20)), from = spec < 0 ? 0 : spec;
    const next = { ArrowRight: from + 1, ArrowUp: from + 1, ArrowLeft: from - 1, ArrowDown: from - 1, PageUp: from + page, PageDown: from - page, Home: 0, End: count - 1 }[event.key];
    if (event.key === "Enter" || event.key === " ") take();
    else if (next === undefined) return;
    else toStroke(next);
    event.preventDefault();
  });

  // The table as it stands, for a spreadsheet; a name that looks like a formula is none.
  function quoted(text) {
    const safe = /^[=+@\t\r-]/.test(text) && !/^-[\d.]+$/.test(text) ? "'" + text : text;
    return /[",\n\r]/.test(safe) ? '"' + safe.replace(/"/g, '""') + '"' : safe;
  }
  find("save").addEventListener("click", function () {
    const decimals = (p) => p === null ? "" : String(p / 1e4);
    const lines = [["id", "name", "selected", "class", "year", "neighbours", "share", "lag", "p_value", "p_adjusted", "cluster"]].concat(everyone.map((k) => [data.ids[k], data.names[k], chosen.has(k) ? "1" : "0",
      state.class, state.year, state.neighbours, now.share[k] === null ? "" : String(now.share[k]), now.lag[k] === null ? "" : String(now.lag[k]), decimals(now.p[k]), decimals(now.adjusted[k]), data.clusters[now.cluster[k]].key]));
    const link = document.createElement("a");
    link.href = "data:text/csv;charset=utf-8," + encodeURIComponent("\ufeff" + lines.map((line) => line.map(quoted).join(",")).join("\n") + "\n");
    link.download = "explorer.csv";
    link.click();
  });

  stopAt(stop, false);
  asked();
  document.addEventListener("language", function () { draw(); if (location.hash === "#" + root.lang) write(); });
  window.addEventListener("hashchange", asked);
  window.addEventListener("resize", function () { if (curve && strokes.clientWidth !== CW) drawCurve(); });
})();
