package importer

import "testing"

func TestIsRejects(t *testing.T) {
	for _, test := range []struct {
		text  string
		yes   bool
		comma byte
	}{
		{"row,reason,a,b\n", true, ','}, {"row;reason;a\n", true, ';'}, {"row\treason\ta\n", true, '\t'},
		{"row,reason\n", false, ','}, {"row,reasons,a\n", false, ','}, {"rows,reason,a\n", false, 's'}, {"row", false, 0}, {"", false, 0},
		{`{"row":12,"reason":"why","a":1}`, true, 0}, {`{"row":"x","reason":"why"}`, false, 0}, {`{"row":12,"a":1}`, false, 0}, {`{"row":`, false, 0},
	} {
		if yes, comma := isRejects(test.text); yes != test.yes || yes && comma != test.comma {
			t.Errorf("%q: %t %q", test.text, yes, comma)
		}
	}
}
