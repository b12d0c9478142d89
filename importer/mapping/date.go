package mapping

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/tributarygraph/tributary/graph"
)

// stretch is what a date means: a day, month, quarter, half-year or year, or a fiscal year over two.
type stretch struct {
	period graph.Period
	fiscal fiscal
	first  int // the first year of a fiscal one
}

type fiscal uint8

const (
	calendar   fiscal = iota
	fiscalOne         // FY2024: a fiscal year by one number
	fiscalPair        // FY2023/24
)

// take is what a value takes of it, as text; month is that in which fiscal years begin, 0 where it is not said.
func (s stretch) take(what string, month int) (string, error) {
	switch what {
	case takePeriod:
		return string(s.period), nil
	case takeYear, takeQuarter, takeMonth:
		return s.within(what)
	}
	start, after := s.period.Start(), s.period.End()
	switch {
	case s.fiscal == fiscalPair && month == 0:
		return "", fmt.Errorf("a fiscal year over two calendar years; say in which month it begins: fiscal_start: 4")
	case s.fiscal == fiscalPair && month == 1:
		return "", fmt.Errorf("a fiscal year over two calendar years, and fiscal_start says that they begin in January")
	case s.fiscal == fiscalOne && month > 1:
		return "", fmt.Errorf("a fiscal year that begins or ends in %s: which of the two is not said; write both years, or leave out fiscal_start", s.period)
	case s.fiscal == fiscalPair:
		begin := time.Date(s.first, time.Month(month), 1, 0, 0, 0, 0, time.UTC)
		start, after = graph.DateOf(begin), graph.DateOf(begin.AddDate(1, 0, 0))
	}
	if what == takeAfter {
		return after.String(), nil
	}
	return start.String(), nil
}

// within is the year, quarter or month that all of it lies in.
func (s stretch) within(what string) (string, error) {
	if s.fiscal == fiscalPair {
		if what == takeYear {
			return string(s.period), nil
		}
		return "", fmt.Errorf("a fiscal year, which is no %s", what)
	}
	start, last := s.period.Start().Time(), (s.period.End() - 1).Time()
	name := func(t time.Time) string {
		switch what {
		case takeYear:
			return t.Format("2006")
		case takeMonth:
			return t.Format("2006-01")
		}
		return fmt.Sprintf("%04dQ%d", t.Year(), (int(t.Month())+2)/3)
	}
	if name(start) != name(last) {
		return "", fmt.Errorf("longer than a %s", what)
	}
	return name(start), nil
}

func period(format string, args ...any) (stretch, bool) {
	p, err := graph.ParsePeriod(fmt.Sprintf(format, args...))
	return stretch{period: p}, err == nil && p != ""
}

func fiscalYears(first, second int) (stretch, bool) {
	if second != first+1 {
		return stretch{}, false
	}
	s, ok := period("%04d", second)
	s.fiscal, s.first = fiscalPair, first
	return s, ok
}

// fullYear is that of two digits or four.
func fullYear(text string) (int, bool) {
	year, err := strconv.Atoi(text)
	if err != nil || !allDigits(text) {
		return 0, false
	}
	switch {
	case len(text) == 4 && year >= 1000:
		return year, true
	case len(text) == 2 && year < 70:
		return 2000 + year, true
	case len(text) == 2:
		return 1900 + year, true
	}
	return 0, false
}

// layout is one way in which dates are written.
type layout struct {
	text   string
	parse  func(text string) (stretch, bool) // any and excel
	tokens []dateToken                       // nil for these
}

// dateToken is a part of a layout: a constant where letters is empty.
type dateToken struct{ letters, text string }

// dateLetters are the parts of dates in layouts; the longer ones first.
var dateLetters = []string{"YYYY", "YY", "MMM", "MM", "M", "DD", "D", "Q", "H"}

// The layouts that are words.
const (
	layoutAny       = "any"
	layoutExcel     = "excel"
	layoutExcel1904 = "excel1904"
)

func parseLayout(text string) (*layout, error) {
	switch text {
	case layoutAny:
		return &layout{text: text, parse: anyDate}, nil
	case layoutExcel:
		return &layout{text: text, parse: func(text string) (stretch, bool) {
			return serialDate(text, time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC), 1)
		}}, nil
	case layoutExcel1904:
		return &layout{text: text, parse: func(text string) (stretch, bool) {
			return serialDate(text, time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC), 0)
		}}, nil
	}
	return parseLetters(text)
}

