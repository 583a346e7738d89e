import { Cart } from "./cart";

export default function Page() {
  return <Cart total={12} />;
}
