package resolve

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/tributarygraph/tributary/graph"
)

// Compare says how surely two records mean the same company, and why. It does not matter which comes first.
func Compare(a, b *Entity) Score { return compare(prepare(a), prepare(b)) }

// prepared is an entity with its names taken apart.
type prepared struct {
	*Entity
	names []*parsed
}

func prepare(e *Entity) *prepared {
	p := &prepared{Entity: e}
	for _, name := range e.Names {
		if n := parseName(name); len(n.tokens) > 0 {
			p.names = append(p.names, n)
		}
	}
	return p
}

func compare(a, b *prepared) Score {
	var s Score
	agree, conflict := compareIdentifiers(&s, a.Identifiers, b.Identifiers)
	switch {
	case conflict && !agree:
		s.Vetoed = true
	case conflict: // one of the records is wrong: somebody should look
		s.Value = 0.5
	case agree:
		s.Value = 1
	case a.Kind == graph.CompanyKindAnonymous || b.Kind == graph.CompanyKindAnonymous:
		s.Vetoed = true
		s.add("anonymous", "the name of an anonymous party stands for somebody else in each document", -weightCertain)
	default:
		compareNames(&s, a, b)
	}
	s.order()
	return s
}

// weightCertain is the weight of what decides by itself.
const weightCertain = 20

// compareIdentifiers reports whether some identifier is in both, and whether they contradict each other in one.
func compareIdentifiers(s *Score, a, b []Identifier) (agree, conflict bool) {
	for _, id := range a {
		if slices.Contains(b, id) {
			agree = true
			s.add("identifier", id.String(), weightCertain)
		}
	}
	var told []string
	for _, id := range a {
		sole := id.sole()
		if sole == "" || slices.Contains(told, sole) {
			continue
		}
		mine, theirs := valuesOf(a, sole), valuesOf(b, sole)
		if len(theirs) > 0 && !slices.ContainsFunc(mine, func(v string) bool { return slices.Contains(theirs, v) }) {
			conflict = true
			told = append(told, sole)
			first, second := strings.Join(mine, ", "), strings.Join(theirs, ", ")
			s.add("identifier conflict", fmt.Sprintf("%s: %s and %s", sole, min(first, second), max(first, second)), -weightCertain)
		}
	}
	return agree, conflict
}

// Contradiction says in which identifiers two records cannot be one company: those of which a company has only one, and
// where no identifier is in both, their codes on one market. Empty where nothing says so.
func Contradiction(a, b *Entity) string {
	var s Score
	agree, conflict := compareIdentifiers(&s, a.Identifiers, b.Identifiers)
	if conflict {
		i := slices.IndexFunc(s.Reasons, func(r Reason) bool { return r.Feature == "identifier conflict" })
		return s.Reasons[i].Detail
	}
	if agree {
		return ""
	}
	for _, x := range a.Identifiers {
		for _, y := range b.Identifiers {
			market, _, _ := strings.Cut(x.Value, ":")
			if x.Scheme == Ticker && y.Scheme == Ticker && strings.HasPrefix(y.Value, market+":") {
				return fmt.Sprintf("ticker: %s and %s", min(x.Value, y.Value), max(x.Value, y.Value))
			}
		}
	}
	return ""
}

// valuesOf are the values of the identifiers of which a company has only one, sorted.
func valuesOf(ids []Identifier, sole string) (values []string) {
	for _, id := range ids {
		if id.sole() == sole {
			values = append(values, id.Value)
		}
	}
	slices.Sort(values)
	return values
}

// compareNames scores two records without an identifier in common: by the two of their names that fit best.
func compareNames(s *Score, a, b *prepared) {
	var best *finding
	var bestA, bestB *parsed
	bestValue := math.Inf(-1)
	alike := ""
	for _, x := range a.names {
		for _, y := range b.names {
			f := compareParsed(x, y)
			f.countries(a.Entity, b.Entity, x, y)
			if x.form == y.form && f.value[featCountryOther] == 0 {
				if alike == "" || x.form < alike {
					alike = x.form
				}
				continue
			}
			value := f.logOdds()
			if value > bestValue || value == bestValue && lessPair(x, y, bestA, bestB) {
				best, bestA, bestB, bestValue = &f, x, y, value
			}
		}
	}
	switch {
	case alike != "":
		s.Value = 1
		s.add("name", "spelled alike: "+alike, weightCertain)
	case best != nil:
		s.Value = best.score()
		best.explain(s)
	}
}

// lessPair orders pairs of names, whichever comes first in them.
func lessPair(a, b, c, d *parsed) bool {
	left, right := []string{min(a.raw, b.raw), max(a.raw, b.raw)}, []string{min(c.raw, d.raw), max(c.raw, d.raw)}
	return slices.Compare(left, right) < 0
}

// logOdds is the sum of what the features add.
func (f *finding) logOdds() (sum float64) {
	for x, value := range f.value {
		sum += weights[x] * value
	}
	if f.unsure() != "" {
		sum = min(sum, logit(mostUnsure))
	}
	return sum
}

// unsure says what of the names needs a person, however well the rest fits; empty where nothing does.
func (f *finding) unsure() string {
	switch {
	case f.value[featCoreSound] > 0:
		return "what only sounds alike needs a person"
	case f.value[featCoreMisspelt] > 0:
		return "a slip needs a person"
	case f.value[featAcronym] > 0:
		return "initials need a person"
	case f.value[featNoCore] > 0:
		return "names without a telling word need a person"
	case f.synonyms != "":
		return "words that mean the same but are not the same need a person: " + f.synonyms
	}
	return ""
}

func logit(p float64) float64 { return math.Log(p / (1 - p)) }

// score is the probability that the odds stand for, with four digits. It never reaches 1, which is for what is certain.
func (f *finding) score() float64 {
	return min(math.Round(10_000/(1+math.Exp(-f.logOdds())))/10_000, 0.9999)
}

// explain gives the reasons.
func (f *finding) explain(s *Score) {
	sum := 0.0
	for x, value := range f.value {
		sum += weights[x] * value
		if value != 0 && weights[x] != 0 {
			s.add(featureNames[x], f.detail[x], math.Round(100*weights[x]*value)/100)
		}
	}
	if text := f.unsure(); text != "" && sum > logit(mostUnsure) {
		s.add("unsure", text, math.Round(100*(logit(mostUnsure)-sum))/100)
	}
}
