// Sets the theme before anything is drawn, and lets the button switch it. A plain script: it has to run at once.
(function () {
  "use strict";
  var root = document.documentElement;
  var dark = window.matchMedia("(prefers-color-scheme: dark)");

  function stored() {
    try { return localStorage.getItem("theme"); } catch (_) { return null; }
  }

  function apply() {
    root.dataset.theme = stored() || (dark.matches ? "dark" : "light");
  }

  apply();
  dark.addEventListener("change", apply);
  document.addEventListener("click", function (event) {
    if (!event.target.closest || !event.target.closest("#theme")) return;
    try { localStorage.setItem("theme", root.dataset.theme === "dark" ? "light" : "dark"); } catch (_) { /* private window */ }
    apply();
  });
})();
