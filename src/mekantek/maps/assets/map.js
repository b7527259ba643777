(function (map, shapes) {
  "use strict";
  const drawing = JSON.parse(document.getElementById("drawing").textContent);
  const NS = "http://www.w3.org/2000/svg";
  const layers = new Map();
  shapes.eachLayer(function (layer) { layers.set(String(layer.feature.id), layer); });

  function hatching() {
    const svg = map.getPane("overlayPane").querySelector("svg");
    if (!svg || svg.querySelector("#hatches")) return;
    const defs = document.createElementNS(NS, "defs");
    defs.id = "hatches";
    for (const [name, back] of Object.entries(drawing.hatches)) {
      const pattern = document.createElementNS(NS, "pattern");
      for (const [key, value] of Object.entries({ id: "hatch-" + name, width: 7, height: 7,
        patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" })) pattern.setAttribute(key, value);
      for (const [width, colour] of [[7, back[0]], [2, back[1]]]) {
        const rect = document.createElementNS(NS, "rect");
        rect.setAttribute("width", width); rect.setAttribute("height", 7); rect.setAttribute("fill", colour);
        pattern.appendChild(rect);
      }
      defs.appendChild(pattern);
    }
    svg.insertBefore(defs, svg.firstChild);
  }

  map.attributionControl.setPrefix("Leaflet 1.9");
  const rings = L.layerGroup().addTo(map);
  let current = drawing.views[0];
  function told(unit) {
    const box = document.createElement("div");
    const name = document.createElement("strong");
    name.textContent = unit.name;
    box.append(name);
    for (const line of (drawing.told[current.told][unit.id] || { tr: [], en: [] })[document.documentElement.lang]) {
      box.append(document.createElement("br"), document.createTextNode(line));
    }
    return box;
  }
  function draw(view) {
    current = view;
    hatching();
    rings.clearLayers();
    for (const unit of drawing.units) {
      const layer = layers.get(unit.id);
      const fill = view.fill[unit.id];
      const marked = (view.marked || []).includes(unit.id);
      layer.setStyle({ fillColor: fill.startsWith("hatch-") ? "url(#" + fill + ")" : fill, fillOpacity: 1,
        color: marked ? "#000000" : "#5c5c5c", weight: marked ? 2.5 : 0.7 });
      if (marked) layer.bringToFront();
      const size = (view.circles || {})[unit.id];
      if (size) for (const [colour, weight] of [["#ffffff", 3.5], ["#111111", 1.4]])
        L.circleMarker(unit.at, { radius: size, color: colour, weight: weight, fill: false,
          interactive: false }).addTo(rings);
    }
    for (const legend of document.querySelectorAll(".legends > [data-view]"))
      legend.hidden = legend.dataset.view !== view.key;
  }
  for (const unit of drawing.units)
    layers.get(unit.id).bindTooltip(function () { return told(unit); }, { sticky: true });
  for (const radio of document.querySelectorAll("fieldset.views input"))
    radio.addEventListener("change", function () {
      draw(drawing.views.find(function (view) { return view.key === radio.value; }));
    });
  const chosen = document.querySelector("fieldset.views input:checked");
  draw(chosen ? drawing.views.find(function (v) { return v.key === chosen.value; }) : drawing.views[0]);

  function fit() { map.invalidateSize(false); map.fitBounds(drawing.bounds, { animate: false, padding: [4, 4] }); }
  fit();
  window.addEventListener("resize", fit);

  const save = document.getElementById("save");
  save.addEventListener("click", function () {
    const content = document.getElementById("csv").content.textContent;
    const link = document.createElement("a");
    link.href = "data:text/csv;charset=utf-8," + encodeURIComponent("\ufeff" + content);
    link.download = save.dataset.name;
    link.click();
  });
})