// parseLetters reads a layout of letters.
func parseLetters(text string) (*layout, error) {
	l := &layout{text: text}
	count := map[byte]int{}
	for rest := norm.NFKC.String(text); rest != ""; {
		if inside, after, ok := quotedPart(rest); ok {
			l.constant(inside)
			rest = after
			continue
		}
		letters := ""
		for _, letter := range dateLetters {
			if strings.HasPrefix(rest, letter) {
				letters = letter
				break
			}
		}
		if letters != "" {
			l.tokens = append(l.tokens, dateToken{letters: letters})
			count[letters[0]]++
			rest = rest[len(letters):]
			continue
		}
		_, size := utf8.DecodeRuneInString(rest)
		l.constant(rest[:size])
		rest = rest[size:]
	}
	return l, l.check(count)
}

// quotedPart cuts off what stands between apostrophes, for letters that are no part of a date: 'FY'YYYY.
func quotedPart(text string) (inside, after string, ok bool) {
	if text[0] != '\'' {
		return "", "", false
	}
	return strings.Cut(text[1:], "'")
}

// constant adds text that dates have at this place.
func (l *layout) constant(text string) {
	if n := len(l.tokens); n > 0 && l.tokens[n-1].letters == "" {
		l.tokens[n-1].text += text
	} else if text != "" {
		l.tokens = append(l.tokens, dateToken{text: text})
	}
}

func (l *layout) check(count map[byte]int) error {
	const letters = "YYYY or YY, MM or M or MMM (its name), DD or D, Q, H"
	switch {
	case count['Y'] == 0:
		return fmt.Errorf("%s is no way to write dates: a year is missing; allowed: any, excel, or a layout of %s, such as DD.MM.YYYY", quoted(l.text), letters)
	case count['Y'] > 2, count['Y'] == 2 && count['M']+count['D']+count['Q']+count['H'] > 0, count['M'] > 1, count['D'] > 1, count['Q'] > 1, count['H'] > 1:
		return fmt.Errorf("%s has a part twice; only fiscal years have two years: YYYY/YY", quoted(l.text))
	case count['D'] == 1 && count['M'] == 0:
		return fmt.Errorf("%s has a day without a month", quoted(l.text))
	case count['Q']+count['H'] > 0 && count['M']+count['D'] > 0, count['Q']+count['H'] > 1:
		return fmt.Errorf("%s has a quarter or half-year beside something else", quoted(l.text))
	}
	return nil
}

// read reads a text in this layout.
func (l *layout) read(text string) (stretch, bool) {
	text = strings.TrimSpace(norm.NFKC.String(text))
	if l.parse != nil {
		return l.parse(text)
	}
	got := map[byte]int{}
	for i, t := range l.tokens {
		if t.letters == "" {
			after, ok := cutFold(text, t.text)
			if !ok {
				return stretch{}, false
			}
			text = after
			continue
		}
		value, after, ok := t.read(text)
		if !ok {
			return stretch{}, false
		}
		if t.letters[0] == 'Y' && i > 0 && got['Y'] != 0 {
			if after != "" {
				continue
			}
			return fiscalYears(got['Y'], value)
		}
		got[t.letters[0]], text = value, after
	}
	if text != "" {
		return stretch{}, false
	}
	return assemble(got)
}

// cutFold cuts a constant part off, whatever its case.
func cutFold(text, prefix string) (after string, ok bool) {
	if len(text) < len(prefix) || !strings.EqualFold(text[:len(prefix)], prefix) {
		return "", false
	}
	return text[len(prefix):], true
}

// read takes one part off a date.
func (t dateToken) read(text string) (value int, after string, ok bool) {
	switch t.letters {
	case "MMM":
		return cutMonth(text)
	case "Q", "H":
		return cutDigits(text, 1, 1)
	case "M", "D":
		return cutDigits(text, 1, 2)
	case "YYYY":
		return cutDigits(text, 4, 4)
	case "YY":
		if value, after, ok = cutDigits(text, 2, 2); ok {
			value, ok = fullYear(text[:2])
		}
		return value, after, ok
	}
	return cutDigits(text, 2, 2)
}

