package formats

import (
	"slices"
	"strings"
)

// listOf writes texts as the cell of a list field: without repeats, and a semicolon within one, which would divide it,
// as a comma.
func listOf(texts []string) string {
	switch len(texts) {
	case 0:
		return ""
	case 1:
		return oneOfList(texts[0])
	}
	var b strings.Builder
	for i, text := range texts {
		if slices.Contains(texts[:i], text) || text == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(';')
		}
		b.WriteString(oneOfList(text))
	}
	return b.String()
}

func oneOfList(text string) string {
	if strings.IndexByte(text, ';') < 0 {
		return text
	}
	return strings.ReplaceAll(text, ";", ",")
}

// dayOf is the day of a time such as 2012-11-29T00:00:00.000Z; what is no such time stays as it is, to be refused.
func dayOf(text string) string {
	if len(text) > 10 && text[10] == 'T' {
		return text[:10]
	}
	return text
}

// fractionOf writes a percentage as a fraction, digit by digit, so that 33.3 is 0.333 and nothing else. What is no
// plain decimal number gives false.
func fractionOf(percent string) (string, bool) {
	percent = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(percent), "%"))
	whole, part, _ := strings.Cut(percent, ".")
	if whole+part == "" || strings.Trim(whole+part, "0123456789") != "" {
		return "", false
	}
	whole = "00" + whole
	digits := strings.TrimLeft(whole[:len(whole)-2], "0")
	part = strings.TrimRight(whole[len(whole)-2:]+part, "0")
	if digits == "" {
		digits = "0"
	}
	if part == "" {
		return digits, true
	}
	return digits + "." + part, true
}
