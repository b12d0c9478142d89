package formats

import (
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/tributarygraph/tributary/graph"
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

// decimalSum adds up decimal numbers exactly.
type decimalSum struct{ sum *big.Rat }

// add adds a number; false where there is none.
func (d *decimalSum) add(text string) bool {
	if len(text) > 40 || strings.Trim(text, "0123456789.") != "" {
		return false
	}
	number, ok := new(big.Rat).SetString(text)
	if !ok {
		return false
	}
	if d.sum == nil {
		d.sum = new(big.Rat)
	}
	d.sum.Add(d.sum, number)
	return true
}

// String is the sum, without zeros at its end.
func (d *decimalSum) String() string {
	if d.sum == nil {
		return ""
	}
	digits, _ := d.sum.FloatPrec() // decimals, so that these are all
	return d.sum.FloatString(digits)
}

func itoa(n int) string { return strconv.Itoa(n) }

// endOf is the first day on which something no longer holds that is said to have ended on a day, or in a month or year.
// Where that is the day on which it began, or the month or year, it held until the end of it. The text is empty where no
// end is stated; false where it ended before it began. Dates that are none stay as they are.
func endOf(from, to string) (string, bool) {
	begin, err1 := graph.ParseDate(from)
	end, err2 := graph.ParsePeriod(to)
	if to == "" || err1 != nil || err2 != nil || begin == graph.NoDate || end.Start() > begin {
		return to, true
	}
	return end.End().String(), end.End() > begin
}
