package mapping

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// numberStyle is how numbers are written.
type numberStyle struct {
	point   byte // of the fraction
	group   byte // between thousands; 0 where nothing is, ' ' for any space
	indian  bool // groups of two before the last of three
	example string
}

// plainNumbers have a decimal point and no groups.
var plainNumbers = &numberStyle{point: '.', example: "1234.56"}

// numberStyleOf reads an example.
func numberStyleOf(example string) (*numberStyle, error) {
	bad := fmt.Errorf("%s is no example of a number that tells how it is written; such are 1,234.56 and 1.234,56 and 1 234,56 and 1'234.56 and 1234,56", quoted(example))
	text := plainSpaces(example)
	var marks []byte
	var groups []int // digits before each mark
	digits := 0
	for i := range len(text) {
		switch c := text[i]; {
		case c >= '0' && c <= '9':
			digits++
		case strings.IndexByte(",.' ", c) >= 0:
			marks, groups, digits = append(marks, c), append(groups, digits), 0
		default:
			return nil, bad
		}
	}
	s := &numberStyle{point: '.', example: example}
	n := len(marks)
	switch {
	case len(text) == n:
		return nil, bad
	case n == 0:
		return s, nil
	}
	last := marks[n-1]
	switch {
	case n == 1 && digits != 3 && (last == ',' || last == '.'): // a fraction alone
		s.point = last
		return s, nil
	case n == 1 && (last == ',' || last == '.'): // 1,234: groups, or three decimals
		return nil, fmt.Errorf("%s may be read in two ways; give an example with both, such as 1,234.56 or 1.234,56", quoted(example))
	case n > 1 && marks[0] != last && (last == ',' || last == '.'):
		s.point, marks = last, marks[:n-1]
	default: // groups alone
		groups = append(groups, digits)
		if marks[0] == '.' {
			s.point = ','
		}
	}
	s.group = marks[0]
	for _, m := range marks {
		if m != s.group {
			return nil, bad
		}
	}
	if s.group == s.point || len(groups) < 2 || groups[len(marks)] != 3 {
		return nil, bad
	}
	for _, g := range groups[1:len(marks)] {
		s.indian = s.indian || g == 2
	}
	return s, nil
}

// plainSpaces makes one space of those that stand between thousands, and an apostrophe of its like.
func plainSpaces(text string) string {
	if isASCII(text) {
		return text
	}
	return strings.Map(func(r rune) rune {
		switch r {
		case '\u00A0', '\u202F', '\u2009', '\u3000':
			return ' '
		case '\u2019', '\u02BC':
			return '\''
		case '\u2212', '\u2013', '\uFF0D':
			return '-'
		}
		return r
	}, norm.NFKC.String(text))
}

