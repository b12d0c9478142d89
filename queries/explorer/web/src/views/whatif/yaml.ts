// Scenario files: written as YAML, read as JSON or as the plain YAML that scenario files are written in (maps, lists,
// quoted and plain values, comments); what goes beyond that is refused, not guessed.
type Value = string | number | boolean | null | Value[] | { [key: string]: Value };

export function toYaml(value: unknown, indent = ""): string {
  if (Array.isArray(value)) {
    return value.map((v) => {
      const inner = toYaml(v, indent + "  ");
      return typeof v === "object" && v !== null ? `${indent}- ${inner.trimStart()}` : `${indent}- ${inner}\n`;
    }).join("");
  }
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).filter(([, v]) => v !== undefined).map(([k, v]) => (typeof v === "object" && v !== null ? `${indent}${k}:\n${toYaml(v, indent + "  ")}` : `${indent}${k}: ${toYaml(v)}\n`)).join("");
  }
  return typeof value === "string" ? quoted(value) : String(value);
}

function quoted(text: string): string {
  return /^[\p{L}][\p{L}\p{N} ._~/-]*$/u.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text) && text.trim() === text ? text : JSON.stringify(text);
}

interface Line {
  readonly indent: number;
  readonly text: string;
}

export function fromYaml(text: string): unknown {
  if (text.trimStart().startsWith("{")) return JSON.parse(text);
  const lines: Line[] = [];
  for (const raw of text.replace(/^\uFEFF/, "").split(/\r?\n/)) {
    const line = withoutComment(raw).trimEnd();
    if (line.trim() && line !== "---") lines.push({ indent: line.length - line.trimStart().length, text: line.trim() });
  }
  const at = { i: 0 };
  const value = block(lines, at, lines[0]?.indent ?? 0);
  if (at.i < lines.length) throw new Error(lines[at.i]?.text);
  return value;
}

function withoutComment(line: string): string {
  let quote = "";
  for (let i = 0; i < line.length; i++) {
    const c = line[i]!;
    if (quote) {
      if (c === "\\" && quote === '"') i++;
      else if (c === quote) quote = "";
    } else if ((c === '"' || c === "'") && /^$|[\s:[,-]/.test(line[i - 1] ?? "")) quote = c;
    else if (c === "#" && (i === 0 || /\s/.test(line[i - 1]!))) return line.slice(0, i);
  }
  return line;
}

function block(lines: Line[], at: { i: number }, indent: number): Value {
  const line = lines[at.i];
  if (!line) return null;
  return line.text === "-" || line.text.startsWith("- ") ? list(lines, at, indent) : map(lines, at, indent);
}

function list(lines: Line[], at: { i: number }, indent: number): Value[] {
  const out: Value[] = [];
  for (let line = lines[at.i]; line && line.indent === indent && /^-( |$)/.test(line.text); line = lines[at.i]) {
    const rest = line.text.slice(1).trimStart();
    const inner = indent + line.text.length - rest.length;
    if (rest === "") {
      at.i++;
      out.push(block(lines, at, lines[at.i]?.indent ?? 0));
    } else if (/^[\w]+:( |$)/.test(rest)) {
      lines[at.i] = { indent: inner, text: rest };
      out.push(map(lines, at, inner));
    } else {
      at.i++;
      out.push(scalar(rest));
    }
  }
  return out;
}

function map(lines: Line[], at: { i: number }, indent: number): Value {
  const out: { [key: string]: Value } = {};
  for (let line = lines[at.i]; line && line.indent === indent; line = lines[at.i]) {
    const [, key, rest] = /^([\w]+):(?: +(.*))?$/.exec(line.text) ?? [];
    if (!key) throw new Error(line.text);
    at.i++;
    const next = lines[at.i];
    if (rest) out[key] = scalar(rest);
    else if (next && (next.indent > indent || (next.indent === indent && next.text.startsWith("- ")))) out[key] = block(lines, at, next.indent);
    else out[key] = null;
  }
  return out;
}

function scalar(text: string): Value {
  if (/^[[{]/.test(text)) {
    if (text.startsWith("[") && text.endsWith("]")) return text.slice(1, -1).split(",").map((t) => t.trim()).filter(Boolean).map(scalar);
    return JSON.parse(text) as Value;
  }
  if (/^[|>&*!%@`]/.test(text)) throw new Error(text);
  if (text.startsWith('"')) return JSON.parse(text) as string;
  if (text.startsWith("'")) return text.slice(1, -1).replaceAll("''", "'");
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  return text === "true" ? true : text === "false" ? false : text === "null" || text === "~" ? null : text;
}
