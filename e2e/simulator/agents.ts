/** Who sits at the simulated desktop. `id` is the Zoom user id that the app context carries. */
export type Agent = { id: string; name: string };

export const agents = [
  { id: 'demoAgentMinaPark00001', name: 'Mina Park' },
  { id: 'demoAgentOmarHaddad002', name: 'Omar Haddad' },
] as const satisfies Agent[];
