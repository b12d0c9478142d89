package mapping

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

const docsFile = "../../docs/mapping.md"

// The reference of keys stands between these in docs/mapping.md.
const (
	referenceBegin = "<!-- made by: go test ./importer/mapping -run TestReference -update -->\n"
	referenceEnd   = "<!-- end -->\n"
)

// TestReference holds the reference of keys in the docs to the tables that check them.
func TestReference(t *testing.T) {
	data, err := os.ReadFile(docsFile)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(data), referenceBegin)
	have, after, found2 := strings.Cut(rest, referenceEnd)
	if !found || !found2 {
		t.Fatalf("%s has no place for the reference", docsFile)
	}
	want := reference()
	if *update {
		if err := os.WriteFile(docsFile, []byte(before+referenceBegin+want+referenceEnd+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if have != want {
		t.Errorf("the reference in %s is out of date: go test ./importer/mapping -run TestReference -update", docsFile)
	}
}

func reference() string {
	var b strings.Builder
	for _, part := range []struct {
		title string
		keys  []key
	}{
		{"The mapping", topKeys}, {"input", inputKeys}, {"An entry of lookups", lookupKeys}, {"An entry of emit", emitKeys}, {"A value", valueKeys},
		{"A condition, in where and when", conditionKeys}, {"each, over columns", eachKeys},
	} {
		fmt.Fprintf(&b, "### %s\n\n| key | holds | |\n| --- | --- | --- |\n", part.title)
		for i := range part.keys {
			k := &part.keys[i]
			if k.form == formColumns {
				continue
			}
			name := "`" + k.name + "`"
			if k.required {
				name += " (needed)"
			}
			fmt.Fprintf(&b, "| %s | %s | %s |\n", name, formWords(k), strings.ReplaceAll(k.doc, "|", "\\|"))
		}
		if part.keys[0].form == formColumns {
			var names []string
			for _, k := range kinds() {
				names = append(names, "`"+k.String()+"`")
			}
			fmt.Fprintf(&b, "| one of %s | columns to values | a statement of this kind; its columns are those of [importing](importing.md#columns) |\n", strings.Join(names, ", "))
		}
		b.WriteString("\n")
	}
	return b.String()
}

// formWords says in words what may stand under a key.
func formWords(k *key) string {
	switch k.form {
	case formTexts:
		return "a text or a list"
	case formFlag:
		return "true or false"
	case formCount:
		return "a whole number"
	case formNumber:
		return "a number"
	case formWord:
		return "`" + strings.Join(k.words, "`, `") + "`"
	case formMap:
		return "texts to texts"
	case formObject:
		return "an object"
	case formOneOrMore:
		return "a condition or a list"
	case formList:
		return "a list"
	case formNamed:
		return "names to objects"
	case formValue:
		return "a value"
	case formValues:
		return "names to values"
	case formEach:
		return "a path or an object"
	case formRules:
		return "columns to rules"
	}
	return "a text"
}

// TestWalkthrough holds the files that the docs walk through to those that are tested.
func TestWalkthrough(t *testing.T) {
	docs, err := os.ReadFile(docsFile)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"testdata/chain.csv", "testdata/chain.yaml"} {
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(docs), string(want)) {
			t.Errorf("%s does not show %s as it is", docsFile, file)
		}
	}
	shown, err := os.ReadFile("../../cmd/tributary/testdata/golden/mapping-check-chain.txt")
	if err != nil {
		t.Fatal(err)
	}
	_, want, _ := strings.Cut(string(shown), "\n")
	want, _, _ = strings.Cut(want, "-- stderr")
	if !strings.Contains(string(docs), want) {
		t.Errorf("%s does not show what mapping check prints", docsFile)
	}
}

// TestExamplesOfDocs reads every example of YAML in the docs that is a mapping or a part of one.
func TestExamplesOfDocs(t *testing.T) {
	docs, err := os.ReadFile(docsFile)
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(string(docs), "```yaml\n")
	if len(parts) < 8 {
		t.Fatalf("%d examples", len(parts)-1)
	}
	for _, part := range parts[1:] {
		text, _, _ := strings.Cut(part, "```")
		switch {
		case strings.HasPrefix(text, "  - "):
			text = "emit:\n" + text
		case strings.HasPrefix(text, "where:"):
			text += "emit: [{company: {name: x}}]\n"
		case !strings.Contains(text, "emit:"): // columns, of one kind or another
			for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
				name, _, _ := strings.Cut(line, ":")
				kind, rest := "supplies", "supplier: a, buyer: b"
				if name == "country" {
					kind, rest = "makes", "maker: a, product: b"
				}
				whole := fmt.Sprintf("version: 1\nemit:\n  - %s:\n", kind)
				for _, p := range strings.Split(rest, ", ") {
					if !strings.HasPrefix(p, name+":") {
						whole += "      " + p + "\n"
					}
				}
				if _, err := Parse("docs", []byte(whole+"      "+line+"\n")); err != nil {
					t.Errorf("%v\n%s", err, line)
				}
			}
			continue
		}
		if !strings.HasPrefix(text, "version:") {
			text = "version: 1\n" + text
		}
		if _, err := Parse("docs", []byte(text)); err != nil {
			t.Errorf("%v\n%s", err, text)
		}
	}
}
