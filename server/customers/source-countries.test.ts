import { describe, expect, it } from 'vitest';
import { createSourceCountries } from './source-countries.ts';

describe('countries of the sources', () => {
  it('a source does not answer any more › keeps its country, so that its numbers stay masked', async () => {
    const failures: unknown[] = [];
    let isDown = false;
    const directory = {
      id: 'directory',
      async defaultCountry() {
        if (isDown) throw new Error('down');
        return 'VN';
      },
    };
    const crm = { id: 'crm', defaultCountry: async () => 'US' };
    const countries = createSourceCountries({
      sources: [directory, crm],
      reportFailure: (error) => failures.push(error),
    });
    const first = await countries.read();
    expect(countries.maskText('call 912345678')).not.toContain('912345678');
    isDown = true;
    expect(await countries.read()).toBe(first);
    expect(countries.maskText('call 912345678')).not.toContain('912345678');
    expect(failures).toHaveLength(1);
  });
});
