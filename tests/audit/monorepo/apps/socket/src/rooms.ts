import { logger, redis } from "@callroom/shared";
import type { WebSocket } from "ws";

class Rooms {
  async send(room: string, body: unknown) {
    await redis.publish(`room:${room}`, JSON.stringify(body));
  }

  async count(room: string) {
    try {
      return await redis.scard(`members:${room}`);
    } catch {
      return 0;
    }
  }
}

export const rooms = new Rooms();

export async function leave(socket: WebSocket & { id?: string }) {
  try {
    await redis.srem("sockets", socket.id ?? "");
  } catch (error) {
    logger.error("leaving failed", error);
  }
}

export async function forget(room: string) {
  redis.del(`members:${room}`).catch(() => {});
}
