"use strict";
// Writes the names of shapes: each within its shape where it fits, else beside it, over no other name.
function writeNames(group, named, size, area) {
  const SVG = "http://www.w3.org/2000/svg";
  const at = group.ownerSVGElement.createSVGPoint();
  const inside = (shape, x, y) => { at.x = x; at.y = y; return shape.isPointInFill(at); };
  // Corners, and the middles of the long sides: what a shape holds of a name.
  const corners = ([x, y], w, h) => [-1, 0, 1].flatMap((a) => [[x + a * w, y - h], [x + a * w, y + h]]);
  const texts = named.map(function ([, name]) {
    const text = document.createElementNS(SVG, "text");
    text.textContent = name;
    return text;
  });
  group.setAttribute("class", "names");
  group.setAttribute("font-size", size.toFixed(2));
  group.replaceChildren(...texts);
  const taken = [];
  named.forEach(function ([shape], k) {
    const box = shape.getBBox(), w = texts[k].getComputedTextLength() / 2 + size * 0.2, h = size * 0.65;
    const middle = [box.x + box.width / 2, box.y + box.height / 2];
    const holds = (place, room) => corners(place, w + room, h + room).every(([x, y]) => inside(shape, x, y));
    const away = ([x, y]) => Math.hypot(x - middle[0], y - middle[1]);
    const within = [];
    for (let a = 1; a < 16; a++) for (let b = 1; b < 16; b++)
      within.push([box.x + box.width * a / 16, box.y + box.height * b / 16]);
    const beside = [[middle[0], box.y - h], [middle[0], box.y + box.height + h],
      [box.x + box.width + w, middle[1]], [box.x - w, middle[1]]];
    const others = named.filter((other, j) => j !== k).map(([other]) => other);
    const free = ([x, y]) => x - w >= area[0] && y - h >= area[1] && x + w <= area[2] && y + h <= area[3] &&
      !taken.some((t) => Math.abs(t.x - x) < t.w + w && Math.abs(t.y - y) < t.h + h);
    const fitting = (room) => within.filter((p) => holds(p, room) && free(p)).sort((p, q) => away(p) - away(q))[0];
    const place = fitting(size / 2) || fitting(0) ||
      beside.find((p) => free(p) && !others.some((other) => corners(p, w, h).some(([x, y]) => inside(other, x, y)))) ||
      beside.find(free);
    if (!place) { texts[k].remove(); return; }
    taken.push({ x: place[0], y: place[1], w, h });
    texts[k].setAttribute("x", place[0].toFixed(1));
    texts[k].setAttribute("y", (place[1] + size * 0.35).toFixed(1));
  });
}
