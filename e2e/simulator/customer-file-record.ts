/** A line of the customer file (README, "The customer file"), as a writer of such files sees it. */
export type CustomerFileRecord = {
  id: string;
  name: string;
  company?: string;
  phones?: string[];
  emails?: string[];
  fields?: Record<string, string>;
  cases?: { number: string; subject: string; status?: string; priority?: string; updatedAt?: string }[];
  interactions?: { at: string; channel?: string; summary?: string; agent?: string }[];
};