func isASCII(text string) bool {
	for i := 0; i < len(text); i++ {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// magnitudes are words after a number, and how many zeros they stand for.
var magnitudes = []struct {
	word  string
	zeros int
}{
	{"万亿", 12}, {"萬億", 12}, {"百万", 6}, {"百萬", 6}, {"千万", 7}, {"千萬", 7}, {"亿", 8}, {"億", 8}, {"万", 4}, {"萬", 4}, {"千", 3},
	{"thousand", 3}, {"million", 6}, {"millions", 6}, {"mn", 6}, {"billion", 9}, {"bn", 9}, {"trillion", 12},
	{"tausend", 3}, {"mio", 6}, {"mio.", 6}, {"millionen", 6}, {"mrd", 9}, {"mrd.", 9}, {"milliarden", 9}, {"milliard", 9}, {"milliards", 9},
}

// currencyWords stand before or after an amount and do not change it.
var currencyWords = []string{"us$", "nt$", "hk$", "元", "円", "人民币"}

// decimal is a number as digits and a power of ten: as exact as it was written.
type decimal struct {
	negative bool
	digits   string // without leading zeros; empty for zero
	exponent int
	unit     bool // a word for a power of ten stood after it, which exponent has
}

// maxDigits bounds a number: no share, amount or count has more.
const maxDigits = 60

// parse reads a number; why is empty where it is one.
func (s *numberStyle) parse(text string) (d decimal, percent bool, why string) {
	rest := strings.TrimSpace(plainSpaces(text))
	negative := false
	if strings.HasPrefix(rest, "(") && strings.HasSuffix(rest, ")") {
		negative, rest = true, strings.TrimSpace(rest[1:len(rest)-1])
	}
	rest, shift, percent := trimAround(rest)
	switch {
	case strings.HasPrefix(rest, "-"), strings.HasSuffix(rest, "-"):
		negative, rest = true, strings.TrimSpace(strings.Trim(rest, "-"))
		rest, _, _ = trimAround(rest)
	case strings.HasPrefix(rest, "+"):
		rest = rest[1:]
	}
	digits, fraction, ok := s.cut(rest)
	if !ok {
		return d, percent, s.whyNot(text)
	}
	all := strings.TrimLeft(digits+fraction, "0")
	if len(all) > maxDigits {
		return d, percent, "has too many digits"
	}
	return decimal{negative: negative && all != "", digits: all, exponent: shift - len(fraction), unit: shift > 0}, percent, ""
}

func (s *numberStyle) whyNot(text string) string {
	if s == plainNumbers && strings.ContainsAny(text, ",' ") {
		return `not a number with a decimal point and without thousands separators; say how numbers are written, by an example: number: "1,234.56"`
	}
	return "not a number written like " + s.example
}

// trimAround takes currencies, words for powers of ten and signs of percent off a number.
func trimAround(text string) (rest string, shift int, percent bool) {
	if text != "" && text[0] >= '0' && text[0] <= '9' && text[len(text)-1] >= '0' && text[len(text)-1] <= '9' {
		return text, 0, false
	}
	rest = strings.TrimFunc(text, func(r rune) bool { return unicode.Is(unicode.Sc, r) || r == ' ' })
	lower := strings.ToLower(rest)
	for _, word := range currencyWords {
		if len(lower) == len(rest) && strings.HasPrefix(lower, word) {
			rest, lower = rest[len(word):], lower[len(word):]
		}
		if len(lower) == len(rest) && strings.HasSuffix(lower, word) {
			rest, lower = rest[:len(rest)-len(word)], lower[:len(lower)-len(word)]
		}
	}
	rest = strings.TrimSpace(rest)
	switch {
	case strings.HasSuffix(rest, "%"):
		return strings.TrimSpace(rest[:len(rest)-1]), 0, true
	case strings.HasSuffix(rest, "‰"):
		return strings.TrimSpace(strings.TrimSuffix(rest, "‰")), -1, true
	}
	lower = strings.ToLower(rest)
	for _, m := range magnitudes {
		if before, found := strings.CutSuffix(lower, m.word); found && len(lower) == len(rest) && endsNumber(before, m.word) {
			return strings.TrimSpace(rest[:len(before)]), m.zeros, false
		}
	}
	return rest, 0, false
}

// endsNumber reports whether a word may follow: words of letters need a digit or a space before them.
func endsNumber(before, word string) bool {
	before = strings.TrimRight(before, " ")
	return before != "" && before[len(before)-1] >= '0' && before[len(before)-1] <= '9'
}

// cut takes a number apart at its point and takes the groups out.
func (s *numberStyle) cut(text string) (digits, fraction string, ok bool) {
	whole := text
	if i := strings.IndexByte(text, s.point); i >= 0 {
		whole, fraction = text[:i], text[i+1:]
		if fraction == "" || !allDigits(fraction) {
			return "", "", false
		}
	}
	if s.group != 0 && strings.IndexByte(whole, s.group) >= 0 {
		parts := strings.Split(whole, string(rune(s.group)))
		for i, part := range parts {
			last, first := i == len(parts)-1, i == 0
			want := 3
			if s.indian && !last {
				want = 2
			}
			if len(part) != want && !(first && len(part) > 0 && len(part) < want) {
				return "", "", false
			}
		}
		whole = strings.Join(parts, "")
	}
	if whole == "" && fraction != "" {
		return "", fraction, true // .5
	}
	return whole, fraction, whole != "" && allDigits(whole)
}

func allDigits(text string) bool {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return true
}

// String is the number without exponent.
func (d decimal) String() string {
	if d.digits == "" {
		return "0"
	}
	var b strings.Builder
	if d.negative {
		b.WriteByte('-')
	}
	switch point := len(d.digits) + d.exponent; {
	case d.exponent >= 0:
		b.WriteString(d.digits + strings.Repeat("0", d.exponent))
	case point > 0:
		writeFraction(&b, d.digits[:point], d.digits[point:])
	default:
		writeFraction(&b, "0", strings.Repeat("0", -point)+d.digits)
	}
	return b.String()
}

func writeFraction(b *strings.Builder, whole, fraction string) {
	b.WriteString(whole)
	if fraction = strings.TrimRight(fraction, "0"); fraction != "" {
		b.WriteString("." + fraction)
	}
}

// times multiplies by a factor as it is written in a mapping.
func (d decimal) times(factor string) (decimal, bool) {
	x, ok := new(big.Rat).SetString(d.String())
	y, ok2 := new(big.Rat).SetString(factor)
	if !ok || !ok2 {
		return d, false
	}
	text := x.Mul(x, y).FloatString(20)
	out, _, why := plainNumbers.parse(text)
	return out, why == ""
}

// powerOfTen is the number of zeros of a factor that is one; ok is false where it is none.
func powerOfTen(factor string) (zeros int, ok bool) {
	d, _, why := plainNumbers.parse(factor)
	if why != "" || d.negative || strings.TrimRight(d.digits, "0") != "1" {
		return 0, false
	}
	return d.exponent + len(d.digits) - 1, true
}

// plainNumber reads a number that a step before it has written, or a cell as it stands: 12% is 0.12.
func plainNumber(text string) (d decimal, why string) {
	d, percent, why := plainNumbers.parse(text)
	if percent {
		d.exponent -= 2
	}
	return d, why
}

// float is the number for comparisons.
func (d decimal) float() float64 {
	f, _ := strconv.ParseFloat(d.String(), 64)
	return f
}
