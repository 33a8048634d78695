/** The token endpoint of My Domain: client credentials, and assertions with verified signature and claims. */
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import type { FakeReply, FakeRequest } from '../conformance/fake-crm-server.ts';

export const fakeApp = {
  clientId: '3MVG9.deskside',
  clientSecret: 'salesforce-secret',
  username: 'deskside@acme.example',
  audience: 'https://login.salesforce.com',
};

const pair = generateKeyPairSync('rsa', { modulusLength: 2_048 });
export const fakePrivateKey = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

/** Tokens have no `expires_in`: they last as long as the organization's sessions. */
export function createSignIn() {
  const tokens = new Set<string>();
  let count = 0;

  function giveToken(request: FakeRequest, instanceUrl: string): FakeReply {
    const form = new URLSearchParams(request.body);
    if (!request.headers['content-type']?.toString().startsWith('application/x-www-form-urlencoded')) {
      return reject('unsupported_grant_type', 'grant type not supported');
    }
    const grant = form.get('grant_type');
    if (grant === 'client_credentials') {
      if (form.get('client_id') !== fakeApp.clientId) return reject('invalid_client_id', 'client identifier invalid');
      if (form.get('client_secret') !== fakeApp.clientSecret)
        return reject('invalid_client', 'invalid client credentials');
    } else if (grant === 'urn:ietf:params:oauth:grant-type:jwt-bearer') {
      if (!isGoodAssertion(form.get('assertion') ?? '')) return reject('invalid_grant', 'invalid assertion');
    } else return reject('unsupported_grant_type', 'grant type not supported');
    count += 1;
    const token = `00D000000000001!token-${count}`;
    tokens.add(token);
    return {
      status: 200,
      json: {
        access_token: token,
        signature: 'c2lnbmF0dXJl',
        token_format: 'opaque',
        instance_url: instanceUrl,
        id: `${instanceUrl}/id/00D000000000001EAA/005000000000001AAA`,
        token_type: 'Bearer',
        issued_at: String(Date.now()),
      },
    };
  }

  return {
    giveToken,
    isSignedIn: ({ headers }: FakeRequest) =>
      tokens.has(/^Bearer (.+)$/.exec(String(headers.authorization))?.[1] ?? ''),
    expire: () => tokens.clear(),
  };
}

function reject(error: string, description: string): FakeReply {
  return { status: 400, json: { error, error_description: description } };
}

function isGoodAssertion(assertion: string): boolean {
  const [head = '', body = '', signature = ''] = assertion.split('.');
  const isSigned = verify(
    'RSA-SHA256',
    Buffer.from(`${head}.${body}`),
    createPublicKey(pair.publicKey.export({ type: 'spki', format: 'pem' })),
    Buffer.from(signature, 'base64url'),
  );
  if (!isSigned) return false;
  const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString());
  const { iss, sub, aud, exp } = read(body);
  const seconds = Number(exp) - Date.now() / 1_000;
  return (
    read(head).alg === 'RS256' &&
    [iss, sub, aud].join(' ') === [fakeApp.clientId, fakeApp.username, fakeApp.audience].join(' ') &&
    seconds > 0 &&
    seconds <= 300
  );
}
