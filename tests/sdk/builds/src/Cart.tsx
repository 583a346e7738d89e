import { useState } from "react";
import { charge } from "./till";

interface Props {
  total: number;
}

/** A cart that cannot be paid. */
export function Cart({ total }: Props) {
  const [paid, setPaid] = useState(false);
  function payNow() {
    setPaid(charge(total));
  }
  return (
    <button id="pay" onClick={() => payNow()}>
      {paid ? "Thank you" : `Pay ${total}`}
    </button>
  );
}
