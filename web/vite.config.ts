import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { viteSingleFile } from "vite-plugin-singlefile";

/** One HTML file with everything in it: it is opened from disk, with no network. `PAGE` names which. */
export default defineConfig({
  plugins: [react(), viteSingleFile()],
  build: {
    emptyOutDir: false,
    chunkSizeWarningLimit: Infinity,
    assetsInlineLimit: Number.MAX_SAFE_INTEGER,
    rollupOptions: { input: process.env["PAGE"] ?? "report.html" },
  },
  test: { include: ["src/**/*.test.ts"] },
} as Parameters<typeof defineConfig>[0]);
