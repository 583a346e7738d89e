"use client";
import * as Sentry from "@sentry/nextjs";
import { useEffect } from "react";

export default function CallsError({ error }: { error: Error }) {
  useEffect(() => {
    Sentry.captureException(error);
  }, [error]);
  return <p>The calls cannot be shown.</p>;
}
