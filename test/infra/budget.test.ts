import test from 'ava'
import { getCountries, getCountryCallingCode } from 'libphonenumber-js/max'
import { countryCodeOf } from '../../src/infra/sms/budget.ts'

test('the country code of a number is that of its country, be it of one, two or three digits', t => {
  const codes = new Set(getCountries().map(country => `+${getCountryCallingCode(country)}`))
  t.true(codes.size > 200)
  for (const code of codes)
    for (const rest of ['2025550123', '0000000000', '9999999999']) t.is(countryCodeOf(code + rest), code)
})
