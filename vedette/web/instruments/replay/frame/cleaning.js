/**
 * Takes out of recorded events whatever a browser would run, fetch or follow, before nodes are
 * built of them. The frame's policy and its sandbox refuse the same once more; what is taken out
 * here is not even asked for, not by ways that no policy covers (connections made ahead, names
 * looked up, pages that refresh themselves), either.
 */

const FULL_SNAPSHOT = 2, INCREMENTAL = 3, META = 4;
const [ELEMENT, TEXT] = [2, 3];
const MUTATION = 0, MEDIA = 7, SHEET_RULE = 8, CANVAS = 9, FONT = 10, LOG = 11, DECLARATION = 13, ADOPTED = 15;
const MOVES = new Set([1, 6, 12]);
const MOST_DEEP = 512; // as a browser's parser nests
const MOST_PIXELS = 16384;
const NAME = /^[a-z][\w.:-]*$/i;
const IMAGE = /^data:image\/[a-z.+-]+[;,]/i;
const SELF = /^#[^\s]*$/;
const PLAIN = /^\s*(?:["']\s*)?(?:data:|#)/i; // in a style

/** Elements that open something of their own. */
const OPENING = new Set(["iframe", "frame", "object", "embed", "applet", "portal", "fencedframe", "webview"]);
/** Elements whose name would stand in front of what a document can do. */
const NAMED = new Set([...OPENING, "form", "img", "image"]);
const ADDRESSES = new Set([
  "src", "href", "poster", "data", "background", "cite", "longdesc", "profile", "usemap", "lowsrc", "dynsrc", "icon", "code", "rr_dataurl",
]);
/** Attributes that are read as styles are. */
const PAINTED = new Set(["style", "fill", "stroke", "filter", "mask", "clip-path", "cursor", "marker", "marker-start", "marker-mid", "marker-end"]);
const DROPPED = new Set([
  "http-equiv", "srcdoc", "srcset", "imagesrcset", "ping", "action", "formaction", "manifest", "codebase", "archive", "classid", "nonce", "integrity",
  "attributionsrc", "autofocus", "autoplay", "target", "download", "allow", "sandbox", "csp", "is", "shadowrootmode", "attributename", "rr_src", "rr_mediastate", "rr_mediacurrenttime", "__proto__",
]);

/** Styles without imports, and with no address but data; in time that grows with the text. @param {unknown} text @returns {string} */
export function cleanStyles(text) {
  if (typeof text !== "string") return "";
  return text
    .replace(/\\(?:([0-9a-f]{1,6})\s?|([^]))/gi, plainEscape)
    .replace(/@import/gi, "@no")
    .replace(/\burl\(([^)]*)/gi, (held, address) => (PLAIN.test(address) ? held : "url(data:,"))
    .replace(/image-set\(/gi, "no-set(");
}

/**
 * A letter that is escaped, as itself; another escape so that nothing beside it can become part of it.
 * @param {string} escape @param {string | undefined} code @param {string | undefined} held
 */
function plainEscape(escape, code, held) {
  const found = code ? String.fromCodePoint(Math.min(parseInt(code, 16), 0x10ffff)) : held ?? "";
  if (/^[a-z]$/i.test(found)) return found;
  return code ? `\\${code.padStart(6, "0")} ` : escape;
}

/** What keeps the texts of one style apart, so that none becomes part of a word of another. */
const APART = "/**/";

export class Cleaner {
  /** The tags of elements by their numbers. @type {Map<number, string>} */ tags = new Map();
  /** The texts that are styles. @type {Set<number>} */ styles = new Set();

  /** The event without what it could do; null for one that is not shown. @param {any} event */
  clean(event) {
    const data = event.data;
    if (event.type === FULL_SNAPSHOT) {
      this.node(data.node, "", 0);
      const offset = data.initialOffset ?? {};
      data.initialOffset = { left: pixels(offset.left, 0), top: pixels(offset.top, 0) };
    } else if (event.type === META) {
      event.data = { href: String(data.href ?? ""), width: pixels(data.width, 1024), height: pixels(data.height, 768) };
    } else if (event.type === INCREMENTAL) return this.change(data) ? event : null;
    else if (event.type > 1) return null;
    return event;
  }

  /** Whether there is anything to be shown of a change. @param {any} data */
  change(data) {
    if (MOVES.has(data.source)) return Array.isArray(data.positions) && data.positions.length > 0;
    switch (data.source) {
      case MUTATION: return this.mutation(data);
      case SHEET_RULE: return sheet(data);
      case DECLARATION:
        if (data.set) data.set.value = cleanStyles(data.set.value);
        return true;
      case ADOPTED:
        for (const one of list(data.styles)) for (const rule of list(one.rules)) rule.rule = cleanStyles(rule.rule);
        return true;
      case FONT: return data.buffer === true;
      case MEDIA: case CANVAS: case LOG: return false;
      default: return Number.isInteger(data.source);
    }
  }

  /** @param {any} data */
  mutation(data) {
    for (const name of ["adds", "removes", "texts", "attributes"]) data[name] = list(data[name]);
    for (const one of data.adds) this.node(one.node, this.tags.get(one.parentId) ?? "", 0);
    for (const one of data.texts) if (this.styles.has(one.id)) one.value = APART + cleanStyles(one.value);
    for (const one of data.attributes) one.attributes = this.attributes(this.tags.get(one.id) ?? "", one.attributes, false);
    return true;
  }

  /** @param {any} node @param {string} parent its tag @param {number} depth */
  node(node, parent, depth) {
    if (node.type === ELEMENT) this.element(node);
    else if (node.type === TEXT && (parent === "style" || node.isStyle)) {
      this.styles.add(node.id);
      node.textContent = APART + cleanStyles(node.textContent);
    } else if (node.type === TEXT) node.textContent = String(node.textContent ?? "");
    if (node.childNodes === undefined) return;
    node.childNodes = depth < MOST_DEEP && node.tagName !== "script" ? list(node.childNodes) : [];
    const tag = node.type === ELEMENT ? this.tags.get(node.id) ?? "" : "";
    if (tag === "style") joinTexts(node.childNodes);
    for (const child of node.childNodes) this.node(child, tag, depth + 1);
  }

  /** @param {any} node */
  element(node) {
    const tag = NAME.test(node.tagName) ? node.tagName : "div";
    const plain = tag.toLowerCase().replace(/^.*:/, "");
    const isOpening = OPENING.has(plain) && !plain.endsWith("frame");
    node.tagName = plain === "script" ? "script" : isOpening ? "div" : node.isSVG ? tag : tag.toLowerCase();
    const held = node.attributes ?? {};
    const isStyle = plain === "link" && typeof held._cssText === "string";
    this.tags.set(node.id, isStyle ? "style" : plain);
    node.attributes = plain === "script" ? {} : this.attributes(plain, held, isStyle);
    node.childNodes = list(node.childNodes);
  }

  /** @param {string} tag @param {any} held @param {boolean} isStyle a link that was made a style */
  attributes(tag, held, isStyle) {
    /** @type {Record<string, unknown>} */
    const kept = {};
    for (const [name, value] of Object.entries(held ?? {})) {
      const key = name.toLowerCase();
      const local = key.slice(key.lastIndexOf(":") + 1);
      if (key.startsWith("on") || DROPPED.has(local)) continue;
      if (tag === "link" && !isStyle) continue;
      if (OPENING.has(tag) && ADDRESSES.has(local)) continue;
      if (local === "name" && NAMED.has(tag)) continue;
      if (ADDRESSES.has(local)) {
        const address = this.address(tag, local, value);
        if (address !== undefined) kept[name] = address;
      } else if (key === "_csstext") kept[name] = cleanStyles(value);
      else if (PAINTED.has(key)) kept[name] = styled(value);
      else if (value === null || typeof value !== "object") kept[name] = value;
    }
    return kept;
  }

  /** An address that leads nowhere else; undefined for one that is left out. @param {string} tag @param {string} name @param {unknown} value */
  address(tag, name, value) {
    if (value === null) return null;
    if (typeof value !== "string") return undefined;
    if (name === "href" && (tag === "a" || tag === "area")) return "#";
    return IMAGE.test(value) || SELF.test(value) ? value : undefined;
  }
}

/** Puts the texts of a style, which a browser reads as one, into the first. @param {any[]} nodes */
function joinTexts(nodes) {
  const texts = nodes.filter((one) => one.type === TEXT);
  if (texts.length < 2) return;
  const whole = texts.map((one) => one.textContent ?? "").join("");
  for (const one of texts) one.textContent = "";
  texts[0].textContent = whole;
}

/** What is said of a style: a text, or properties one by one. @param {unknown} value */
function styled(value) {
  if (value === null || typeof value !== "object") return value === null ? null : cleanStyles(value);
  /** @type {Record<string, unknown>} */
  const kept = {};
  for (const [name, one] of Object.entries(value)) {
    if (name === "__proto__") continue;
    kept[name] = Array.isArray(one) ? [cleanStyles(one[0]), String(one[1] ?? "")] : one === false ? false : cleanStyles(one);
  }
  return kept;
}

/** @param {any} data */
function sheet(data) {
  for (const one of list(data.adds)) one.rule = cleanStyles(one.rule);
  for (const name of ["replace", "replaceSync"]) if (typeof data[name] === "string") data[name] = cleanStyles(data[name]);
  return true;
}

/** @param {any} value @returns {any[]} the objects of a list */
function list(value) {
  return Array.isArray(value) ? value.filter((one) => one !== null && typeof one === "object") : [];
}

/** @param {unknown} value @param {number} otherwise */
function pixels(value, otherwise) {
  return typeof value === "number" && value >= 0 ? Math.min(value, MOST_PIXELS) : otherwise;
}
