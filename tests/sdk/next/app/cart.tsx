"use client";

import { useState } from "react";
import { charge } from "./till";

/** The cart with a note to the shop and a button that pays. */
export function Cart({ total }: { total: number }) {
  const [paid, setPaid] = useState(0);
  const [note, setNote] = useState("");

  function payNow() {
    setPaid(charge(total, "browser"));
  }

  return (
    <>
      <input id="note" value={note} onChange={(event) => setNote(event.target.value)} />
      <p>Note: {note}</p>
      <button id="pay" onClick={payNow}>
        Pay {total}, paid {paid}
      </button>
    </>
  );
}
