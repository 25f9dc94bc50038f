// Two plans side by side. The plans of a province are a script of their own, loaded when it is chosen, so that pages
// from a disk work, too. The address keeps the choice. Without this script the page has the links to all provinces.
(function () {
  "use strict";
  var sides = ["a", "b"], shown = document.getElementById("shown"), table = document.getElementById("compare");
  var chosen = { a: null, b: null }, loading = {};

  function field(name, side) { return document.getElementById(name + "-" + side); }

  function hasOption(select, value) {
    return Array.prototype.some.call(select.options, function (one) { return one.value === value; });
  }

  function load(province, done) {
    var plans = (window.khelangPlans || {})[province];
    if (plans) { done(plans); return; }
    if (loading[province]) { loading[province].push(done); return; }
    loading[province] = [done];
    var script = document.createElement("script");
    function ready() {
      var waiting = loading[province];
      delete loading[province];
      waiting.forEach(function (one) { one((window.khelangPlans || {})[province] || []); });
    }
    script.src = province + ".js";
    script.onload = script.onerror = ready;
    document.head.appendChild(script);
  }

  function fill(side, plan, done) {
    var province = field("province", side).value, select = field("plan", side);
    while (select.options.length > 1) select.remove(1);
    select.disabled = true;
    chosen[side] = null;
    if (!province) { done(); return; }
    load(province, function (plans) {
      if (field("province", side).value !== province) return;
      plans.forEach(function (one) {
        var option = document.createElement("option");
        option.value = one.slug;
        option.textContent = one.label;
        select.appendChild(option);
      });
      select.disabled = !plans.length;
      select.value = plan && hasOption(select, plan) ? plan : "";
      choose(side);
      done();
    });
  }

  function choose(side) {
    var plans = (window.khelangPlans || {})[field("province", side).value] || [], slug = field("plan", side).value;
    chosen[side] = plans.filter(function (one) { return one.slug === slug; })[0] || null;
  }

  function show(missing) {
    sides.forEach(function (side, at) {
      var plan = chosen[side], head = document.getElementById("head-" + side);
      if (plan) {
        var link = document.createElement("a");
        link.href = "../plans/" + encodeURIComponent(plan.slug) + ".html";
        link.textContent = plan.label;
        head.replaceChildren(link);
      } else {
        head.textContent = document.querySelector("label[for=plan-" + side + "]").textContent;
      }
      Array.prototype.forEach.call(table.tBodies[0].rows, function (row, number) {
        row.cells[at + 1].textContent = plan ? plan.cells[number] : "–";
      });
    });
    var text = missing ? shown.dataset.missing : chosen.a && chosen.b ? shown.dataset.both : shown.dataset.choose;
    shown.textContent = text.replace("{a}", chosen.a ? chosen.a.label : "").replace("{b}", chosen.b ? chosen.b.label : "");
  }

  function remember() {
    var hash = new URLSearchParams();
    sides.forEach(function (side) {
      var province = field("province", side).value;
      if (province) hash.set(side, province + "/" + field("plan", side).value);
    });
    history.replaceState(null, "", "#" + hash.toString().replace(/%2F/g, "/"));
  }

  function recall() {
    var hash = new URLSearchParams(location.hash.slice(1)), waiting = sides.length, missing = false;
    sides.forEach(function (side) {
      var parts = (hash.get(side) || "").split("/"), province = field("province", side);
      var plan = parts.slice(1).join("/");
      province.value = hasOption(province, parts[0]) ? parts[0] : "";
      fill(side, plan, function () {
        missing = missing || Boolean(parts[0]) && (province.value !== parts[0] || Boolean(plan) && !chosen[side]);
        waiting -= 1;
        if (!waiting) show(missing);
      });
    });
  }

  sides.forEach(function (side) {
    field("province", side).addEventListener("change", function () {
      fill(side, "", function () { show(false); remember(); });
    });
    field("plan", side).addEventListener("change", function () { choose(side); show(false); remember(); });
  });
  window.addEventListener("hashchange", recall);
  recall();
})();
