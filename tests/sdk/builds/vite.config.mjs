// A build as in the plugin's manual; which version of the plugin and where to, by the environment.
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const { sentryVitePlugin } = await import(process.env.SENTRY_PLUGIN);

export default defineConfig({
  build: { outDir: process.env.BUILD_FOLDER, sourcemap: "hidden", emptyOutDir: true },
  plugins: [react(), sentryVitePlugin({ telemetry: false, debug: true })],
});
