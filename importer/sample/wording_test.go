package sample_test

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/tributarygraph/tributary/graph"
)

// bounds find the numbers of percent that a sentence words as a bound or as an end of a range.
var bounds = []*regexp.Regexp{
	regexp.MustCompile(`(?i)\b(?:over|above|more than|less than|at least|at most|up to|as much as|nearly|almost) (\d+(?:\.\d+)?)`),
	regexp.MustCompile(`[超逾近] ?[过過]? ?(\d+(?:\.\d+)?)`),
	regexp.MustCompile(`(\d+(?:\.\d+)?) ?[%％] ?以上`),
	regexp.MustCompile(`(\d+(?:\.\d+)?) ?[%％]? ?(?:[–~-]|至|to) ?[至~]? ?\d+(?:\.\d+)? ?(?:[%％]|percent)`),
	regexp.MustCompile(`between (\d+(?:\.\d+)?)`),
	regexp.MustCompile(`\d ?[%％]? ?(?:[–~-]|至) ?[至~]? ?(\d+(?:\.\d+)?) ?(?:[%％]|percent)`),
}

// notBounds are words that only look like a bound, or are one of another number.
var notBounds = strings.NewReplacer("taken over", "acquired", "gross margin up to", "gross margin of")

// TestSharesAreNotBounds: "over 90%" and "over 95%" agree; stored as numbers they would look like a dispute.
func TestSharesAreNotBounds(t *testing.T) {
	for _, file := range read(t) {
		for _, column := range file.header {
			field, ok := graph.FieldByName(file.kind, column)
			if !ok || field.Spec().Type != graph.TypeShare || field == graph.FieldConfidence {
				continue
			}
			for _, r := range file.rows {
				text := notBounds.Replace(r.cells["quote"] + " " + r.cells["locator"])
				if share, err := strconv.ParseFloat(r.cells[column], 64); err == nil && isBound(share, text) {
					t.Errorf("%s:%d: %s %v is a bound or the end of a range: %s", file.name, r.line, column, share, text)
				}
			}
		}
	}
}

// isBound reports whether the text words the share, of 0 to 1, as a bound.
func isBound(share float64, text string) bool {
	for _, bound := range bounds {
		for _, found := range bound.FindAllStringSubmatch(text, -1) {
			if n, err := strconv.ParseFloat(found[1], 64); err == nil && math.Abs(n-100*share) < 1e-6 {
				return true
			}
		}
	}
	return false
}

func TestIsBound(t *testing.T) {
	for _, c := range []struct {
		share float64
		text  string
		want  bool
	}{
		{0.95, "a share of over 95% of the market", true},
		{0.6, "controls nearly 60% of the market", true},
		{0.9, "擁有超過 90% 的佔有率", true},
		{0.7, "近70%的份额", true},
		{0.8, "掌握了 80% 以上的份額", true},
		{0.8, "an estimated 80%–90% of the market", true},
		{0.9, "an estimated 80%–90% of the market", true},
		{0.19, "between 19 and 21 percent of revenue", true},
		{0.4, "的40%，進一步提升至2026年超過50%", false},
		{0.9, "roughly 90% of the supply", false},
		{0.28, "28% and 18%", false},
		{0.5, "more than the estimate of 50%", false},
	} {
		if got := isBound(c.share, c.text); got != c.want {
			t.Errorf("%v in %q: %v, want %v", c.share, c.text, got, c.want)
		}
	}
}

// TestPeriodsHaveSupport: a year that neither the row nor its source tells is a guess.
func TestPeriodsHaveSupport(t *testing.T) {
	tables := read(t)
	sources := map[string]map[string]string{}
	for _, r := range tables["sources"].rows {
		sources[r.cells["id"]] = r.cells
	}
	for _, file := range tables {
		for _, r := range file.rows {
			if r.key.Period == "" {
				continue
			}
			year, source := string(r.key.Period[:4]), sources[r.key.Source]
			short := regexp.MustCompile(`(?:[HQ]\d?|FY)` + year[2:] + `\b`) // 2H25
			text := strings.Join([]string{r.cells["quote"], r.cells["locator"], source["title"], source["published"]}, " ")
			if !strings.Contains(text, year) && !short.MatchString(text) {
				t.Errorf("%s:%d: nothing supports the period %s: %s", file.name, r.line, r.key.Period, text)
			}
		}
	}
}
