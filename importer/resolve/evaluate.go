package resolve

import (
	"cmp"
	"math"
	"slices"
)

// Pair is two records of which somebody says whether they mean the same company.
type Pair struct {
	A, B     Entity
	Same     bool
	Language string // figures are also given by language; may be empty
	Kind     string // and by what makes the pair easy or hard; may be empty
	Row      int64  // where it stands
}

// Evaluation is how well scores tell what pairs say.
type Evaluation struct {
	Pairs      int                `json:"pairs"`
	Same       int                `json:"same" doc:"Pairs that are said to mean the same company"`
	Thresholds []ThresholdMeasure `json:"thresholds" doc:"All pairs, a threshold each"`
	Languages  []PartEvaluation   `json:"languages" doc:"By language, at the two thresholds that are configured"`
	Kinds      []PartEvaluation   `json:"kinds" doc:"By kind of pair, likewise"`
	Errors     []PairError        `json:"errors" doc:"The pairs that the score is most wrong about, the worst first"`
}

// ThresholdMeasure is what comes of taking all pairs with at least this score for the same. Precision is null where no
// pair has it, recall where no pair is the same.
type ThresholdMeasure struct {
	Threshold float64  `json:"threshold"`
	Found     int      `json:"found" doc:"Pairs with at least this score"`
	Right     int      `json:"right" doc:"Of these, those that are the same"`
	Precision *float64 `json:"precision"`
	Recall    *float64 `json:"recall"`
	F1        *float64 `json:"f1"`
}

// PartEvaluation is an evaluation of a part of the pairs.
type PartEvaluation struct {
	Name      string           `json:"name"`
	Pairs     int              `json:"pairs"`
	Same      int              `json:"same"`
	Automatic ThresholdMeasure `json:"automatic"`
	Review    ThresholdMeasure `json:"review"`
}

// PairError is a pair that the score is wrong about.
type PairError struct {
	Row      int64    `json:"row"`
	Language string   `json:"language,omitempty"`
	Name1    string   `json:"name1"`
	Name2    string   `json:"name2"`
	Same     bool     `json:"same"`
	Decision Decision `json:"decision" doc:"What the score leads to"`
	Score
}

// thresholds are those that an evaluation measures at, with the two that are configured.
func thresholds(c Config) []float64 {
	at := []float64{c.Automatic, c.Review}
	for i := 1; i < 20; i++ {
		at = append(at, float64(i)/20)
	}
	at = append(at, 0.99, 1)
	slices.Sort(at)
	return slices.Compact(at)
}

// Evaluate scores every pair and compares with what is said of it; errors is how many errors it lists at most.
func Evaluate(pairs []Pair, c Config, errors int) Evaluation {
	scores := make([]Score, len(pairs))
	for i := range pairs {
		scores[i] = Compare(&pairs[i].A, &pairs[i].B)
	}
	all := make([]int, len(pairs))
	for i := range pairs {
		all[i] = i
	}
	e := Evaluation{Pairs: len(pairs), Thresholds: []ThresholdMeasure{}, Errors: []PairError{},
		Languages: parts(pairs, scores, c, func(p *Pair) string { return p.Language }), Kinds: parts(pairs, scores, c, func(p *Pair) string { return p.Kind })}
	for _, t := range thresholds(c) {
		e.Thresholds = append(e.Thresholds, measure(pairs, scores, all, t))
	}
	for i := range pairs {
		p, s := &pairs[i], scores[i]
		if p.Same {
			e.Same++
		}
		if d := c.decide(s.Value); p.Same != (d == Matched) && (p.Same || d != New) { // a pair that is not the same is right as new
			e.Errors = append(e.Errors, PairError{p.Row, p.Language, first(p.A.Names), first(p.B.Names), p.Same, d, s})
		}
	}
	slices.SortFunc(e.Errors, func(a, b PairError) int { return cmp.Or(-cmp.Compare(a.off(), b.off()), cmp.Compare(a.Row, b.Row)) })
	e.Errors = e.Errors[:min(len(e.Errors), errors)]
	return e
}

// parts evaluates the pairs of each name that they give, in the order of names; those that give none are left out.
func parts(pairs []Pair, scores []Score, c Config, name func(*Pair) string) []PartEvaluation {
	out := []PartEvaluation{}
	members := map[string][]int{}
	for i := range pairs {
		if n := name(&pairs[i]); n != "" {
			members[n] = append(members[n], i)
		}
	}
	for n, of := range members {
		part := PartEvaluation{Name: n, Pairs: len(of), Automatic: measure(pairs, scores, of, c.Automatic), Review: measure(pairs, scores, of, c.Review)}
		for _, i := range of {
			if pairs[i].Same {
				part.Same++
			}
		}
		out = append(out, part)
	}
	slices.SortFunc(out, func(a, b PartEvaluation) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

// off is how far the score is from what it should be.
func (e *PairError) off() float64 {
	if e.Same {
		return 1 - e.Value
	}
	return e.Value
}

func first(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return names[0]
}

// measure counts the pairs of which the score is at least the threshold.
func measure(pairs []Pair, scores []Score, of []int, threshold float64) ThresholdMeasure {
	m := ThresholdMeasure{Threshold: threshold}
	same := 0
	for _, i := range of {
		if pairs[i].Same {
			same++
		}
		if scores[i].Value >= threshold {
			m.Found++
			if pairs[i].Same {
				m.Right++
			}
		}
	}
	m.Precision, m.Recall = ratio(m.Right, m.Found), ratio(m.Right, same)
	m.F1 = ratio(2*m.Right, m.Found+same)
	return m
}

// ratio is nil where there is nothing to divide by; it is rounded to four digits.
func ratio(part, whole int) *float64 {
	if whole == 0 {
		return nil
	}
	r := math.Round(float64(part)/float64(whole)*10_000) / 10_000
	return &r
}
