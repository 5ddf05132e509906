(function () {
  "use strict";
  function key(row, index) {
    var cell = row.cells[index];
    var number = cell.getAttribute("data-number");
    return number === null || number === "" ? null : Number(number);
  }
  document.querySelectorAll("table.sortable").forEach(function (table) {
    var body = table.tBodies[0];
    table.querySelectorAll("thead th[data-sort]").forEach(function (head) {
      var button = document.createElement("button");
      button.type = "button";
      while (head.firstChild) { button.appendChild(head.firstChild); }
      head.appendChild(button);
      button.addEventListener("click", function () {
        var index = head.cellIndex;
        var ascending = head.getAttribute("aria-sort") !== "ascending";
        table.querySelectorAll("thead th[aria-sort]").forEach(function (other) { other.removeAttribute("aria-sort"); });
        head.setAttribute("aria-sort", ascending ? "ascending" : "descending");
        var rows = Array.prototype.slice.call(body.rows);
        rows.sort(function (a, b) {
          var left = key(a, index), right = key(b, index);
          if (left === null || right === null) { return (left === null) - (right === null); }
          return ascending ? left - right : right - left;
        });
        rows.forEach(function (row) { body.appendChild(row); });
      });
    });
  });
})();
