// The errata: search and filters, with the number of what is shown and a permalink. Without it all of them show.
(function () {
  "use strict";
  var shown = document.getElementById("shown");
  if (!shown) return;
  var names = ["q", "weight", "topic"], fields = {};
  names.forEach(function (name) { fields[name] = document.getElementById(name); });
  var sections = Array.prototype.slice.call(document.querySelectorAll(".weighted"));

  function show() {
    var wanted = {}, count = 0, hash = new URLSearchParams();
    names.forEach(function (name) {
      wanted[name] = fields[name].value.trim().toLowerCase();
      if (wanted[name]) hash.set(name, fields[name].value.trim());
    });
    sections.forEach(function (section) {
      var here = 0;
      section.querySelectorAll("tbody tr").forEach(function (row) {
        var is = (!wanted.weight || row.dataset.weight === wanted.weight) && (!wanted.topic || row.dataset.topic === wanted.topic) &&
          wanted.q.split(/\s+/).every(function (word) { return row.textContent.toLowerCase().indexOf(word) >= 0; });
        row.hidden = !is;
        here += is ? 1 : 0;
      });
      section.hidden = !here;
      count += here;
    });
    shown.textContent = shown.dataset.all.replace("{count}", count.toLocaleString("en-US"));
    return hash.toString();
  }

  function recall() {
    if (/^#[a-z0-9-]+$/.test(location.hash)) { show(); return; }
    var hash = new URLSearchParams(location.hash.slice(1));
    names.forEach(function (name) { fields[name].value = hash.get(name) || ""; });
    show();
  }

  names.forEach(function (name) {
    fields[name].addEventListener("input", function () { history.replaceState(null, "", "#" + show()); });
  });
  document.getElementById("reset").addEventListener("click", function () {
    names.forEach(function (name) { fields[name].value = ""; });
    history.replaceState(null, "", "#" + show());
  });
  window.addEventListener("hashchange", recall);
  recall();
})();
