import * as Sentry from "@sentry/node";
import { pool } from "@callroom/shared";
import cron from "node-cron";

export function startJobs() {
  cron.schedule("0 3 * * *", async () => {
    await pool.query("delete from calls where began < now() - interval '90 days'");
  });
  setInterval(async () => {
    await pool.query("update rooms set seen = now()");
  }, 30_000);
}

export async function migrate() {
  try {
    await pool.query("select 1");
  } catch (error) {
    Sentry.captureException(error);
    process.exit(1);
  }
}