func cutDigits(text string, least, most int) (value int, after string, ok bool) {
	n := 0
	for n < len(text) && n < most && text[n] >= '0' && text[n] <= '9' {
		n++
	}
	if n < least {
		return 0, "", false
	}
	value, err := strconv.Atoi(text[:n])
	return value, text[n:], err == nil
}

func assemble(got map[byte]int) (stretch, bool) {
	switch {
	case got['D'] > 0 && got['M'] > 0:
		return period("%04d-%02d-%02d", got['Y'], got['M'], got['D'])
	case got['M'] > 0:
		return period("%04d-%02d", got['Y'], got['M'])
	case got['Q'] > 0:
		return period("%04dQ%d", got['Y'], got['Q'])
	case got['H'] > 0:
		return period("%04dH%d", got['Y'], got['H'])
	case len(got) > 1:
		return stretch{}, false // a part that is 0
	}
	return period("%04d", got['Y'])
}

// monthNames are those of English, German and French, from their first letters on; longer ones are told by these.
var monthNames = []struct {
	begin string
	month int
}{
	{"jan", 1}, {"jän", 1}, {"feb", 2}, {"fév", 2}, {"fev", 2}, {"mar", 3}, {"mär", 3}, {"mrz", 3}, {"apr", 4}, {"avr", 4}, {"may", 5}, {"mai", 5},
	{"juin", 6}, {"jun", 6}, {"juil", 7}, {"jul", 7}, {"aug", 8}, {"août", 8}, {"aou", 8}, {"sep", 9}, {"okt", 10}, {"oct", 10}, {"nov", 11}, {"dez", 12}, {"dec", 12}, {"déc", 12},
}

// monthRests are how the names go on.
var monthRests = []string{"", "uary", "ruary", "ch", "il", "e", "y", "ust", "t", "tember", "tembre", "ober", "obre", "ember", "embre", "uar", "ruar", "z", "i", "rier", "vier", "s", "l", "let", "vrier", "rier", "ier", "ner"}

func cutMonth(text string) (month int, after string, ok bool) {
	end := strings.IndexFunc(text, func(r rune) bool { return !unicode.IsLetter(r) })
	if end < 0 {
		end = len(text)
	}
	word := strings.ToLower(text[:end])
	after = text[end:]
	for _, m := range monthNames {
		rest, found := strings.CutPrefix(word, m.begin)
		if !found {
			continue
		}
		for _, r := range monthRests {
			if r == rest {
				return m.month, strings.TrimPrefix(after, "."), true
			}
		}
	}
	return 0, "", false
}

// serialDate is a day as a spreadsheet counts; the first that it can name is number least.
func serialDate(text string, epoch time.Time, least int) (stretch, bool) {
	whole, fraction, _ := strings.Cut(text, ".")
	n, err := strconv.Atoi(whole)
	if err != nil || !allDigits(whole) || !allDigits(fraction) || n < least || n > 2_958_465 {
		return stretch{}, false
	}
	if least == 1 && n <= 60 { // before March 1900 spreadsheets count a day that there was not
		n++
		if n == 61 {
			return stretch{}, false
		}
	}
	return period("%s", epoch.AddDate(0, 0, n).Format(time.DateOnly))
}

// Serial numbers that "any" takes for days: 1954 to 2119.
const (
	leastSerial = 20_000
	mostSerial  = 80_000
)

// anyDate reads what can be read in one way only.
func anyDate(text string) (stretch, bool) {
	if text == "" {
		return stretch{}, false
	}
	text = withoutTime(text)
	if s, ok := digitDate(text); ok {
		return s, true
	}
	if s, ok := fiscalDate(text); ok {
		return s, true
	}
	if _, ambiguous := maybeFiscal(text); ambiguous {
		return stretch{}, false
	}
	if s, ok := period("%s", text); ok && !strings.HasPrefix(strings.ToUpper(text), "FY") {
		return s, true
	}
	for _, l := range anyLayouts {
		if s, ok := l.read(text); ok {
			return s, true
		}
	}
	return stretch{}, false
}

