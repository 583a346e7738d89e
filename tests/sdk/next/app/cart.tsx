"use client";

import { useState } from "react";
import { charge } from "./till";

/** The cart with a button that pays. */
export function Cart({ total }: { total: number }) {
  const [paid, setPaid] = useState(0);

  function payNow() {
    setPaid(charge(total, "browser"));
  }

  return (
    <button id="pay" onClick={payNow}>
      Pay {total}, paid {paid}
    </button>
  );
}
