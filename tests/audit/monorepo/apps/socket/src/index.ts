import "./instrument";

import { createServer } from "node:http";
import { checkHealth } from "@callroom/health";
import { logger } from "@callroom/shared";
import { WebSocketServer } from "ws";

import { leave, rooms } from "./rooms";
import { startJobs } from "./jobs";

const server = createServer(async (request, response) => {
  if (request.url === "/health") {
    const health = await checkHealth();
    response.writeHead(health.ok ? 200 : 503).end(JSON.stringify(health));
    return;
  }
  response.writeHead(404).end();
});

const sockets = new WebSocketServer({ server });

sockets.on("connection", (socket) => {
  socket.on("error", (error) => logger.error("socket", error));
  socket.on("message", async (data) => {
    const { room, body } = JSON.parse(String(data));
    await rooms.send(room, body);
  });
  socket.on("close", async () => {
    try {
      await leave(socket);
    } catch {}
  });
});

startJobs();
server.listen(4000);
