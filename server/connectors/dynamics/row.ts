/** Readers for rows of Dataverse. A column may hold text, a number, a boolean or anything else, which is ignored. */
import { parseTime } from '../port/values.ts';
import { formattedValue, type Row } from './api.ts';

const guidPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Lower case only. */
export function isGuid(text: string): boolean {
  return guidPattern.test(text);
}

/** The display text that Dynamics sends beside the value, else the value. */
export function readText(row: Row | undefined, column: string): string | undefined {
  return toText(row?.[`${column}${formattedValue}`]) ?? readRaw(row, column);
}

export function readRow(row: Row, property: string): Row | undefined {
  const value = row[property];
  return isRow(value) ? value : undefined;
}

export function readRows(row: Row, property: string): Row[] {
  const value = row[property];
  return Array.isArray(value) ? value.filter(isRow) : [];
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function readRaw(row: Row | undefined, column: string): string | undefined {
  return toText(row?.[column]);
}

export function readGuid(row: Row, column: string): string | undefined {
  const text = readRaw(row, column)?.toLowerCase();
  return text !== undefined && isGuid(text) ? text : undefined;
}

/** ms UTC */
export function readTime(row: Row, column: string): number | undefined {
  return parseTime(readRaw(row, column));
}

function toText(value: unknown): string | undefined {
  if (!['string', 'number', 'boolean'].includes(typeof value)) return undefined;
  return String(value) || undefined;
}
