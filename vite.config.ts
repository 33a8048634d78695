import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { compression } from 'vite-plugin-compression2';
import { defineConfig } from 'vitest/config';
import { keepFormerAssets } from './server/platform/http/former-assets.ts';

const storageTests = ['server/**/*.storage.test.ts', '{server,e2e}/**/*.system.test.ts'];
/** Tests that speak HTTP to a fake over loopback: too slow for the fast loop. They need no database. */
const loopbackTests = [
  'server/connectors/*/connector.test.ts',
  'server/connectors/http/create-crm-http.test.ts',
  'server/intake/socket/zoom-socket.test.ts',
  'server/platform/http-client.test.ts',
  'server/platform/http/{http-server,mount-routes}.test.ts',
  'e2e/simulator/server-process.test.ts',
  'e2e/simulator/cloud/cloud.test.ts',
];
const durabilityTests = ['server/durability/**/*.test.ts'];

const root = fileURLToPath(new URL('client', import.meta.url));

/** Each HTML file in `client` is a page: an entry of the build. */
const pages = readdirSync(root)
  .filter((name) => name.endsWith('.html'))
  .map((name) => join(root, name));

type ModuleGraph = { getModuleInfo(id: string): { importers: readonly string[] } | null };

/** The names of the pages that import a module statically, directly or through others. */
function listPages(id: string, graph: ModuleGraph, visited = new Set<string>()): Set<string> {
  if (pages.includes(id)) return new Set([basename(id, '.html')]);
  if (visited.has(id)) return new Set();
  visited.add(id);
  const importers = graph.getModuleInfo(id)?.importers ?? [];
  return new Set(importers.flatMap((importer) => [...listPages(importer, graph, visited)]));
}

const formerAssets = {
  name: 'former-assets',
  writeBundle({ dir = '' }: { dir?: string }, bundle: object) {
    const current = new Set(Object.keys(bundle).map((name) => basename(name)));
    keepFormerAssets(dir, { current, now: Date.now() });
  },
};

export default defineConfig(({ command }) => ({
  root: 'client',
  base: '/',
  // Tests and the dev server use the real package; client/api/schemas.test.ts holds the two to the same answers.
  resolve: {
    alias: command === 'build' ? { 'zod/mini': fileURLToPath(new URL('client/api/schemas.ts', import.meta.url)) } : {},
  },
  plugins: [react(), compression({ algorithms: ['brotliCompress'], threshold: 512 }), formerAssets],
  build: {
    outDir: '../dist/client',
    // `formerAssets` deletes what no panel can ask for any more.
    emptyOutDir: false,
    target: 'es2022',
    // Every browser of Zoom's clients preloads modules itself (Chromium 66, Safari 17, Firefox 115).
    modulePreload: { polyfill: false },
    // React and the SDK change far less often than the panel: chunks of their own stay cached over releases.
    rolldownOptions: {
      input: pages,
      // Compression takes most of the build, by design; no warning is needed.
      checks: { pluginTimings: false },
      output: {
        codeSplitting: {
          groups: [
            { name: 'react', priority: 1, test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/ },
            // One chunk for each set of pages: it compresses better than several. Dynamic imports stay outside it.
            {
              name: (id, build) => [...listPages(id, build)].sort().join('-'),
              tags: ['$initial'],
              // A dependency has a name of its own: it is imported by at least the same pages.
              includeDependenciesRecursively: false,
            },
            { name: 'zoom-sdk', priority: 1, test: /node_modules[\\/]@zoom[\\/]/ },
          ],
        },
      },
    },
  },
  test: {
    root: '.',
    maxWorkers: '100%',
    // A test's name and place decide its project; e2e/README.md has the rule.
    projects: [
      {
        test: {
          name: 'unit',
          include: ['server/**/*.test.ts', 'client/**/*.test.{ts,tsx}', 'e2e/**/*.test.ts'],
          exclude: [...storageTests, ...durabilityTests, ...loopbackTests],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // One module graph per worker halves the CPU time; a test restores the globals that it changes.
          isolate: false,
          // The SDK's default export answers every property with a function, `then` too: imported as an external
          // package, Vitest would await it without end.
          server: { deps: { inline: ['@zoom/appssdk'] } },
        },
      },
      { test: { name: 'loopback', include: loopbackTests, testTimeout: 120_000, hookTimeout: 120_000 } },
      {
        test: {
          name: 'storage',
          include: storageTests,
          globalSetup: ['server/platform/storage/postgres-for-tests.ts'],
          // Imports are a third of the CPU time otherwise; see the unit project.
          isolate: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'durability',
          include: durabilityTests,
          globalSetup: ['server/platform/storage/postgres-for-tests.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
}));
