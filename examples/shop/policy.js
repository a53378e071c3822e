// The content security policy of the page that holds the SDK.

const antomHosts = {
  script: ['https://gw.alipayobjects.com'],
  image: ['https://cdn.marmot-cloud.com', 'https://mdn.alipayobjects.com', 'https://imdap-sea.alipay.com'],
  connect: [
    ...['sea', 'na', 'de'].flatMap((region) => [`https://imgs-${region}-global.alipay.com`, `https://open-${region}-global.alipay.com`]),
    ...['qk', 'id', 'sa'].map((region) => `https://imgs-${region}.alipay.com`),
    'https://config.marmot-cloud.com',
    'https://gw.alipayobjects.com',
    'https://imdap-sea.alipay.com',
  ],
};

// isAntom tells Antom's gateways from an emulator.
const isAntom = (gatewayUrl) => new URL(gatewayUrl).hostname.endsWith('.alipay.com');

// pagePolicy is strict with the emulator, where the SDK, the form and everything
// else have one address. With Antom the form and the bank's page may be anywhere
// on https, and the SDK sets styles in the page.
export function pagePolicy({ sdkUrl, gatewayUrl }) {
  const { origin } = new URL(sdkUrl);
  const always = ["default-src 'none'", "base-uri 'none'", "object-src 'none'", "frame-ancestors 'none'"];
  if (!isAntom(gatewayUrl)) {
    return [...always, `script-src 'self' ${origin}`, "style-src 'self'", "img-src 'self' data:", `connect-src 'self' ${origin}`, `frame-src ${origin}`, `form-action 'self' ${origin}`].join('; ');
  }
  return [
    ...always,
    `script-src 'self' ${origin} ${antomHosts.script.join(' ')} 'wasm-unsafe-eval'`,
    "style-src 'self' 'unsafe-inline'",
    `img-src 'self' data: ${antomHosts.image.join(' ')}`,
    `connect-src 'self' ${antomHosts.connect.join(' ')}`,
    'frame-src https:',
    "form-action 'self' https:",
  ].join('; ');
}
