import type { CloudSettings } from './cloud.ts';

/** Deskside's settings for this cloud: what a deployer would copy from the Marketplace. */
export function describeCloud(settings: CloudSettings, simulatorPort: number): Record<string, string> {
  const host = `127.0.0.1:${simulatorPort}`;
  return {
    ZOOM_CLIENT_ID: settings.clientId,
    ZOOM_CLIENT_SECRET: settings.clientSecret,
    ZOOM_ACCOUNT_ID: settings.accountId,
    ZOOM_WEBHOOK_SECRET_TOKEN: settings.webhookSecretToken,
    ZOOM_WEBSOCKET_SUBSCRIPTION_ID: settings.webSocketSubscriptionId,
    ZOOM_OAUTH_URL: `http://${host}/oauth/token`,
    ZOOM_API_URL: `http://${host}/v2`,
    ZOOM_WS_URL: `ws://${host}/ws`,
    FLOW_TOKEN: settings.flowToken,
  };
}
