/** Secrets for tests: long, distinct, known to everybody. */

export const secretA = 'kQ3v9Zr1Xw7uT5pL0nM8bV6cA4sD2fGh-A';
export const secretB = 'Zp8yR2mW6tK0jH4xC9vB3nQ7sF1dLgEa-B';
export const issuer = 'https://shop.example';
