"use client";

import * as Sentry from "@sentry/nextjs";
import { useEffect } from "react";

/** What stands in place of a page that failed. */
export default function Failed({ error }: { error: Error }) {
  useEffect(() => {
    Sentry.captureException(error);
  }, [error]);
  return <p id="sorry">Sorry</p>;
}
