import Link from "next/link";
import { Cart } from "./cart";

export default function Page() {
  return (
    <>
      <Cart total={12} />
      <Link id="stock" href="/stock" prefetch={false}>
        What is left?
      </Link>
    </>
  );
}
