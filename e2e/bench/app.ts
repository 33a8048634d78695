/** The app as Zoom would know it, of every server that is measured. */
export type App = { clientId: string; clientSecret: string };

export const app: App = { clientId: 'bench-client', clientSecret: 'bench-secret' };
