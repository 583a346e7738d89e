// Bundled with an unmodified @sentry/react: a page of which a replay is recorded while it changes.
import * as Sentry from "@sentry/react";
import { useState } from "react";
import { createRoot } from "react-dom/client";
import { initReplay } from "../../replay_asked.js";

/** A lamp that cannot be drawn once it was asked for. */
function Lamp() {
  const [isAsked, setAsked] = useState(false);
  if (isAsked) throw new RangeError("no lamp has 7 arms");
  return <button id="lamp" onClick={() => setAsked(true)}>Seven arms</button>;
}

/** A list of lamps, of which one more is sold with every payment. */
function Lamps() {
  const [sold, setSold] = useState<string[]>([]);
  function payNow() {
    setSold([...sold, `Lampe ${sold.length + 1} für 12 €`]);
    throw new Error("the till is stuck");
  }
  return (
    <>
      {sold.length === 0 ? <p>Nothing sold</p> : <h2>Sold: {sold.length}</h2>}
      <ul>{sold.map((name) => <li key={name}>{name}</li>)}</ul>
      <input id="note" placeholder="For Eve" />
      <button id="pay" onClick={payNow}>Pay</button>
      <Sentry.ErrorBoundary fallback={<p id="sorry">There is no such lamp</p>}>
        <Lamp />
      </Sentry.ErrorBoundary>
    </>
  );
}

initReplay(Sentry);
createRoot(document.body.appendChild(document.createElement("main"))).render(<Lamps />);
