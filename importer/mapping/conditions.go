package mapping

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/tributarygraph/tributary/importer/records"
)

// condition is what a record must fulfil.
type condition struct {
	at                     *node
	value                  *value
	is, not                map[string]bool
	matches                *regexp.Regexp
	filled                 *bool
	min, max, above, below *float64
	reason                 string
	said                   bool // the reason stands in the mapping
}

// conditions reads where or when.
func (p *parser) conditions(n *node) (out []*condition) {
	for _, item := range n.each() {
		keys := p.object(item, conditionKeys, "a condition")
		if keys["value"] == nil {
			continue
		}
		v := p.value(keys["value"], "value")
		if v == nil {
			continue
		}
		if v.many() {
			p.notes.add(keys["value"], "a condition looks at one text: split needs join")
		}
		c := &condition{at: item, value: v, is: foldSet(keys["is"]), not: foldSet(keys["not"]), reason: textOf(keys["reason"])}
		if m := keys["matches"]; m != nil {
			c.matches = p.regexp(m, m.text)
		}
		if f := keys["filled"]; f != nil {
			filled := f.text == "true"
			c.filled = &filled
		}
		c.min, c.max, c.above, c.below = numberOf(keys["min"]), numberOf(keys["max"]), numberOf(keys["above"]), numberOf(keys["below"])
		if c.is == nil && c.not == nil && keys["matches"] == nil && c.filled == nil && !c.bounded() {
			p.notes.add(item, "a condition says what the value is to be: is, not, matches, filled, min, max, above or below")
		}
		if c.said = c.reason != ""; !c.said {
			c.reason = c.ownReason(keys)
		}
		out = append(out, c)
	}
	return out
}

func (c *condition) bounded() bool {
	return c.min != nil || c.max != nil || c.above != nil || c.below != nil
}

func numberOf(n *node) *float64 {
	if n == nil {
		return nil
	}
	number, err := strconv.ParseFloat(n.text, 64)
	if err != nil {
		return nil
	}
	return &number
}

// foldSet are texts in the form in which they are compared.
func foldSet(n *node) map[string]bool {
	if n == nil {
		return nil
	}
	out := map[string]bool{}
	for _, t := range n.texts() {
		out[fold(t.text)] = true
	}
	return out
}

// ownReason tells what is left out where the mapping does not.
func (c *condition) ownReason(keys map[string]*node) string {
	title := c.value.title()
	some := func(texts []string) string {
		if len(texts) > 3 {
			return fmt.Sprintf("%s and %d more", strings.Join(texts[:3], ", "), len(texts)-3)
		}
		return strings.Join(texts, ", ")
	}
	switch {
	case c.is != nil:
		return title + " is not " + some(textsOf(keys["is"]))
	case c.not != nil:
		return title + " is " + some(textsOf(keys["not"]))
	case c.filled != nil && *c.filled:
		return title + " is empty"
	case c.filled != nil:
		return title + " is filled"
	case c.matches != nil:
		return title + " does not match " + textOf(keys["matches"])
	case c.bounded():
		return title + " is out of bounds"
	}
	return title
}

// boundCondition is a condition that is compiled.
type boundCondition struct {
	*condition
	value *bound
	drop  *records.Drop
}

func (b *binder) conditions(list []*condition) (out []boundCondition) {
	for _, c := range list {
		out = append(out, boundCondition{c, b.value(c.value), &records.Drop{Reason: c.reason}})
	}
	return out
}

// holds reports whether the record fulfils the condition.
func (c *boundCondition) holds(s *scope) bool {
	text := c.value.text(s)
	switch {
	case s.bad != nil:
		return false
	case c.filled != nil && *c.filled != (text != ""):
		return false
	case c.is != nil && !c.is[fold(text)], c.not != nil && c.not[fold(text)]:
		return false
	case c.matches != nil && !c.matches.MatchString(text):
		return false
	case c.bounded():
		return c.within(s, text)
	}
	return true
}

// within looks at the number. One that is not there is within all bounds: filled says whether it must be.
func (c *boundCondition) within(s *scope, text string) bool {
	if text == "" {
		return true
	}
	d, why := plainNumber(text)
	if why != "" {
		s.fail(c.value.title, text, why)
		return false
	}
	x := d.float()
	return !(c.min != nil && x < *c.min || c.max != nil && x > *c.max || c.above != nil && x <= *c.above || c.below != nil && x >= *c.below)
}
