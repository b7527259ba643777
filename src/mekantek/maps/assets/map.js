(function (map, shapes) {
  "use strict";
  const drawing = JSON.parse(document.getElementById("drawing").textContent);
  const root = document.documentElement;
  const box = map.getContainer();
  const table = document.getElementById("data");
  const extra = document.getElementById("extra");
  const heads = table.tHead.rows[0].cells;
  const rows = new Map();
  for (const row of table.tBodies[0].rows) rows.set(row.dataset.id, row);
  const layers = new Map();
  shapes.eachLayer(function (layer) { layers.set(String(layer.feature.id), layer); });
  let current = drawing.views[0];

  // Names and values are read from the table, as text: one place where they are written.
  function words(cell) {
    return (cell.querySelector('[lang="' + root.lang + '"]') || cell).textContent;
  }
  function lines(unit) {
    const cells = rows.get(unit.id).cells;
    return current.columns.filter(function (k) { return words(cells[k + 1]); })
      .map(function (k) { return words(heads[k + 1]) + ": " + words(cells[k + 1]); });
  }
  function told(unit) {
    const told = document.createElement("div");
    const name = document.createElement("strong");
    name.textContent = words(rows.get(unit.id).cells[0]);
    told.append(name);
    for (const line of lines(unit)) told.append(document.createElement("br"), line);
    return told;
  }

  function stroke(name) {
    const [color, width, dash] = drawing.strokes[name];
    return { color, weight: width * Math.min(1, scale() + 0.15), opacity: 1, dashArray: dash || null };
  }
  const over = L.layerGroup().addTo(map);
  // Names are part of the picture, so that they are printed with it.
  const names = document.createElementNS("http://www.w3.org/2000/svg", "g");
  function name() {
    const marked = drawing.units.filter(function (unit) { return current.marked.includes(unit.id); });
    map.getPane("overlayPane").querySelector("svg").append(names);
    const [from, to] = [[0, 0], map.getSize()].map(function (corner) { return map.containerPointToLayerPoint(corner); });
    writeNames(names, marked.map(function (unit) {
      return [layers.get(unit.id).getElement(), words(rows.get(unit.id).cells[0])]; }), 12.5, [from.x, from.y, to.x, to.y]);
  }
  function scale() { return Math.max(0.45, Math.min(1.2, map.getSize().x / 1080)); }
  function overlays() {
    over.clearLayers();
    // One path for all lines of a kind: hundreds of layers would keep the reader waiting.
    for (const kind of ["line", "dashed"]) {
      const ends = current.lines.filter(function (line) { return line[4] ? kind === "dashed" : kind === "line"; })
        .map(function (line) { return [[line[0], line[1]], [line[2], line[3]]]; });
      if (ends.length) L.polyline(ends, { interactive: false, ...stroke(kind) }).addTo(over);
    }
    for (const unit of drawing.units) {
      const size = current.circles[unit.id];
      if (size) for (const ring of drawing.rings)
        L.circleMarker(unit.at, { radius: Math.max(1.2, size * scale()), fill: false, interactive: false, ...stroke(ring) }).addTo(over);
    }
    name();
    for (const svg of document.querySelectorAll("svg.size")) {
      const radius = svg.dataset.radius * scale();
      svg.setAttribute("width", 2 * radius + 2);
      svg.setAttribute("height", 2 * radius + 2);
      svg.firstElementChild.setAttribute("r", radius);
    }
  }
  function label() {
    box.setAttribute("aria-label", drawing.title[root.lang]);
    for (const unit of drawing.units) {
      const path = layers.get(unit.id).getElement();
      if (path) path.setAttribute("aria-label", words(rows.get(unit.id).cells[0]) + ". " + lines(unit).join(". "));
    }
  }
  function draw() {
    const on = !extra || extra.checked;
    const raised = [];
    for (const unit of drawing.units) {
      const layer = layers.get(unit.id);
      const fill = on && current.extra[unit.id] || current.fill[unit.id];
      const marked = current.marked.includes(unit.id), dotted = current.dotted.includes(unit.id);
      layer.setStyle({ fillColor: fill.startsWith("hatch-") ? "url(#" + fill + ")" : fill, fillOpacity: 1,
        ...stroke(marked ? "marked" : dotted ? "dotted" : "shape") });
      if (marked || dotted) raised.push(layer);
    }
    for (const layer of raised) layer.bringToFront();
    for (const legend of document.querySelectorAll("#legend > [data-view]"))
      legend.hidden = legend.dataset.view !== current.key;
    for (const line of document.querySelectorAll("#legend [data-extra]")) line.hidden = !on;
    overlays();
    label();
  }

  // One tab stop for all units; the arrow keys walk through them in the order of the table.
  drawing.units.forEach(function (unit, k) {
    const layer = layers.get(unit.id);
    layer.bindTooltip(function () { return told(unit); }, { sticky: true });
    const path = layer.getElement();
    path.setAttribute("tabindex", k ? -1 : 0);
    path.setAttribute("role", "img");
    path.addEventListener("keydown", function (event) {
      const last = drawing.units.length - 1;
      const next = { ArrowRight: k + 1, ArrowDown: k + 1, ArrowLeft: k - 1, ArrowUp: k - 1, Home: 0, End: last }[event.key];
      if (next === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      const other = layers.get(drawing.units[Math.max(0, Math.min(last, next))].id).getElement();
      path.setAttribute("tabindex", -1);
      other.setAttribute("tabindex", 0);
      other.focus();
    });
    path.addEventListener("blur", function () { layer.closeTooltip(); });
  });
  box.setAttribute("role", "group");
  for (const radio of document.querySelectorAll("fieldset.views input[type=radio]"))
    radio.addEventListener("change", function () {
      current = drawing.views.find(function (view) { return view.key === radio.value; });
      draw();
    });
  const slider = document.getElementById("slider");
  function slide() {
    current = drawing.views[slider.value];
    slider.setAttribute("aria-valuetext", current.key);
    document.getElementById("shown").textContent = current.key;
    draw();
  }
  if (slider) { slider.addEventListener("input", slide); current = drawing.views[slider.value]; }
  const chosen = document.querySelector("fieldset.views input[type=radio]:checked");
  if (chosen) current = drawing.views.find(function (view) { return view.key === chosen.value; });
  if (extra) extra.addEventListener("change", draw);
  document.addEventListener("language", draw);
  map.on("zoomend", name);
  map.attributionControl.setPrefix('<a href="https://leafletjs.com">Leaflet</a>');

  let width = map.fitted || 0, drawn = false;
  function fit() {
    // A box without room has no zoom, and a map without a zoom never comes back.
    if (box.clientWidth === width || Math.min(box.clientWidth, box.clientHeight) < 40) return;
    width = box.clientWidth;
    map.invalidateSize(false);
    map.fitBounds(drawing.bounds, { animate: false, padding: drawing.padding });
    if (drawn) overlays();
  }
  fit();
  draw();
  drawn = true;
  new ResizeObserver(fit).observe(box);

  // A live map loses its edges on paper; a still copy of it prints whole.
  function still() {
    map.fitBounds(drawing.bounds, { animate: false, padding: drawing.padding });
    const live = map.getPane("overlayPane").querySelector("svg");
    const area = live.querySelector("g").getBBox();
    const copy = live.cloneNode(true);
    for (const attribute of ["style", "width", "height", "pointer-events"]) copy.removeAttribute(attribute);
    copy.setAttribute("viewBox", [area.x - 3, area.y - 3, area.width + 6, area.height + 6].join(" "));
    copy.setAttribute("role", "img");
    copy.setAttribute("aria-label", drawing.title[root.lang]);
    document.getElementById("still").replaceChildren(copy);
  }
  window.addEventListener("beforeprint", still);
  window.addEventListener("afterprint", function () { document.getElementById("still").replaceChildren(); });
  window.matchMedia("print").addEventListener("change", function (event) { if (event.matches) still(); });

  const save = document.getElementById("save");
  save.addEventListener("click", function () {
    const link = document.createElement("a");
    link.href = "data:text/csv;charset=utf-8," + encodeURIComponent("\ufeff" + document.getElementById("csv").content.textContent);
    link.download = save.dataset.name;
    link.click();
  });
})
