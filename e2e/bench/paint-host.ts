/**
 * The page that hosts the panel (or the floor) while paints are timed. It runs in the browser, knows only Zoom's
 * message protocol and answers every call at once, so that what is measured is ours.
 */
export const paintHostPage = `<!doctype html><meta charset="utf-8"><title>Bench host</title>
<iframe id="panel" style="width:360px;height:760px;border:0"></iframe>
<script>
const frame = document.getElementById('panel');
let focused = null;
const phoneOf = (id) => '+' + id.split('.')[1];
const context = (id) => ({ engagementContext: { engagementId: id, startTime: Date.now(), queueId: 'q', queueName: 'Billing' } });
const status = (id) => ({ engagementStatus: { engagementId: id, state: 'active', channel: 'voice', source: '',
  isConference: 'false', consumers: [{ consumerNumber: phoneOf(id) }] } });
const answers = {
  config: async () => ({ runningContext: 'inContactCenter', clientVersion: '6.5.0.1234', unsupportedApis: [],
    auth: { status: 'authorized' }, product: 'desktop' }),
  getAppContext: async () => ({ context: await window.mintAppContext() }),
  getEngagementContext: async (data) => context((data && data.engagementId) || focused),
  getEngagementStatus: async (data) => status((data && data.engagementId) || focused),
  getEngagementVariableValue: async () => ({ variables: [] }),
  getAppVariableList: async () => ({ variables: [] }),
};
window.addEventListener('message', async (message) => {
  if (message.source !== frame.contentWindow || typeof message.data !== 'string') return;
  const { jsCallId, apiName, data } = JSON.parse(message.data);
  if (apiName.startsWith('getEngagement') && !((data && data.engagementId) || focused)) {
    frame.contentWindow.postMessage({ type: 'apiResponse', data: { jsCallId, errorCode: 10243, errorMessage: 'outside' } }, '*');
    return;
  }
  const result = answers[apiName] ? await answers[apiName](data) : {};
  frame.contentWindow.postMessage({ type: 'apiResponse', data: { jsCallId, result } }, '*');
});
window.endEngagement = (id) => {
  frame.contentWindow.postMessage({ type: 'event', name: 'onEngagementStatusChange',
    data: { engagementStatus: { engagementId: id, state: 'end', endTime: Date.now() }, timestamp: Date.now() } }, '*');
};
/* Time of dispatch, in ms since the epoch. */
window.focusEngagement = (id) => {
  focused = id;
  const at = performance.timeOrigin + performance.now();
  frame.contentWindow.postMessage({ type: 'event', name: 'onEngagementContextChange', data: { ...context(id), timestamp: Date.now() } }, '*');
  return at;
};
</script>`;

/**
 * Put into every frame: notes when the card of an engagement is painted. The attributes change in the commit; the next
 * animation frame runs before that commit is painted, and a message posted from it arrives after.
 */
export const paintRecorder = `(() => {
  window.painted = {};
  const note = () => {
    const main = document.querySelector('main[data-engagement-id]');
    if (!main || main.dataset.state !== 'ready') return;
    const id = main.dataset.engagementId;
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => { window.painted[id] = performance.timeOrigin + performance.now(); };
      channel.port2.postMessage(0);
    });
  };
  new MutationObserver(note).observe(document, { subtree: true, childList: true, attributes: true,
    attributeFilter: ['data-engagement-id', 'data-state'] });
})()`;
