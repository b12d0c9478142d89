package importer

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer/records"
)

func encodedAs(t *testing.T, e encoding.Encoding, text string) string {
	t.Helper()
	out, err := e.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Text in other encodings gives the same graph as in UTF-8, and the report says what it was.
func TestEncodings(t *testing.T) {
	text := "供应商,客户,产品\n" + strings.Repeat("台积电,英伟达,晶圆代工\n", 3) + "SK海力士,英伟达,高带宽内存\n"
	plain := openStore(t)
	mustImport(t, plain, Options{Dataset: "x"}, reader("x.csv", text))
	want := statements(t, plain)
	for _, test := range []struct {
		name string
		text string
		want string
	}{
		{"GB18030", encodedAs(t, simplifiedchinese.GB18030, text), "gb18030"},
		{"GBK", encodedAs(t, simplifiedchinese.GBK, text), "gb18030"},
		{"UTF-16 LE", encodedAs(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), text), "utf-16"},
		{"UTF-16 BE", encodedAs(t, unicode.UTF16(unicode.BigEndian, unicode.UseBOM), text), "utf-16"},
		{"UTF-8 with its mark", "\uFEFF" + text, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			store := openStore(t)
			r := mustImport(t, store, Options{Dataset: "x"}, reader("x.csv", test.text))
			if r.Rejected > 0 || r.Files[0].Encoding != test.want {
				t.Errorf("%s", asJSON(t, r))
			}
			if got := statements(t, store); got != want {
				t.Errorf("%s\nwant\n%s", got, want)
			}
		})
	}
}

// An encoding that the content does not tell is said in a mapping.
func TestSaidEncodings(t *testing.T) {
	for name, e := range map[string]encoding.Encoding{"big5": traditionalchinese.Big5, "shift_jis": japanese.ShiftJIS} {
		store := openStore(t)
		c := companiesConversion(name)
		if _, err := Import(t.Context(), store, []Input{reader("x.csv", encodedAs(t, e, "name\n台積電\n"))}, Options{Conversion: c, Now: stamp}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got := statements(t, store); !strings.Contains(got, "台積電") {
			t.Errorf("%s: %s", name, got)
		}
	}
	_, err := Import(t.Context(), openStore(t), []Input{reader("x.csv", "name\nA\n")}, Options{Conversion: companiesConversion("klingon"), Now: stamp})
	if err == nil || !strings.Contains(err.Error(), `"klingon" is no encoding that is known`) {
		t.Errorf("an encoding that does not exist: %v", err)
	}
}

// A row with bytes that the encoding does not have is rejected; the others are imported.
func TestDamagedEncoding(t *testing.T) {
	text := encodedAs(t, simplifiedchinese.GB18030, "名称\n台湾积体电路制造股份有限公司\n英伟达公司及其子公司\n") + "\xD3\xFF\n"
	r := mustImport(t, openStore(t), Options{Dataset: "x"}, reader("x.csv", text))
	if r.Created != 2 || r.Rejected != 1 || !strings.Contains(r.Rejections[0].Reason, "are no gb18030") {
		t.Errorf("%s", asJSON(t, r))
	}
}

// companiesConversion reads the first cell of each row as a name.
func companiesConversion(encoding string) *records.Conversion {
	return &records.Conversion{Name: "names", Key: encoding, Layout: records.Layout{Encoding: encoding}, Converter: func() (records.Converter, error) { return names{}, nil }}
}

type names struct{}

var nameShape = &records.Shape{Kind: graph.KindCompany, Columns: []string{"name"}}

func (names) Convert(r *records.Record, emit records.Emit) error {
	return emit(&records.Row{Shape: nameShape, Cells: r.Cells[:1]})
}

func (names) Finish(records.Emit) error { return nil }
