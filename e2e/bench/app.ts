/** The app as Zoom would know it, of every server that is measured. */
export const app = { clientId: 'bench-client', clientSecret: 'bench-secret' };
