import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { compression } from 'vite-plugin-compression2';
import { defineConfig } from 'vitest/config';

const storageTests = ['server/**/*.storage.test.ts'];
const durabilityTests = ['server/durability/**/*.test.ts'];

export default defineConfig(({ command }) => ({
  root: 'client',
  base: '/',
  // Tests and the dev server use the real package; client/api/schemas.test.ts holds the two to the same answers.
  resolve: {
    alias: command === 'build' ? { 'zod/mini': fileURLToPath(new URL('client/api/schemas.ts', import.meta.url)) } : {},
  },
  plugins: [react(), compression({ algorithms: ['brotliCompress'], threshold: 512 })],
  build: {
    outDir: '../dist/client',
    emptyOutDir: true,
    target: 'es2022',
    // React and the SDK change far less often than the panel: chunks of their own stay cached over releases.
    rolldownOptions: {
      // Compressing takes most of the build, by design; it need not be told each time.
      checks: { pluginTimings: false },
      output: {
        codeSplitting: {
          groups: [
            { name: 'react', priority: 1, test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/ },
            // One chunk compresses better than several; what a click opens stays outside it.
            {
              name: 'panel',
              test: /client[\\/](?!.*(?:-dialog|[\\/]dialog|[\\/]field|match-evidence|source-failure|[\\/]customer-search|vi\.json|on-use\.))/,
            },
            { name: 'zoom-sdk', priority: 1, test: /node_modules[\\/]@zoom[\\/]/ },
          ],
        },
      },
    },
  },
  test: {
    root: '.',
    // The projects are told apart by name and place; e2e/README.md has the rule.
    projects: [
      {
        test: {
          name: 'unit',
          include: ['server/**/*.test.ts', 'client/**/*.test.{ts,tsx}', 'e2e/**/*.test.ts'],
          exclude: [...storageTests, ...durabilityTests],
          testTimeout: 30_000,
          // The SDK's default export answers every property with a function, `then` too: imported as an external
          // package, Vitest would await it without end.
          server: { deps: { inline: ['@zoom/appssdk'] } },
        },
      },
      {
        test: {
          name: 'storage',
          include: storageTests,
          globalSetup: ['server/platform/storage/postgres-for-tests.ts'],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'durability',
          include: durabilityTests,
          globalSetup: ['server/platform/storage/postgres-for-tests.ts'],
          testTimeout: 30_000,
        },
      },
    ],
  },
}));
