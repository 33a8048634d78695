/** An agent at the simulated desktop. `id` is the Zoom user id that the app context carries. */
export type Agent = { id: string; name: string; email: string };

export const agents = [
  { id: 'demoAgentMinaPark00001', name: 'Mina Park', email: 'mina.park@deskside.example' },
  { id: 'demoAgentOmarHaddad002', name: 'Omar Haddad', email: 'omar.haddad@deskside.example' },
] as const satisfies Agent[];
