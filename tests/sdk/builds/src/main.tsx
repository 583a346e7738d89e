import * as Sentry from "@sentry/react";
import { createRoot } from "react-dom/client";
import { Cart } from "./Cart";

const dsn = new URLSearchParams(location.search).get("dsn") ?? undefined;
Sentry.init({ dsn });
Object.assign(window, { flushed: () => Sentry.flush(5000) });
createRoot(document.getElementById("root")!).render(<Cart total={7} />);
