export { logger } from "./logger";
export { pool } from "./database";
export { redis } from "./cache";
