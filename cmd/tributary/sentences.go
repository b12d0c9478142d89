package main

import (
	"fmt"
	"strings"
)

// said is a sentence about a row.
type said struct{ name, text string }

// sentences prints what is said of rows. Rows of which the same is said, but for their names, are told together.
func (o *printer) sentences(list []said) {
	o.printf("\n")
	o.heading("In words")
	others := map[string][]string{} // names, by the sentence without them
	var firsts []said
	for _, s := range list {
		form := s.form()
		names, told := others[form]
		if !told {
			firsts = append(firsts, s)
			others[form] = []string{}
			continue
		}
		others[form] = append(names, s.name)
	}
	told := 0
	for i, s := range firsts {
		if i == reasons {
			o.printf("  … %d more with -o csv or -o json\n", len(list)-told)
			return
		}
		o.wrap("  ", "    ", s.text)
		names := others[s.form()]
		told += 1 + len(names)
		switch len(names) {
		case 0:
		case 1:
			o.wrap("    ", "    ", "The same for "+names[0]+".")
		default:
			o.wrap("    ", "    ", fmt.Sprintf("The same for each of these %d: %s.", len(names), strings.TrimSuffix(strings.Join(names, "; "), ".")))
		}
	}
}

// form is the sentence without the name.
func (s said) form() string {
	if s.name == "" {
		return s.text
	}
	return strings.ReplaceAll(s.text, s.name, "\x00")
}
