import { charge } from "../till";

export const dynamic = "force-dynamic";

/** What is left of the lamps, which the server cannot tell. */
export default function Stock() {
  return <p>Left: {charge(40, "stock room")}</p>;
}
