// Bundled with an unmodified @sentry/browser: a page with a frame, a shadow root and a field, of
// which a replay is recorded while it changes.
import * as Sentry from "@sentry/browser";
import { initReplay } from "./replay_asked.js";
initReplay(Sentry);
document.body.insertAdjacentHTML(
  "beforeend",
  `<ul><li>Größe: 12 €</li><li id="sold">Lampe 灯</li></ul>
  <x-price></x-price>
  <label>Note <input id="note" placeholder="For Eve"></label>
  <button id="pay">Pay</button>
  <iframe src="delivery.html"></iframe>`,
);
const price = document.querySelector("x-price").attachShadow({ mode: "open" });
price.innerHTML = "<style>b { color: teal }</style><b>Twelve</b>";
document.querySelector("#pay").onclick = () => {
  document.querySelector("h1").textContent = "Paid & done <b>💡</b>";
  document.querySelector("#sold").remove();
  document.querySelector("ul").insertAdjacentHTML("afterbegin", "<li><i>Receipt</i> 7</li>");
  price.querySelector("b").append(" lamps");
  throw new Error("the till is stuck");
};