// anyLayouts are those that nothing else could be meant by.
var anyLayouts = func() (out []*layout) {
	for _, text := range []string{
		"YYYY年M月D日", "YYYY年M月", "YYYY年", "YYYY年度", "YYYY年第Q季度", "YYYY年Q季度", "YYYY年'Q'Q", "YYYY年'H'H",
		"YYYY.M.D", "YYYY.M", "D.M.YYYY", "M.YYYY", "M/YYYY", "YYYY-M-D", "YYYY-M",
		"D MMM YYYY", "D. MMM YYYY", "D-MMM-YYYY", "MMM D, YYYY", "MMM D YYYY", "MMM YYYY", "MMM-YYYY", "MMM, YYYY",
		"'Q'Q YYYY", "'Q'Q/YYYY", "'Q'Q-YYYY", "'Q'QYYYY", "Q'Q'YYYY", "Q'Q' YYYY", "Q'Q'YY", "YYYY 'Q'Q",
		"'H'H YYYY", "'H'H/YYYY", "'H'H-YYYY", "'H'HYYYY", "H'H'YYYY", "H'H' YYYY", "H'H'YY", "YYYY 'H'H",
	} {
		l, err := parseLetters(text)
		if err != nil {
			panic(err) // a test reads them all
		}
		out = append(out, l)
	}
	return out
}()

// withoutTime cuts the time of day off a day.
func withoutTime(text string) string {
	if len(text) > 10 && (text[10] == 'T' || text[10] == ' ') && strings.Contains(text[11:], ":") {
		return text[:10]
	}
	for i, r := range text {
		if r == ' ' && strings.Contains(text[i:], ":") && i >= 8 && i <= 10 {
			return text[:i]
		}
	}
	return text
}

// digitDate reads digits alone, and spelled quarters and half-years of Chinese.
func digitDate(text string) (stretch, bool) {
	if year, rest, found := strings.Cut(text, "年"); found && len(year) == 4 && rest != "" {
		switch rest {
		case "上半年":
			return period("%sH1", year)
		case "下半年":
			return period("%sH2", year)
		}
		for i, numeral := range []string{"一", "二", "三", "四"} {
			if rest == numeral+"季度" || rest == "第"+numeral+"季度" || rest == numeral+"季" {
				return period("%sQ%d", year, i+1)
			}
		}
	}
	whole, fraction, _ := strings.Cut(text, ".")
	if len(whole) == 5 && allDigits(whole) && allDigits(fraction) {
		if n, _ := strconv.Atoi(whole); n >= leastSerial && n <= mostSerial {
			return serialDate(text, time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC), 1)
		}
		return stretch{}, false
	}
	if !allDigits(text) {
		return stretch{}, false
	}
	switch len(text) {
	case 6:
		if year, _ := strconv.Atoi(text[:4]); year < 1900 || year > 2100 {
			return stretch{}, false // 231201 is a day
		}
		return period("%s-%s", text[:4], text[4:])
	case 8:
		return period("%s-%s-%s", text[:4], text[4:6], text[6:])
	}
	return stretch{}, false
}

// fiscalDate reads FY2023/24, FY24, 2023/24, 2023-2024, 2023财年.
func fiscalDate(text string) (stretch, bool) {
	rest := strings.TrimSpace(text)
	said := false
	if len(rest) > 2 && strings.EqualFold(rest[:2], "FY") {
		rest, said = strings.TrimLeft(rest[2:], " -"), true
	}
	for _, word := range []string{"财年", "財年", "会计年度"} {
		if before, found := strings.CutSuffix(rest, word); found {
			rest, said = strings.TrimSpace(before), true
		}
	}
	rest = strings.TrimPrefix(rest, "/")
	if s, ambiguous := maybeFiscal(rest); s.fiscal == fiscalPair && (said || !ambiguous) {
		return s, true
	}
	if year, ok := fullYear(rest); ok && said {
		s, ok := period("%04d", year)
		s.fiscal = fiscalOne
		return s, ok
	}
	return stretch{}, false
}

// maybeFiscal reads two years that follow each other. ambiguous tells that a month may be meant: 2011/12.
func maybeFiscal(text string) (s stretch, ambiguous bool) {
	i := strings.IndexAny(text, "/-")
	if i < 0 {
		return stretch{}, false
	}
	before, after := text[:i], text[i+1:]
	first, ok := fullYear(before)
	if !ok {
		return stretch{}, false
	}
	second, ok := fullYear(after)
	if !ok || len(before) == 2 && len(after) == 4 {
		return stretch{}, false
	}
	if s, ok = fiscalYears(first, second); !ok {
		return stretch{}, false
	}
	month, _ := strconv.Atoi(after)
	return s, len(before) == 2 || len(after) == 2 && month >= 1 && month <= 12
}
