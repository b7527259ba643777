"use strict";
(function () {
  const form = document.querySelector("form.filters");
  const rows = Array.from(document.querySelectorAll("table.claims tbody tr"));
  const told = form.querySelector("[role=status]");
  // Turkish first: I is ı and İ is i; then accents go, so that "aydin" finds Aydın.
  const fold = (text) => text.toLocaleLowerCase("tr").normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/ı/g, "i");
  const texts = rows.map((row) => fold(row.textContent));
  function show() {
    const words = fold(form.elements.search.value).split(/\s+/).filter(Boolean);
    let count = 0;
    rows.forEach(function (row, k) {
      const kept = ["verdict", "province", "class", "year"].every(function (name) {
        const wanted = form.elements[name].value;
        return !wanted || row.dataset[name].split("|").includes(wanted);
      }) && words.every((word) => texts[k].includes(word));
      row.hidden = !kept;
      count += kept;
    });
    const language = document.documentElement.lang;
    told.textContent = told.dataset[language].replace("{n}", count).replace("{of}", rows.length);
  }
  function speak() {
    for (const option of form.querySelectorAll("option")) option.textContent = option.dataset[document.documentElement.lang];
    show();
  }
  // A link to a statement must lead to it even while the filters hide it.
  function reach() {
    const wanted = document.getElementById(location.hash.slice(1));
    if (wanted && wanted.hidden) { form.reset(); show(); wanted.scrollIntoView(); }
  }
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", show);
  form.addEventListener("reset", () => setTimeout(show));
  document.addEventListener("language", speak);
  window.addEventListener("hashchange", reach);
  speak();
})();
