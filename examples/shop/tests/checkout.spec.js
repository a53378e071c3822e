// What a buyer does in the shop, in a real browser, on the emulator. The form is
// in a frame, the bank's page in another one.

import { expect, test } from '@playwright/test';

import { pagePolicy } from '../policy.js';

const form = (page) => page.frameLocator('#ams-checkout-component-desktop');
const bank = (page) => page.frameLocator('.ams-popupmodal iframe');

test('pays in a popup', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('button', { name: 'Buy now' }).click();
  await form(page).getByRole('button', { name: 'Succeeds', exact: true }).click();
  await form(page).getByRole('button', { name: 'Pay SGD 42.00' }).click();
  await expect(page.getByRole('heading', { name: 'Thank you!' })).toBeVisible();
});

test('pays on the page, with a typed card', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('button', { name: 'Pay on this page' }).click();
  await form(page).getByLabel('Card number').fill('4054695723100768');
  await form(page).getByLabel('Expiry date').fill('12/30');
  await form(page).getByLabel('Security code').fill('123');
  await page.getByRole('button', { name: 'Place the order' }).click();
  await expect(page.getByRole('heading', { name: 'Thank you!' })).toBeVisible();
});

test('confirms with the bank', async ({ page }) => {
  await page.goto('/');
  await page.getByLabel('Ask the bank (3-D Secure)').check();
  await page.getByRole('button', { name: 'Buy now' }).click();
  await form(page).getByRole('button', { name: 'Succeeds', exact: true }).click();
  await form(page).getByRole('button', { name: 'Pay SGD 42.00' }).click();
  await bank(page).getByRole('button', { name: 'Confirm the payment' }).click();
  await expect(page.getByRole('heading', { name: 'Thank you!' })).toBeVisible();
});

test('is declined, and can try again', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('button', { name: 'Buy now' }).click();
  await form(page).getByRole('button', { name: 'Declined' }).click();
  await form(page).getByRole('button', { name: 'Pay SGD 42.00' }).click();
  await expect(page.getByRole('status')).toContainText('DO_NOT_HONOR');
  await page.getByRole('button', { name: 'Buy now' }).click();
  await form(page).getByRole('button', { name: 'Succeeds', exact: true }).click();
  await form(page).getByRole('button', { name: 'Pay SGD 42.00' }).click();
  await expect(page.getByRole('heading', { name: 'Thank you!' })).toBeVisible();
});

test('leaves the payment', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('button', { name: 'Buy now' }).click();
  await expect(form(page).getByLabel('Card number')).toBeVisible();
  await page.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('button', { name: 'Leave', exact: true }).click();
  await expect(page.getByRole('status')).toContainText('You have not paid');
});

// The policy of the shop's page follows the gateway: one address with the emulator,
// also over https, and Antom's hosts with Antom, whatever serves the SDK's script.
test('has the policy of its gateway', () => {
  for (const url of ['http://127.0.0.1:4300', 'https://127.0.0.1:4300']) {
    const policy = pagePolicy({ sdkUrl: `${url}/sdk/ams-checkout.js`, gatewayUrl: url });
    expect(policy).toContain(`frame-src ${url};`);
    expect(policy).not.toContain('unsafe');
    expect(policy).not.toContain('alipay');
  }
  const policy = pagePolicy({ sdkUrl: 'https://static.shop.example/ams-checkout.js', gatewayUrl: 'https://open-sea-global.alipay.com' });
  expect(policy).toContain('script-src \'self\' https://static.shop.example https://gw.alipayobjects.com');
  expect(policy).toContain('frame-src https:');
  expect(policy).toContain('https://imgs-sea-global.alipay.com');
});
