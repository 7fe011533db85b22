import { defineConfig } from 'vite'

export default defineConfig({
  resolve: { conditions: ['@holdfast/source', 'module', 'browser', 'production'] },
  build: {
    target: 'es2022',
    modulePreload: false,
    // Names that stay, written over: who reads the page while it is built again, as tests do at once, finds all of it.
    emptyOutDir: false,
    rolldownOptions: { output: { entryFileNames: 'assets/[name].js', assetFileNames: 'assets/[name][extname]' } },
  },
})
