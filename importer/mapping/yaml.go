package mapping

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	yamlparser "github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Limits of a mapping: it is written by hand.
const (
	maxBytes = 1 << 20
	maxDepth = 50
)

// node is a part of a mapping with its place. It is all of YAML that mappings use: no anchors, no tags.
type node struct {
	kind         nodeKind
	line, column int
	text         string  // of a scalar
	quoted       bool    // the scalar stands in quotes
	items        []*node // of a list
	entries      []entry // of an object
}

type nodeKind uint8

const (
	scalar nodeKind = iota
	list
	object
	null
)

func (k nodeKind) String() string {
	return [...]string{"a text", "a list", "an object", "nothing"}[k]
}

type entry struct{ key, value *node }

// at is the value under a key; nil where there is none.
func (n *node) at(key string) *node {
	if n == nil {
		return nil
	}
	for _, e := range n.entries {
		if e.key.text == key {
			return e.value
		}
	}
	return nil
}

// readYAML reads the one document of a mapping. It is nil where there is nothing in it, or what stands there is no YAML.
func readYAML(data []byte, notes *notes) (root *node) {
	at := &node{line: 1, column: 1}
	switch {
	case len(data) > maxBytes:
		notes.add(at, "has %d bytes; a mapping has at most %d", len(data), maxBytes)
		return nil
	case !utf8.Valid(data):
		notes.add(at, "is no UTF-8 text")
		return nil
	}
	defer func() {
		if x := recover(); x != nil { // of the YAML library, on odd input
			notes.add(at, "cannot be read as YAML: %v", x)
			root = nil
		}
	}()
	if t := tooDeep(lexer.Tokenize(string(data))); t != nil {
		notes.add(placeOf(t), "is nested more than %d deep", maxDepth)
		return nil
	}
	file, err := yamlparser.ParseBytes(data, 0, yamlparser.AllowDuplicateMapKey())
	if err != nil {
		notes.add(syntaxPlace(err), "%s", syntaxText(err))
		return nil
	}
	for _, doc := range file.Docs {
		if doc.Body == nil {
			continue
		}
		if root != nil {
			notes.add(placeOf(doc.Body.GetToken()), "a second document; a mapping is one")
			return root
		}
		root = (&yamlReader{notes: notes}).node(doc.Body)
	}
	if root == nil {
		notes.add(at, "is empty; a mapping needs version and emit")
	}
	return root
}

// tooDeep is where brackets or dashes nest deeper than is allowed, which would exhaust the stack of the parser.
func tooDeep(tokens token.Tokens) *token.Token {
	depth, dashes, line := 0, 0, 0
	for _, t := range tokens {
		switch t.Type {
		case token.MappingStartType, token.SequenceStartType:
			depth++
		case token.MappingEndType, token.SequenceEndType:
			depth--
		}
		if t.Position == nil {
			continue
		}
		if t.Position.Line != line {
			dashes, line = 0, t.Position.Line
		}
		if t.Type == token.SequenceEntryType || t.Type == token.MappingKeyType {
			dashes++
		}
		if depth > maxDepth || dashes > maxDepth || t.Position.Column > 100*maxDepth && t.Type == token.SequenceEntryType {
			return t
		}
	}
	return nil
}

func placeOf(t *token.Token) *node {
	if t == nil || t.Position == nil {
		return &node{line: 1, column: 1}
	}
	return &node{line: t.Position.Line, column: t.Position.Column}
}

func syntaxPlace(err error) *node {
	var syntax *yaml.SyntaxError
	if errors.As(err, &syntax) {
		return placeOf(syntax.Token)
	}
	return &node{line: 1, column: 1}
}

func syntaxText(err error) string {
	text := err.Error()
	var syntax *yaml.SyntaxError
	if errors.As(err, &syntax) {
		text = syntax.Message
	}
	text, _, _ = strings.Cut(text, "\n")
	return "is no YAML here: " + text
}

type yamlReader struct {
	notes *notes
	depth int
}

func (r *yamlReader) node(n ast.Node) *node {
	out := placeOf(n.GetToken())
	if r.depth++; r.depth > maxDepth {
		r.notes.add(out, "is nested more than %d deep", maxDepth)
		return out
	}
	defer func() { r.depth-- }()
	switch n := n.(type) {
	case *ast.NullNode:
		out.kind = null
	case *ast.MappingNode:
		out.kind = object
		for _, v := range n.Values {
			r.entry(out, v)
		}
		r.placeOfFirst(out, n.IsFlowStyle)
	case *ast.MappingValueNode:
		out.kind = object
		r.entry(out, n)
		r.placeOfFirst(out, false)
	case *ast.SequenceNode:
		out.kind = list
		for _, v := range n.Values {
			out.items = append(out.items, r.node(v))
		}
	case *ast.LiteralNode:
		out.text, out.quoted = strings.TrimSuffix(n.Value.Value, "\n"), true
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode, *ast.MergeKeyNode:
		r.notes.add(out, "anchors, aliases and tags are not read; what several places need goes into let or defaults")
	case ast.ScalarNode:
		r.scalar(out, n)
	default:
		r.notes.add(out, "%s is not read here", n.Type())
	}
	return out
}

func (r *yamlReader) scalar(out *node, n ast.ScalarNode) {
	t := n.GetToken()
	out.text = t.Value
	out.quoted = t.Type == token.SingleQuoteType || t.Type == token.DoubleQuoteType
}

// placeOfFirst is the place of an object: the begin of its first key, where it has no brackets.
func (r *yamlReader) placeOfFirst(out *node, flow bool) {
	if !flow && len(out.entries) > 0 {
		out.line, out.column = out.entries[0].key.line, out.entries[0].key.column
	}
}

func (r *yamlReader) entry(out *node, v *ast.MappingValueNode) {
	key := r.node(v.Key)
	if key.kind != scalar {
		if key.kind != null {
			r.notes.add(key, "a key is a text, found %v", key.kind)
			return
		}
		key.kind, key.text = scalar, v.Key.GetToken().Value
	}
	if first := out.keyOf(key.text); first != nil {
		r.notes.add(key, "%s is given twice, first in line %d", quoted(key.text), first.line)
		return
	}
	out.entries = append(out.entries, entry{key, r.node(v.Value)})
}

func (n *node) keyOf(text string) *node {
	for _, e := range n.entries {
		if e.key.text == text {
			return e.key
		}
	}
	return nil
}

// bracesUnquoted is what was meant where a text with braces stands without quotes, which YAML reads as an object:
// buyer: {from}. It is empty where that is not so.
func (n *node) bracesUnquoted() string {
	if n.kind != object || len(n.entries) == 0 {
		return ""
	}
	var names []string
	for _, e := range n.entries {
		if e.value.kind != null {
			return ""
		}
		names = append(names, e.key.text)
	}
	return fmt.Sprintf(`"{%s}"`, strings.Join(names, ","))
}
