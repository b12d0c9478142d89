package mapping

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer/records"
)

// decoder reads nodes by the tables of keys. What does not fit is noted, and then as if it were not there.
type decoder struct{ notes *notes }

// object checks the keys of an object and what stands under each; what it returns fits.
func (d *decoder) object(n *node, keys []key, what string) map[string]*node {
	out := map[string]*node{}
	if n.kind != object {
		d.notes.add(n, "%s is an object with the keys %s; found %v", what, orList(names(keys)), n.kind)
		return out
	}
	for _, e := range n.entries {
		at := slices.IndexFunc(keys, func(k key) bool { return k.name == e.key.text })
		if at < 0 {
			d.unknown(e.key, names(keys), "key", what)
			continue
		}
		if d.fits(e.key, e.value, &keys[at]) {
			out[e.key.text] = e.value
		}
	}
	for _, k := range keys {
		if k.required && n.keyOf(k.name) == nil {
			d.notes.add(n, "%s needs the key %q: %s", what, k.name, k.doc)
		}
	}
	return out
}

// unknown notes a key that is none, with the one that it is nearly.
func (d *decoder) unknown(n *node, allowed []string, noun, what string) {
	hint := ""
	if near := records.Nearest(n.text, allowed); near != "" {
		hint = "did you mean " + near + "? "
	}
	d.notes.add(n, "%s is no %s of %s; %sallowed: %s", quoted(n.text), noun, what, hint, orList(allowed))
}

// fits checks the form of what stands under a key, not what is in it.
func (d *decoder) fits(name, n *node, k *key) bool {
	if n.kind == null && k.form != formMap {
		d.notes.add(name, "%s: nothing stands under it", name.text)
		return false
	}
	bad := func(want string) bool {
		if meant := n.bracesUnquoted(); meant != "" && k.form != formMap {
			d.notes.add(n, "%s: a text with braces stands in quotes: %s: %s", name.text, name.text, meant)
		} else {
			d.notes.add(n, "%s: want %s, found %s", name.text, want, n.found())
		}
		return false
	}
	switch k.form {
	case formText:
		return n.kind == scalar || bad("a text")
	case formTexts:
		return n.texts() != nil || bad("a text or a list of texts")
	case formFlag:
		return n.kind == scalar && (n.text == "true" || n.text == "false") || bad("true or false")
	case formCount:
		count, err := strconv.Atoi(n.text)
		return n.kind == scalar && err == nil && count > 0 || bad("a whole number from 1")
	case formNumber:
		_, err := strconv.ParseFloat(n.text, 64)
		return n.kind == scalar && err == nil && !strings.ContainsAny(n.text, "xXpPiInN_") || bad("a number")
	case formWord:
		if n.kind != scalar {
			return bad("one of " + orList(k.words))
		}
		if !slices.Contains(k.words, n.text) {
			d.unknown(n, k.words, "value", name.text)
			return false
		}
	case formMap, formNamed, formValues, formColumns, formObject:
		return n.kind == object && (k.form == formMap || n.bracesUnquoted() == "") || bad("an object")
	case formOneOrMore:
		return n.kind == object && n.bracesUnquoted() == "" || n.kind == list && len(n.items) > 0 || bad("an object, or a list of them")
	case formList:
		return n.kind == list && len(n.items) > 0 || bad("a list")
	case formEach:
		return n.kind == scalar || n.kind == object && n.bracesUnquoted() == "" || bad("a path, or an object")
	case formRules:
		return n.kind == object || bad("an object")
	case formValue:
		return n.kind == object && n.bracesUnquoted() == "" || n.texts() != nil || bad("a text, a list of texts or an object")
	}
	return true
}

// found names what stands at a place where something else should.
func (n *node) found() string {
	if n.kind == scalar {
		return quoted(n.text)
	}
	return n.kind.String()
}

// texts are those of a text or a list of texts; nil where it is neither or there are none.
func (n *node) texts() (out []*node) {
	switch {
	case n == nil:
	case n.kind == scalar:
		return []*node{n}
	case n.kind == list:
		for _, item := range n.items {
			if item.kind != scalar {
				return nil
			}
			out = append(out, item)
		}
	}
	return out
}

// each are the objects of one or more.
func (n *node) each() []*node {
	switch {
	case n == nil:
		return nil
	case n.kind == list:
		return n.items
	}
	return []*node{n}
}

// fieldOf is the field behind a column; ok is false for those of the key.
func fieldOf(k graph.Kind, column string) (graph.FieldID, bool) { return graph.FieldByName(k, column) }
