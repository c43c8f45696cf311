/** The types of `listen.cjs`, for hosts in TypeScript. */

export function listen(app: { listen(port: number, host: string, listening: () => void): unknown }): unknown;
