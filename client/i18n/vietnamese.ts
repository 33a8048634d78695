type Messages = Readonly<Record<string, string>>;

const files = import.meta.glob<Messages>('../*/messages.vi.json', { eager: true, import: 'default' });

/** The words of all features; loaded on demand, in one request. */
export const vietnamese: Messages = Object.assign({}, ...Object.values(files));
