// What can be said of a card's data without asking anybody.

// luhnValid wants 12 to 19 digits of which the last one is right (ISO/IEC 7812).
export function luhnValid(number) {
  if (!/^\d{12,19}$/.test(number)) return false;
  let sum = 0;
  for (let i = 0; i < number.length; i++) {
    let digit = Number(number[number.length - 1 - i]);
    if (i % 2 === 1) digit = digit > 4 ? digit * 2 - 9 : digit * 2;
    sum += digit;
  }
  return sum % 10 === 0;
}

const prefixes = [
  [/^3[47]/, 'AMEX'],
  [/^35/, 'JCB'],
  [/^3[068]/, 'DINERS'],
  [/^62/, 'CUP'],
  [/^6/, 'DISCOVER'],
  [/^[25]/, 'MASTERCARD'],
  [/^4/, 'VISA'],
  [/^9490/, 'HYUNDAI'],
];
const brandNames = { AMEX: 'American Express', JCB: 'JCB', DINERS: 'Diners Club', CUP: 'UnionPay', DISCOVER: 'Discover', MASTERCARD: 'Mastercard', VISA: 'Visa', HYUNDAI: 'Hyundai' };

// brandOf is the brand by the first digits; empty if they are not known.
export const brandOf = (number) => prefixes.find(([prefix]) => prefix.test(number))?.[1] ?? '';

export const brandName = (brand) => brandNames[brand] ?? brand;

export const digitsOf = (text) => text.replace(/\D/g, '');

// grouped sets a number in groups, as it stands on the card.
export function grouped(digits) {
  const groups = brandOf(digits) === 'AMEX' ? [4, 6, 5] : [4, 4, 4, 4, 3];
  const parts = [];
  let at = 0;
  for (const length of groups) {
    if (at >= digits.length) break;
    parts.push(digits.slice(at, at + length));
    at += length;
  }
  return parts.join(' ');
}

// expiryText sets what was typed as MM/YY while it is typed. A first digit over
// 1 can only be a month of one digit.
export function expiryText(text) {
  let digits = digitsOf(text);
  if (/^[2-9]/.test(digits)) digits = `0${digits}`;
  digits = digits.slice(0, 4);
  return digits.length > 2 ? `${digits.slice(0, 2)}/${digits.slice(2)}` : digits;
}

// The names of problems are keys of the texts.

export function numberProblem(number, brands) {
  if (number === '') return 'numberMissing';
  if (number.length < 12) return 'numberShort';
  if (!luhnValid(number)) return 'numberWrong';
  const brand = brandOf(number);
  return brands?.length > 0 && brand && !brands.includes(brand) ? 'brandRefused' : '';
}

// expiryProblem is about the form only: Antom's sandbox takes any date, and a
// month 13 is how invalid data is tried (so 13 is let through).
export function expiryProblem(text) {
  if (text === '') return 'expiryMissing';
  return /^\d\d\/\d\d$/.test(text) ? '' : 'expiryWrong';
}

// cvvProblem lets two digits through: they are how a wrong one is tried.
export function cvvProblem(text) {
  if (text === '') return 'cvvMissing';
  return /^\d{2,4}$/.test(text) ? '' : 'cvvWrong';
}

export const billingLimits = { region: 2, state: 8, city: 32, address1: 256, address2: 256, zipCode: 32 };

// billingProblems are the problems of an address by field. An address that was
// left empty has none.
export function billingProblems(address) {
  const problems = {};
  const given = Object.values(address).some((value) => value !== '');
  if (given && !/^[A-Z]{2}$/.test(address.region)) problems.region = 'regionWrong';
  for (const [name, longest] of Object.entries(billingLimits)) {
    if ([...address[name]].length > longest) problems[name] = 'tooLong';
  }
  return problems;
}
