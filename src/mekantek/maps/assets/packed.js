"use strict";
// Numbers that mekantek.maps.explorer.packed wrote in base 64, each with the same number of digits.
const unpack = (function () {
  const digit = {};
  Array.from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_").forEach((c, k) => { digit[c] = k; });
  return function (text, width) {
    const found = [];
    for (let i = 0; i < text.length; i += width) {
      let value = 0;
      for (let j = i; j < i + width; j++) value = 64 * value + digit[text[j]];
      found.push(value);
    }
    return found;
  };
})();
