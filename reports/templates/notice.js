(function () {
  "use strict";

  function all(selector, root) { return Array.prototype.slice.call((root || document).querySelectorAll(selector)); }
  function words(element) { return element ? element.textContent.trim() : ""; }
  // Without the small print below it: units, marks, links to clauses.
  function heading(cell) {
    var copy = cell.cloneNode(true);
    all(".basis, .remark", copy).forEach(function (extra) { extra.remove(); });
    return words(copy);
  }

  var count = document.getElementById("filter-count");

  function say(text) { count.textContent = text; }

  // Sorting: a third press gives the printed order back. The city stays below, headings of groups hide meanwhile.
  function sortable(table) {
    var body = table.tBodies[0];
    var printed = all("tr", body);
    table.classList.add("can-sort");
    // The button lies over the heading, whose words stay where they are: printed headings repeat without buttons.
    all("thead th[data-sort]", table).forEach(function (head) {
      var button = document.createElement("button");
      var name = heading(head);
      button.type = "button";
      button.setAttribute("aria-label", "按" + name + "排序");
      head.appendChild(button);
      button.addEventListener("click", function () {
        var index = Number(head.getAttribute("data-sort"));
        var before = head.getAttribute("aria-sort");
        var order = before === null ? "ascending" : before === "ascending" ? "descending" : null;
        all("thead th[aria-sort]", table).forEach(function (other) { other.removeAttribute("aria-sort"); });
        if (order) { head.setAttribute("aria-sort", order); }
        table.classList.toggle("sorted", order !== null);
        var rows = order ? printed.slice().sort(function (a, b) { return compare(a, b, index, order); }) : printed;
        rows.forEach(function (row) { body.appendChild(row); });
        say(name + (order === "ascending" ? "：由小到大" : order ? "：由大到小" : "：恢复原来的次序"));
      });
    });
  }

  function compare(a, b, index, order) {
    var left = figure(a, index), right = figure(b, index);
    if (left === null || right === null) { return (left === null) - (right === null); }
    return order === "ascending" ? left - right : right - left;
  }

  function figure(row, index) {
    var number = row.cells[index] ? row.cells[index].getAttribute("data-number") : null;
    return number === null || number === "" ? null : Number(number);
  }

  // A picture's lines name rows of the table beside it, in their printed order.
  var charts = all("figure[data-table]").map(function (figure) {
    var table = document.getElementById(figure.getAttribute("data-table"));
    var printed = all("tbody tr, tfoot tr", table);
    var lines = all("path[data-line]", figure).map(function (path) {
      var row = printed[Number(path.getAttribute("data-line"))];
      return { path: path, row: row, reporter: row.getAttribute("data-reporter"), points: points(path) };
    });
    lines.sort(function (a, b) { return a.path.getAttribute("data-line") - b.path.getAttribute("data-line"); });
    return { figure: figure, table: table, lines: lines };
  });

  function points(path) {
    return path.getAttribute("d").split(/[A-Z]/).filter(Boolean).map(function (pair) {
      var both = pair.split(",");
      return { x: Number(both[0]), y: Number(both[1]) };
    });
  }

  all("table.data").forEach(sortable);

  // Filtering: one choice for every table and picture of the page.
  var bar = document.querySelector(".filter");
  var group = document.getElementById("filter-group");
  var name = document.getElementById("filter-name");
  var clear = document.getElementById("filter-clear");
  var heat = document.getElementById("heat");
  var reporters = all("#reporters option").map(function (option) {
    return { name: option.value.toLowerCase(), group: option.getAttribute("data-group") };
  });
  var rows = all("tr[data-reporter], figure[data-reporter]");
  var headings = all("tr.group").map(function (head) {
    var members = [];
    for (var row = head.nextElementSibling; row && !row.classList.contains("group"); row = row.nextElementSibling) {
      members.push(row);
    }
    return { head: head, members: members };
  });

  function filter() {
    var wanted = name.value.trim().toLowerCase().split(/[\s、，,；;]+/).filter(Boolean);
    var inGroup = group ? group.value : "";
    var isFiltered = wanted.length > 0 || inGroup !== "";
    var shown = reporters.map(function (one) {
      return (!inGroup || one.group === inGroup) &&
        (!wanted.length || wanted.some(function (word) { return one.name.indexOf(word) >= 0; }));
    });
    rows.forEach(function (row) { row.hidden = !shown[Number(row.getAttribute("data-reporter"))]; });
    headings.forEach(function (one) { one.head.hidden = one.members.every(function (row) { return row.hidden; }); });
    if (heat) { filterHeat(shown); }
    charts.forEach(function (chart) {
      chart.lines.forEach(function (line) {
        line.path.classList.toggle("chosen", isFiltered && line.reporter !== null && shown[Number(line.reporter)]);
      });
    });
    clear.hidden = !isFiltered;
    say("显示 " + shown.filter(Boolean).length + " 个，共 " + reporters.length + " 个填报单位");
  }

  // There the reporters are columns; the city's, which nobody filters for, stays.
  function filterHeat(shown) {
    var heads = all("thead tr:last-child th", heat);
    var visible = heads.map(function (head) {
      var reporter = head.getAttribute("data-across");
      return reporter === null || shown[Number(reporter)];
    });
    heads.forEach(function (head, number) { head.hidden = !visible[number]; });
    all("tbody tr", heat).forEach(function (row) {
      visible.forEach(function (isVisible, number) { row.cells[number + 1].hidden = !isVisible; });
    });
    var number = 0;
    all("th[data-span]", heat).forEach(function (head) {
      var span = Number(head.getAttribute("data-span"));
      var left = visible.slice(number, number + span).filter(Boolean).length;
      head.hidden = left === 0;
      head.colSpan = left || span;
      number += span;
    });
  }

  if (reporters.length > 1) {
    bar.hidden = false;
    if (group) { group.addEventListener("change", filter); }
    name.addEventListener("input", filter);
    clear.addEventListener("click", function () {
      name.value = "";
      if (group) { group.value = ""; }
      filter();
      name.focus();
    });
    filter();
  }

  // The card: beside a link to a clause, the target's row; beside a line, its figure.
  var card = document.getElementById("card");
  var leaving = null;
  var shownAt = 0;

  function show(content, box) {
    clearTimeout(leaving);
    shownAt = window.scrollY;
    card.replaceChildren(content);
    card.hidden = false;
    var left = Math.min(box.left, document.documentElement.clientWidth - card.offsetWidth - 8);
    var below = box.bottom + 6;
    var fits = below + card.offsetHeight < window.innerHeight;
    card.style.left = Math.max(8, left) + "px";
    card.style.top = Math.max(8, fits ? below : box.top - card.offsetHeight - 6) + "px";
  }

  function hide() { card.hidden = true; }
  function leave() { clearTimeout(leaving); leaving = setTimeout(hide, 200); }

  card.addEventListener("mouseenter", function () { clearTimeout(leaving); });
  card.addEventListener("mouseleave", leave);
  document.addEventListener("keydown", function (event) { if (event.key === "Escape") { hide(); } });
  // A link that the keyboard reaches is scrolled into sight first, and the event of that comes after the card.
  window.addEventListener("scroll", function () { if (window.scrollY !== shownAt) { hide(); } }, { passive: true });

  function clause(link) {
    var row = document.getElementById(link.getAttribute("href").slice(1));
    var heads = all("thead th", row.closest("table"));
    var list = document.createElement("dl");
    var source = row.getAttribute("data-document");
    if (source) { entry(list, "文件", source); }
    all("th, td", row).forEach(function (cell, index) {
      if (!words(cell)) { return; }
      var title = index === 0 ? row.getAttribute("data-title") || "" : "";
      entry(list, heading(heads[index]), words(cell) + title);
    });
    return list;
  }

  function entry(list, term, text) {
    var box = document.createElement("div");
    box.appendChild(document.createElement("dt")).textContent = term;
    box.appendChild(document.createElement("dd")).textContent = text;
    list.appendChild(box);
  }

  all("a.clause").forEach(function (link) {
    function open() { show(clause(link), link.getBoundingClientRect()); }
    link.addEventListener("mouseenter", open);
    link.addEventListener("focus", open);
    link.addEventListener("mouseleave", leave);
    link.addEventListener("blur", hide);
    link.addEventListener("click", function (event) {
      // Where the row is this one already, a tap has nothing to go to: the card stays.
      if (link.getAttribute("href") === "#" + link.closest("tr, caption").id) { event.preventDefault(); open(); }
      else { hide(); }
    });
  });

  // Reading a picture: the nearest point under the pointer, or the arrow keys; the words come from the table beside it.
  var readout = document.getElementById("readout");
  var DOT = "http://www.w3.org/2000/svg";

  function readable(chart) {
    var plot = chart.figure.querySelector(".plot");
    var svg = plot.querySelector("svg");
    var drawing = svg.querySelector("g");
    var months = Number(svg.getAttribute("data-months"));
    var width = Number(svg.getAttribute("data-width"));
    var heads = all("thead th", chart.table).map(heading);
    var dot = document.createElementNS(DOT, "circle");
    var current = null;
    dot.setAttribute("r", "4");

    function description(line, point) {
      var cells = line.row.cells;
      if (!months) {
        return heads.map(function (head, index) { return index ? head + " " + words(cells[index]) : words(cells[0]); })
          .join("，");
      }
      var month = (Math.round(point.x / width * (months - 1)) + 1) + "月";
      return words(cells[0]) + "　" + month + "　" + words(cells[heads.indexOf(month)]);
    }

    function choose(line, point, isSpoken) {
      if (current) { current.line.path.classList.remove("on"); }
      current = { line: line, point: point };
      line.path.classList.add("on");
      drawing.appendChild(line.path);
      dot.setAttribute("cx", point.x);
      dot.setAttribute("cy", point.y);
      drawing.appendChild(dot);
      var text = description(line, point);
      show(document.createTextNode(text), dot.getBoundingClientRect());
      if (isSpoken) { readout.textContent = text; }
    }

    function rest() {
      if (current) { current.line.path.classList.remove("on"); }
      current = null;
      dot.remove();
      hide();
    }

    function nearest(event) {
      var place = new DOMPoint(event.clientX, event.clientY).matrixTransform(drawing.getScreenCTM().inverse());
      var best = null;
      chart.lines.forEach(function (line) {
        between(line.points, place).forEach(function (point) {
          var away = Math.pow(point.x - place.x, 2) + Math.pow(point.y - place.y, 2);
          if (!best || away < best.away) { best = { line: line, point: point, away: away }; }
        });
      });
      return best;
    }

    // A slope has no points but its ends: the one under the pointer is on the line.
    function between(ends, place) {
      if (months || ends.length !== 2) { return ends; }
      var x = Math.min(Math.max(place.x, ends[0].x), ends[1].x);
      return [{ x: x, y: ends[0].y + (ends[1].y - ends[0].y) * (x - ends[0].x) / (ends[1].x - ends[0].x) }];
    }

    function first() {
      var lines = chart.lines.filter(function (line) { return line.points.length; });
      var strong = lines.filter(function (line) { return line.path.classList.contains("strong"); })[0] || lines[0];
      choose(strong, strong.points[strong.points.length - 1], true);
    }

    function step(event) {
      var moves = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
      var move = moves[event.key];
      if (!move) { return; }
      event.preventDefault();
      if (!current) { first(); return; }
      var lines = chart.lines.filter(function (line) { return line.points.length; });
      var line = lines[Math.min(Math.max(lines.indexOf(current.line) + move[0], 0), lines.length - 1)];
      var at = move[0] ? closest(line.points, current.point.x) : line.points.indexOf(current.point) + move[1];
      choose(line, line.points[Math.min(Math.max(at, 0), line.points.length - 1)], true);
    }

    function closest(found, x) {
      return found.reduce(function (best, point, index) {
        return Math.abs(point.x - x) < Math.abs(found[best].x - x) ? index : best;
      }, 0);
    }

    plot.tabIndex = 0;
    plot.setAttribute("role", "application");
    plot.setAttribute("aria-roledescription", "折线图");
    plot.setAttribute("aria-description", "按左右键换月份，按上下键换单位");
    plot.addEventListener("pointermove", function (event) {
      var found = nearest(event);
      if (found) { choose(found.line, found.point, false); }
    });
    plot.addEventListener("pointerleave", rest);
    plot.addEventListener("focus", function () { if (plot.matches(":focus-visible")) { first(); } });
    plot.addEventListener("blur", rest);
    plot.addEventListener("keydown", step);
  }

  // What only holds with this script.
  all("[data-script]").forEach(function (hint) { hint.hidden = !charts.length; });
  charts.forEach(function (chart) {
    if (chart.lines.some(function (line) { return line.points.length; })) { readable(chart); }
  });

  window.addEventListener("beforeprint", function () {
    all("details.words").forEach(function (folded) { folded.open = true; });
  });
}());
