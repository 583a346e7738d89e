/**
 * Opens the document in which recordings are shown, at a `data:` address: its origin is one that
 * nobody shares, and it inherits the policy of this page. Nothing of a recording comes here.
 */
{
  const script = /** @type {HTMLScriptElement} */ (document.currentScript);
  const inner = new URL(script.dataset.inner ?? "", location.href).href;
  // The same again as this page's own policy, but for what is opened within.
  const policy = `default-src 'none'; script-src 'nonce-${script.nonce}'; style-src 'unsafe-inline'; img-src data:; font-src data:; base-uri 'none'; form-action 'none'`;
  const pointer = "%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24'%3E%3Cpath d='M5 2l14 11-7 1 4 7-3 1-3-7-5 4z' fill='%23111' stroke='%23fff' stroke-width='1.5'/%3E%3C/svg%3E";
  const style = `
    html, body { margin: 0; overflow: hidden; background: ${"clear" in script.dataset ? "transparent" : "#fff"}; }
    .still { position: absolute; overflow: hidden; background: #fff; }
    .still .replayer-mouse { display: none; }
    body { --size: 1; }
    iframe { display: block; border: 0; }
    .replayer-wrapper { position: relative; }
    .replayer-mouse { position: absolute; z-index: 2; width: 22px; height: 22px; margin: -2px 0 0 -4px; transform: scale(var(--size)); transform-origin: 4px 2px; background: url("data:image/svg+xml,${pointer}") no-repeat; pointer-events: none; }
    .replayer-mouse::after { content: ""; position: absolute; left: -16px; top: -18px; width: 40px; height: 40px; border-radius: 50%; background: #4752c4; opacity: 0; }
    .replayer-mouse.active::after { animation: press 400ms ease-out; }
    .replayer-mouse.touch-device { background: none; }
    .replayer-mouse.touch-active::after { opacity: 0.4; }
    .replayer-mouse-tail { position: absolute; z-index: 1; pointer-events: none; }
    @keyframes press { from { opacity: 0.6; transform: scale(0.2); } to { opacity: 0; transform: scale(1); } }
    @media (prefers-reduced-motion: reduce) { .replayer-mouse.active::after { animation: none; opacity: 0.4; } }`;
  const text = `<!doctype html><html><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><style>${style}</style></head><body><script type="module" nonce="${script.nonce}" src="${inner}"></script></body></html>`;
  const frame = document.createElement("iframe");
  frame.title = "A recording";
  // The origin of a `data:` address stays its own with this word; without it, the replayer's
  // frame within would have yet another one.
  frame.setAttribute("sandbox", "allow-scripts allow-same-origin");
  frame.src = `data:text/html;charset=utf-8,${encodeURIComponent(text)}`;
  document.body.append(frame);
}
