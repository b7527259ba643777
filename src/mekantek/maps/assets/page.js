"use strict";
(function () {
  const root = document.documentElement;
  const titles = JSON.parse(document.getElementById("titles").textContent);
  function speak(language) {
    root.lang = language;
    document.title = titles[language];
    for (const button of document.querySelectorAll(".languages button"))
      button.setAttribute("aria-pressed", String(button.value === language));
    for (const link of document.querySelectorAll("a[data-page]"))
      link.setAttribute("href", link.dataset.page + "#" + language);
    document.dispatchEvent(new Event("language"));
  }
  for (const button of document.querySelectorAll(".languages button"))
    button.addEventListener("click", function () {
      history.replaceState(null, "", "#" + button.value);
      speak(button.value);
    });
  window.addEventListener("hashchange", function () {
    const wanted = location.hash.slice(1);
    if (wanted in titles) speak(wanted);
  });
  speak(location.hash.slice(1) in titles ? location.hash.slice(1) : root.lang);
})();
