package resolve

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tributarygraph/tributary/graph"
)

// luhn reports whether the digits satisfy the formula of ISO/IEC 7812-1, annex B: from the right, every second one
// counts twice, and the sum of all digits is a multiple of ten.
func luhn(digits string) bool {
	sum, twice := 0, false
	for i := len(digits) - 1; i >= 0; i-- {
		d := int(digits[i] - '0')
		if twice {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
		twice = !twice
	}
	return sum%10 == 0
}

// notCountries are prefixes of ISIN that are no country: international securities, and substitutes.
var notCountries = []string{"XS", "EU", "XA", "XB", "XC", "XD", "XF", "XK", "QS", "QT", "QW"}

// parseISIN checks an International Securities Identification Number (ISO 6166): a country, nine letters or digits, and a
// check digit over all, in which each letter stands for two digits.
func parseISIN(text string) (string, error) {
	isin := strings.ToUpper(text)
	if len(isin) != 12 {
		return "", fmt.Errorf("has %d characters; allowed: 12 letters and digits (ISO 6166)", len(isin))
	}
	var digits []byte
	for i := range len(isin) {
		switch c := isin[i]; {
		case c >= '0' && c <= '9' && i >= 2:
			digits = append(digits, c)
		case c >= 'A' && c <= 'Z' && i < 11:
			n := c - 'A' + 10
			digits = append(digits, '0'+n/10, '0'+n%10)
		default:
			return "", fmt.Errorf("allowed: a country, nine letters or digits, a check digit (ISO 6166)")
		}
	}
	if _, err := graph.ParseCountry(isin[:2]); err != nil && !slices.Contains(notCountries, isin[:2]) {
		return "", fmt.Errorf("begins with %s, which is no country (ISO 6166)", isin[:2])
	}
	if !luhn(string(digits)) {
		return "", fmt.Errorf("its check digit does not fit (ISO 6166): one character is wrong")
	}
	return isin, nil
}

// usccLetters are the characters of a unified social credit code, in the order of their values: no I, O, S, V, Z.
const usccLetters = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// parseUSCC checks a unified social credit code of China (GB 32100-2015): 18 characters, the last a check character,
// the weights of the others being the powers of 3 modulo 31.
func parseUSCC(text string) (string, error) {
	code := strings.ToUpper(text)
	if len(code) != 18 {
		return "", fmt.Errorf("has %d characters; allowed: 18 letters and digits (GB 32100)", len(code))
	}
	sum, weight := 0, 1
	for i := range 17 {
		value := strings.IndexByte(usccLetters, code[i])
		if value < 0 || i >= 2 && i < 8 && value > 9 {
			return "", fmt.Errorf("allowed: 18 digits and letters other than I, O, S, V, Z, of which the third to the eighth are digits (GB 32100)")
		}
		sum += value * weight
		weight = weight * 3 % 31
	}
	if code[17] != usccLetters[(31-sum%31)%31] {
		return "", fmt.Errorf("its check character does not fit (GB 32100): one character is wrong")
	}
	return code, nil
}

// parseJCN checks a Japanese corporate number: 13 digits, the first a check digit: 9 less the remainder, divided by 9, of
// the sum of the others, of which from the right every second one counts twice.
func parseJCN(text string) (string, error) {
	if text = strings.TrimPrefix(strings.ToUpper(text), "T"); len(text) != 13 || !isDigits(text) { // T: number of a taxable person
		return "", fmt.Errorf("allowed: 13 digits (corporate number of Japan)")
	}
	sum := 0
	for i := 12; i >= 1; i-- {
		d := int(text[i] - '0')
		if i%2 == 1 { // the second, fourth, ... from the right
			d *= 2
		}
		sum += d
	}
	if int(text[0]-'0') != 9-sum%9 {
		return "", fmt.Errorf("its check digit does not fit (corporate number of Japan): one digit is wrong")
	}
	return text, nil
}

// parseSIREN checks a French SIREN, nine digits with a Luhn check digit, or takes it out of a SIRET, which adds five
// for the establishment.
func parseSIREN(text string) (string, error) {
	number := strings.NewReplacer(" ", "", ".", "").Replace(text)
	switch {
	case !isDigits(number) || len(number) != 9 && len(number) != 14:
		return "", fmt.Errorf("allowed: 9 digits (SIREN) or 14 (SIRET)")
	case !luhn(number[:9]):
		return "", fmt.Errorf("its check digit does not fit (SIREN): one digit is wrong")
	}
	return number[:9], nil
}
