/**
 * Fields with which a stranger could impersonate or harm the customer. A caller id is no proof, because numbers are
 * lent, shared and forged, so these fields stay hidden until the agent verifies the caller.
 */
const sensitiveNames =
  /birth|dob$|^(?:ssn|sin|nin|nino|cccd|cmnd|pesel|curp|aadhaar|pan)$|socialsecurity|national(?:id|insurance)|identitynumber|passport|driverslicen[cs]e|tax(?:id|number|code)|^(?:tin|vatid)$|iban|bankaccount|routingnumber|sortcode|card(?:number|no)|password|passphrase|passcode|^pin(?:code)?$|secret|securit(?:y|ies)(?:question|answer|word)|mother|maiden|diagnos|medical|salary|income|creditscore/;

/** Shown in place of the value; its length says nothing. */
export const hiddenValue = '•••';

/** A field's name without case and separators. */
export function simplifyFieldName(name: string): string {
  return name.replace(/[^\p{L}\p{N}]/gu, '').toLowerCase();
}

/** By its name, or by the settings of the source. */
export function isSensitive(name: string, sensitiveFields: readonly string[]): boolean {
  const simple = simplifyFieldName(name);
  return sensitiveNames.test(simple) || sensitiveFields.some((each) => simplifyFieldName(each) === simple);
}
