// The table of projects: search, filters, the sum of what is shown, a permalink in the address, a download.
// Without it the page is a plain table. An ordinary script, for pages that are opened from a disk load no module.
(function () {
  "use strict";
  var table = document.getElementById("projects"), shown = document.getElementById("shown");
  var names = ["q", "dimension", "division", "audience", "kind", "year", "money", "errata"];
  var fields = {};
  names.forEach(function (name) { fields[name] = document.getElementById(name); });
  if (window.khelangRows) addRows(window.khelangRows);
  var rows = Array.prototype.map.call(table.tBodies[0].rows, read);
  var years = Array.prototype.map.call(fields.year.options, function (one) { return one.value; }).slice(1);

  function read(element) {
    var data = element.dataset;
    return {
      element: element,
      text: element.textContent.toLowerCase(),
      cells: data.years.split(" ").map(cell),
      whole: cell(data.whole),
      dimension: data.dimension, division: data.division, audience: data.audience.split(" "), kind: data.kind,
      money: data.money.split(" "), errata: data.errata === "0" ? "no" : "yes"
    };
  }

  function cell(text) {
    var parts = text.split(":");
    return { status: parts[0], satang: Math.round(Number(parts[1] || 0) * 100), amount: parts[1], least: parts[2] === "least" };
  }

  function matches(row, wanted, year) {
    var money = wanted.money;
    if (year >= 0) {
      var one = row.cells[year].status ? row.cells[year] : row.whole;
      if (!one.status || one.status === "not_run") return false;
      var funded = one.satang > 0 || one.least;
      if (money === "funded" && !funded) return false;
      if (money === "never" && funded) return false;
      if (money === "funded" || money === "never") money = "";
    }
    return (!wanted.dimension || row.dimension === wanted.dimension) &&
      (!wanted.division || row.division === wanted.division) &&
      (!wanted.audience || row.audience.indexOf(wanted.audience) >= 0) &&
      (!wanted.kind || row.kind === wanted.kind) &&
      (!money || row.money.indexOf(money) >= 0) &&
      (!wanted.errata || row.errata === wanted.errata) &&
      wanted.q.toLowerCase().split(/\s+/).every(function (word) { return row.text.indexOf(word) >= 0; });
  }

  function values() {
    var wanted = {};
    names.forEach(function (name) { wanted[name] = fields[name].value.trim(); });
    return wanted;
  }

  function show() {
    var wanted = values(), year = years.indexOf(wanted.year), count = 0, satang = 0, least = false;
    rows.forEach(function (row) {
      var is = matches(row, wanted, year);
      row.element.hidden = !is;
      if (!is) return;
      count += 1;
      (year >= 0 ? [row.cells[year]] : row.cells.concat(row.whole)).forEach(function (one) {
        satang += one.satang;
        least = least || one.least;
      });
    });
    var sum = (satang / 100).toLocaleString("en-US", satang % 100 ? { minimumFractionDigits: 2 } : {});
    var text = count ? (year >= 0 ? shown.dataset.year : shown.dataset.all) : shown.dataset.none;
    shown.textContent = text.replace("{count}", count.toLocaleString("en-US")).replace("{year}", wanted.year)
      .replace("{sum}", least ? shown.dataset.least.replace("{sum}", sum) : sum);
    remember(wanted);
  }

  // The permalink

  function sorted() {
    var heads = Array.prototype.slice.call(table.tHead.rows[0].cells);
    var at = heads.findIndex(function (head) { return head.hasAttribute("aria-sort") && head.getAttribute("aria-sort") !== "none"; });
    return at < 0 ? "" : at + (heads[at].getAttribute("aria-sort") === "descending" ? "d" : "a");
  }

  function remember(wanted) {
    var hash = new URLSearchParams();
    names.forEach(function (name) { if (wanted[name]) hash.set(name, wanted[name]); });
    if (sorted()) hash.set("sort", sorted());
    history.replaceState(null, "", "#" + hash.toString());
  }

  function recall() {
    var hash = new URLSearchParams(location.hash.slice(1));
    names.forEach(function (name) {
      fields[name].value = hash.get(name) || "";
      if (fields[name].value !== (hash.get(name) || "")) fields[name].value = "";
    });
    var sort = /^([0-9]+)([ad])$/.exec(hash.get("sort") || "");
    var head = sort && table.tHead.rows[0].cells[Number(sort[1])];
    for (var tries = 0; head && sorted() !== sort[0] && tries < 3; tries += 1) head.querySelector("button").click();
    show();
  }

  // The download: quoted, with a mark of its encoding, and no cell that a spreadsheet takes for a formula

  function quoted(text) {
    var safe = /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/.test(text) ? "'" + text : text;
    return '"' + safe.replace(/"/g, '""') + '"';
  }

  function label(name, value) {
    var found = Array.prototype.filter.call(fields[name].options, function (one) { return one.value === value; })[0];
    return found && value ? found.text.replace(/ \([0-9]+\)$/, "") : value;
  }

  function line(row) {
    var cells = row.element.cells, link = row.element.querySelector("th a");
    var texts = [cells[0].textContent, link.textContent, label("kind", row.kind), label("dimension", row.dimension), label("division", row.division)];
    row.cells.forEach(function (one) { texts.push(one.amount || "", one.status); });
    texts.push(row.whole.amount || "");
    return texts.map(quoted).join(",");
  }

  function csv() {
    var heads = Array.prototype.map.call(table.tHead.rows[0].cells, function (head) { return head.textContent.replace(/[↕↑↓]/g, "").trim(); });
    var first = [heads[0], heads[1]].concat(["kind", "dimension", "division"].map(function (name) { return document.querySelector("label[for=" + name + "]").textContent; }));
    years.forEach(function (year) { first.push(year, year + " status"); });
    first.push("whole period");
    var lines = Array.prototype.filter.call(table.tBodies[0].rows, function (row) { return !row.hidden; }).map(function (element) { return line(read(element)); });
    return "\uFEFF" + [first.map(quoted).join(",")].concat(lines).join("\r\n") + "\r\n";
  }

  function save() {
    var link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([csv()], { type: "text/csv;charset=utf-8" }));
    link.download = shown.dataset.file + ".csv";
    link.click();
    setTimeout(function () { URL.revokeObjectURL(link.href); }, 1000);
  }

  // Rows of a large plan, which the page itself has only the first of

  function addRows(content) {
    var body = table.tBodies[0], fragment = document.createDocumentFragment();
    content.rows.forEach(function (one) {
      var row = document.createElement("tr");
      Object.keys(one.data).forEach(function (name) { row.dataset[name] = one.data[name]; });
      one.cells.forEach(function (text, at) { row.appendChild(made(text, at, one)); });
      fragment.appendChild(row);
    });
    body.replaceChildren(fragment);
  }

  function made(text, at, one) {
    var element = document.createElement(at === 1 ? "th" : "td");
    if (at !== 1) {
      element.textContent = text;
      element.className = at === 0 ? "number" : at > 2 ? "figure" : "";
      if (at > 2) element.dataset.sort = one.sort[at - 3];
      return element;
    }
    var link = document.createElement("a"), under = document.createElement("span");
    link.href = one.page;
    link.textContent = text;
    under.className = "under";
    under.textContent = one.under;
    element.scope = "row";
    element.append(link, under);
    return element;
  }

  var waiting;
  names.forEach(function (name) {
    fields[name].addEventListener("input", function () {
      clearTimeout(waiting);
      waiting = setTimeout(show, name === "q" && rows.length > 500 ? 250 : 0);
    });
  });
  document.getElementById("reset").addEventListener("click", function () {
    names.forEach(function (name) { fields[name].value = ""; });
    show();
  });
  document.getElementById("save").addEventListener("click", save);
  table.addEventListener("sort-end", function () { remember(values()); });
  window.addEventListener("hashchange", recall);
  recall();
})();
