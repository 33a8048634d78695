import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const here = fileURLToPath(new URL('.', import.meta.url));

export default defineConfig({
  root: here,
  base: '/',
  plugins: [react()],
  build: {
    outDir: '../../dist/simulator',
    emptyOutDir: true,
    target: 'es2022',
    rolldownOptions: { input: `${here}desktop.html` },
  },
});
