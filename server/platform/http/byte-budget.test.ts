import { describe, expect, it } from 'vitest';
import { createByteBudget } from './byte-budget.ts';

describe('budget of unverified bytes', () => {
  const openThree = () => {
    const evicted: string[] = [];
    const budget = createByteBudget(100);
    const [a, b, c] = ['a', 'b', 'c'].map((name) => budget.open(() => evicted.push(name)));
    if (!a || !b || !c) throw new Error('three are opened');
    return { evicted, a, b, c };
  };

  it('bodies within it › are all held', () => {
    const { evicted, a, b, c } = openThree();
    for (const share of [a, b, c]) share.add(33);
    expect(evicted).toEqual([]);
  });

  it('one byte too many › evicts the body that has been under way longest', () => {
    const { evicted, a, b, c } = openThree();
    for (const share of [a, b, c]) share.add(33);
    c.add(2);
    expect(evicted).toEqual(['a']);
  });

  it('a body read to its end › gives its bytes back, once', () => {
    const { evicted, a, b, c } = openThree();
    a.add(90);
    a.release();
    a.release();
    b.add(50);
    c.add(50);
    expect(evicted).toEqual([]);
    c.add(1);
    expect(evicted).toEqual(['b']);
  });

  it('an evicted body that goes on sending › holds nothing more', () => {
    const { evicted, a, b } = openThree();
    a.add(101);
    a.add(1_000);
    b.add(100);
    expect(evicted).toEqual(['a']);
  });

  it('a body larger than the whole budget › is evicted, after those before it', () => {
    const { evicted, c } = openThree();
    c.add(101);
    expect(evicted).toEqual(['a', 'b', 'c']);
  });
});
