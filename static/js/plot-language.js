// Plotly's own words (the buttons over a plot) in the page's language: its locale is made of our catalogue, so that no other one is
// shipped and it says what this version asks for.

import { _ } from "./language.js";

/** Tell Plotly, once it is loaded; every plot after that speaks so. */
export function localise(plotly) {
  const tag = document.documentElement.lang;
  if (!plotly || !tag || tag.startsWith("en")) return;
  const name = tag.slice(0, 2); // Plotly looks for it by this
  plotly.register({
    moduleType: "locale", name, format: {},
    dictionary: {
      "Download plot as a PNG": _("Download plot as a PNG"), "Download plot as JSON": _("Download plot as JSON"), "Download plot": _("Download plot"),
      Zoom: _("Zoom"), "Zoom in": _("Zoom in"), "Zoom out": _("Zoom out"), Pan: _("Pan"), "Box Select": _("Box Select"), "Lasso Select": _("Lasso Select"),
      Autoscale: _("Autoscale"), Reset: _("Reset"), "Reset axes": _("Reset axes"), "Reset view": _("Reset view"),
      "Toggle Spike Lines": _("Toggle Spike Lines"), "Toggle show closest data on hover": _("Toggle show closest data on hover"),
      "Show closest data on hover": _("Show closest data on hover"), "Compare data on hover": _("Compare data on hover"),
      "Double-click to zoom back out": _("Double-click to zoom back out"),
      "Double-click on legend to isolate one trace": _("Double-click on legend to isolate one trace"),
      "Taking snapshot - this may take a few seconds": _("Taking snapshot - this may take a few seconds"), "Snapshot succeeded": _("Snapshot succeeded"),
      "Sorry, there was a problem downloading your snapshot!": _("Sorry, there was a problem downloading your snapshot!"),
    },
  });
  plotly.setPlotConfig({ locale: name });
}
