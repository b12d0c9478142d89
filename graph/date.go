package graph

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Date is a day of the Gregorian calendar: 1 is 0001-01-01. Dates order as days do. The zero value is
// [NoDate], which sorts first.
type Date int32

const (
	// NoDate is an absent date: open, not stated.
	NoDate Date = 0
	// AnyDate, as the date of a question, switches the check of validity off.
	AnyDate Date = math.MaxInt32
)

const (
	secondsPerDay = 24 * 60 * 60
	unixEpoch     = 719_163 // 1970-01-01
)

// DateOf is the day of t in UTC.
func DateOf(t time.Time) Date {
	return Date(math.Floor(float64(t.Unix())/secondsPerDay)) + unixEpoch
}

// Today is the current day in UTC.
func Today() Date { return DateOf(time.Now()) }

// Time is the start of the day in UTC.
func (d Date) Time() time.Time { return time.Unix(int64(d-unixEpoch)*secondsPerDay, 0).UTC() }

// String is the date as YYYY-MM-DD; empty for NoDate, "any" for AnyDate.
func (d Date) String() string {
	switch d {
	case NoDate:
		return ""
	case AnyDate:
		return "any"
	}
	return d.Time().Format(time.DateOnly)
}

// ParseDate reads a day (2024-05-11), or the first day of a month (2024-05), quarter (2024Q2, 2024-Q2),
// half-year (2024H1) or year (2024, FY2024). Slashes may stand for hyphens (2024/5/11). Empty is NoDate. The error wraps [ErrInvalid].
func ParseDate(s string) (Date, error) {
	if s == "" {
		return NoDate, nil
	}
	if len(s) == len(time.DateOnly) { // the common form, without the detour over periods
		if d, ok := parseDay(s); ok {
			return d, nil
		}
	}
	p, err := ParsePeriod(s)
	if err != nil {
		return NoDate, fmt.Errorf("%w: date %q; allowed: 2024-05-11, 2024-05, 2024Q2, 2024", ErrInvalid, s)
	}
	return p.Start(), nil
}

func parseDay(s string) (Date, bool) {
	if s[4] != '-' || s[7] != '-' {
		return NoDate, false
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() < 1 {
		return NoDate, false
	}
	return DateOf(t), true
}

// Period is a stretch of time that numbers speak of, in its one canonical spelling: 2024, 2024H1, 2024Q2,
// 2024-05 or 2024-05-11; empty when not stated.
type Period string

// ParsePeriod reads a period in the spellings of [ParseDate]. The error wraps [ErrInvalid].
func ParsePeriod(s string) (Period, error) {
	t := strings.ToUpper(strings.TrimSpace(s))
	if t == "" {
		return "", nil
	}
	t = withHyphens(strings.TrimPrefix(t, "FY"))
	if p, ok := canonicalPeriod(t); ok {
		return p, nil
	}
	return "", fmt.Errorf("%w: period %q; allowed: 2024, 2024H1, 2024Q2, 2024-05, 2024-05-11", ErrInvalid, s)
}

// withHyphens spells a date that begins with the year and has slashes, as spreadsheets write it in much of Asia
// (2026/11/5), as ISO 8601 does. Other texts stay as they are.
func withHyphens(t string) string {
	parts := strings.Split(t, "/")
	if len(parts) < 2 || len(parts) > 3 || len(parts[0]) != 4 {
		return t
	}
	for i, part := range parts[1:] {
		if len(part) == 1 {
			parts[i+1] = "0" + part
		}
	}
	return strings.Join(parts, "-")
}

func canonicalPeriod(t string) (Period, bool) {
	if len(t) < 4 {
		return "", false
	}
	if year, err := strconv.Atoi(t[:4]); err != nil || year < 1 || strings.ContainsAny(t[:4], "+-") {
		return "", false
	}
	switch rest := strings.TrimPrefix(t[4:], "-"); {
	case t[4:] == "":
		return Period(t), true
	case len(rest) == 2 && rest[0] == 'Q' && rest[1] >= '1' && rest[1] <= '4',
		len(rest) == 2 && rest[0] == 'H' && rest[1] >= '1' && rest[1] <= '2':
		return Period(t[:4] + rest), true
	case len(t) == 7:
		_, err := time.Parse("2006-01", t)
		return Period(t), err == nil
	case len(t) == 10:
		_, ok := parseDay(t)
		return Period(t), ok
	}
	return "", false
}

// Start is the first day of the period; NoDate for the empty one.
func (p Period) Start() Date { start, _ := p.bounds(); return start }

// End is the first day after the period; NoDate for the empty one.
func (p Period) End() Date { _, end := p.bounds(); return end }

func (p Period) bounds() (start, end Date) {
	if p == "" {
		return NoDate, NoDate
	}
	day := func(year, month, day int) Date {
		return DateOf(time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC))
	}
	year, _ := strconv.Atoi(string(p[:4]))
	switch {
	case len(p) == 4:
		return day(year, 1, 1), day(year+1, 1, 1)
	case len(p) == 6 && p[4] == 'Q':
		month := 3*int(p[5]-'1') + 1
		return day(year, month, 1), day(year, month+3, 1)
	case len(p) == 6 && p[4] == 'H':
		month := 6*int(p[5]-'1') + 1
		return day(year, month, 1), day(year, month+6, 1)
	case len(p) == 7:
		month, _ := strconv.Atoi(string(p[5:]))
		return day(year, month, 1), day(year, month+1, 1)
	}
	d, _ := parseDay(string(p))
	return d, d + 1
}

// Later is a period of which a number counts before one of p on the day: the longest of the year, half-year and quarter
// that the day lies in. ok is false where none of them does, because p goes on for longer. It is empty where p is, or on
// [AnyDate]: then any that is stated will do.
func (p Period) Later(day Date) (later Period, ok bool) {
	if p == "" || day == AnyDate {
		return "", true
	}
	t := day.Time()
	year, month := t.Year(), int(t.Month())
	for _, text := range []string{"%04d", fmt.Sprintf("%%04dH%d", (month+5)/6), fmt.Sprintf("%%04dQ%d", (month+2)/3)} {
		if later = Period(fmt.Sprintf(text, year)); comparePeriods(later, p, day) > 0 {
			return later, true
		}
	}
	return "", false
}
