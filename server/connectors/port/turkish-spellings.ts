/**
 * The address, and forms of it that Turkish systems and keyboards make: in capitals every `i` is `İ`, at the beginning
 * it may be one, and a capital `I` in small letters is `ı`. CRMs compare regardless of case, but these are letters of
 * their own. In a domain `ı` is another domain, and an `İ` there alone is not asked for.
 */
export function listTurkishSpellings(email: string): string[] {
  const localEnd = Math.max(email.lastIndexOf('@'), 0);
  const [local, rest] = [email.slice(0, localEnd), email.slice(localEnd)];
  const capital = local.replaceAll('i', 'İ');
  if (capital === local) return [email];
  const locals = [local, capital, local.replace(/^i/, 'İ'), local.replaceAll('i', 'ı')];
  return [...new Set([...locals.map((each) => each + rest), capital + rest.replaceAll('i', 'İ')])];
}
