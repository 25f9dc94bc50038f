// The findings of a report as the page lists them: in groups by what they ask of the person, then by rule.

export const GROUPS = ["errors", "warnings", "acknowledged", "infos"];

/**
 * All findings of an answer to `check`, cells that were not understood first.
 * @returns {{key: string, group: string, code: string, place: ?{where, row, column}, issue: object}[]}
 */
export function findingsOf(checked) {
  const { report, places, unread_places: unreadPlaces } = checked;
  const unread = (report.unread ?? []).map((issue, at) => finding(issue, unreadPlaces[at], "errors", "unread"));
  return [...unread, ...report.issues.map((issue, at) => finding(issue, places[at], groupOf(issue), issue.code))];
}

function finding(issue, place, group, code) {
  const record = issue.params?.record ?? "";
  const at = place ? [place.where, place.row, place.column] : [issue.address ?? issue.resource, issue.field];
  return { key: [code, ...at, record, issue.params?.year].join("|"), group, code, place, issue };
}

function groupOf(issue) {
  if (issue.severity === "error") return "errors";
  if (issue.severity !== "warning") return "infos";
  return issue.acknowledged_by ? "acknowledged" : "warnings";
}

/** Findings by their rule, in the order in which the rules first occur. */
export function byRule(findings) {
  const rules = new Map();
  for (const one of findings) rules.set(one.code, [...(rules.get(one.code) ?? []), one]);
  return [...rules];
}

/** A cell as a spreadsheet names it: `E9`, `row 9`. */
export function addressOf({ row, column }) {
  if (column === null || column === undefined) return String(row);
  let letters = "";
  for (let rest = column + 1; rest > 0; rest = Math.floor((rest - 1) / 26))
    letters = String.fromCharCode(65 + ((rest - 1) % 26)) + letters;
  return letters + row;
}
