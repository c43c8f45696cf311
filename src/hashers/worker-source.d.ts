/** The script before the question mark, bundled into one text by `embed-worker.ts`. */
declare module '*?worker-source' {
  export const source: string;
}
