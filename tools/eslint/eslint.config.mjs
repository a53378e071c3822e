// The rules for the JavaScript that is served and copied: what is recommended,
// and what keeps it plain.
// It is copied to where the linter is installed, and runs at the top of the repository.

import js from '@eslint/js';

const names = (text, kind = 'readonly') => Object.fromEntries(text.split(' ').map((name) => [name, kind]));
const everywhere = 'URL URLSearchParams TextDecoder TextDecoderStream TextEncoder AbortSignal atob btoa clearTimeout console crypto fetch setTimeout';
const browser = names(`${everywhere} CSS CSSStyleSheet EventSource Intl ResizeObserver document history localStorage location navigator screen sessionStorage addEventListener setInterval window`);
const node = names(`${everywhere} Buffer process setInterval clearInterval`);

// scripts takes the scripts out of files that hold other things too.
const scripts = {
  preprocess: (text) => [...text.matchAll(/<script(?: type="module"| setup)>\n([^]*?)<\/script>/g)].map(([, code], i) => ({ text: code, filename: `${i}.js` })),
  postprocess: (messages) => messages.flat(),
};

export default [
  { ignores: ['**/node_modules/**'] },
  js.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      curly: ['error', 'multi-line'],
      eqeqeq: 'error',
      'max-lines': ['error', 500],
      'max-lines-per-function': ['error', { max: 60, skipComments: true, skipBlankLines: true }],
      'no-console': ['error', { allow: ['warn', 'error', 'log'] }],
      'no-implicit-globals': 'off',
      'no-restricted-properties': [
        'error',
        ...['innerHTML', 'outerHTML', 'insertAdjacentHTML', 'write'].map((property) => ({ property, message: 'texts go in as text' })),
      ],
      'no-shadow': 'error',
      'no-var': 'error',
      'prefer-const': 'error',
    },
  },
  { files: ['**/static/**/*.js', '**/public/**/*.js', 'e2e/testdata/*.js'], languageOptions: { sourceType: 'module', globals: browser } },
  {
    // One scope holds them all: see sdkParts.
    files: ['**/static/sdk/*.js'],
    languageOptions: { sourceType: 'script', globals: { ...browser, ...names('Frame failures readSession queryGateway isMobile addStyles element openModal closeModal leaveTo within randomId launchTimeout styles AMSCashierPayment AMSElement') } },
    rules: { 'no-redeclare': ['error', { builtinGlobals: false }], 'no-unused-vars': ['error', { vars: 'local' }] },
  },
  { files: ['cmd/testdata/print/*.{html,vue}'], processor: scripts },
  { files: ['cmd/testdata/print/*.{html,vue}/*.js', 'cmd/testdata/print/*.jsx'], languageOptions: { sourceType: 'module', globals: { ...browser, ...names('defineEmits defineProps') }, parserOptions: { ecmaFeatures: { jsx: true } } } },
  // What a template uses is not seen here.
  { files: ['cmd/testdata/print/*.vue/*.js', 'cmd/testdata/print/*.jsx'], rules: { 'no-unused-vars': ['error', { varsIgnorePattern: '^(pay|Checkout)$' }] } },
  { files: ['cmd/testdata/print/*.mjs'], languageOptions: { sourceType: 'module', globals: node } },
  { files: ['examples/shop/*.js', 'examples/shop/tests/*.js'], languageOptions: { sourceType: 'module', globals: node } },
];
