import { defineConfig } from "vitest/config";

/** Tests of finished pages in a real browser; scripts/browser-tests makes the pages and runs them. */
export default defineConfig({
  test: { include: ["test/**/*.browser.ts"], fileParallelism: false, testTimeout: 60_000, hookTimeout: 60_000 },
});
