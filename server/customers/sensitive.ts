/**
 * Fields that would let a stranger pass for the customer, or hurt the customer in wrong hands. A caller id proves nothing:
 * numbers are lent, shared and forged. So these stay hidden until the agent says how the caller was verified.
 */
const sensitiveNames =
  /birth|dob$|^(?:ssn|sin|nin|nino|cccd|cmnd|pesel|curp|aadhaar|pan)$|socialsecurity|national(?:id|insurance)|identitynumber|passport|driverslicen[cs]e|tax(?:id|number|code)|^(?:tin|vatid)$|iban|bankaccount|routingnumber|sortcode|card(?:number|no)|password|passphrase|passcode|^pin(?:code)?$|secret|securit(?:y|ies)(?:question|answer|word)|mother|maiden|diagnos|medical|salary|income|creditscore/;

/** Shown in place of the value; its length says nothing. */
export const hiddenValue = '•••';

/** A field's name without case, spaces, `_`, `-`, `.` and what else stands between words. */
export function simplifyName(name: string): string {
  return name.replace(/[^\p{L}\p{N}]/gu, '').toLowerCase();
}

/** By what its name says, or because the source's settings name it. */
export function isSensitive(name: string, named: readonly string[]): boolean {
  const simple = simplifyName(name);
  return sensitiveNames.test(simple) || named.some((one) => simplifyName(one) === simple);
}
