import { logger, pool, redis } from "@callroom/shared";

async function isUp(name: string, ask: () => Promise<unknown>) {
  try {
    await ask();
    return true;
  } catch (error) {
    logger.error(`${name} does not answer`, error);
    return false;
  }
}

export async function checkHealth() {
  const database = await isUp("database", () => pool.query("select 1"));
  const cache = await isUp("redis", () => redis.ping());
  return { ok: database && cache, database, cache };
}
