package graph_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributarygraph/tributary/graph"
)

func TestParseField(t *testing.T) {
	for _, test := range []struct {
		field    graph.FieldID
		in, want string // want is the canonical spelling, or the part of the error after '!'
	}{
		{graph.FieldShareOfInput, " 0.50 ", "0.5"},
		{graph.FieldShareOfInput, "-0", "0"},
		{graph.FieldShareOfInput, "1.2", "!0 to 1"},
		{graph.FieldShareOfInput, "12%", "0.12"},
		{graph.FieldShareOfInput, "18.25 %", "0.1825"},
		{graph.FieldShareOfInput, "0.1%", "0.001"},
		{graph.FieldShareOfInput, "120%", "!0 to 1"},
		{graph.FieldShareOfInput, "1,5%", "!not a number"},
		{graph.FieldShareOfInput, "%", "!not a number"},
		{graph.FieldShareOfInput, "1e1%", "!a percentage"},
		{graph.FieldValue, "12%", "!a percentage"},
		{graph.FieldValue, "1,000", "!thousands"},
		{graph.FieldValue, "1_000", "!thousands"},
		{graph.FieldValue, "1e3", "1000"},
		{graph.FieldValue, "NaN", "!not a number"},
		{graph.FieldValue, "-5", "!0 or more"},
		{graph.FieldRevenue, "-5", "-5"},
		{graph.FieldLeadTimeDays, "-1", "!0 or more"},
		{graph.FieldCountry, "usa", "US"},
		{graph.FieldCountry, "tw", "TW"},
		{graph.FieldCountry, "uk", "GB"},
		{graph.FieldCountry, "XX", "!ISO 3166"},
		{graph.FieldCountry, "001", "!ISO 3166"},
		{graph.FieldCountry, "United States", "!ISO 3166"},
		{graph.FieldCurrency, "usd", "USD"},
		{graph.FieldCurrency, "dollars", "!ISO 4217"},
		{graph.FieldValidTo, "2024Q2", "2024-04-01"},
		{graph.FieldValidTo, "11.05.2024", "!2024-05-11"},
		{graph.FieldValidTo, "2024/5/11", "2024-05-11"},
		{graph.FieldValidTo, "2024/05", "2024-05-01"},
		{graph.FieldValidTo, "5/11/2024", "!2024-05-11"},
		{graph.FieldValidTo, "2024/111", "!2024-05-11"},
		{graph.FieldEssential, "Yes", "true"},
		{graph.FieldEssential, "maybe", "!true, false"},
		{graph.FieldBasis, "Filing", "filing"},
		{graph.FieldBasis, "gossip", "!hearsay"},
		{graph.FieldAliases, "英伟达; NVDA ;;NVDA", "英伟达;NVDA"},
		{graph.FieldLEI, "549300s4kltrlo7gsq62", "549300S4KLTRLO7GSQ62"},
		{graph.FieldLEI, "549300S4KLTRLO7GSQ63", "!check digits"},
		{graph.FieldLEI, "123", "!20 letters"},
		{graph.FieldAttributes, `{"b":"2","a":"1"}`, `{"a":"1","b":"2"}`},
		{graph.FieldAttributes, `[1]`, "!JSON object"},
		{graph.FieldName, "  NVIDIA\u00a0 Corp\t", "NVIDIA Corp"},
		{graph.FieldName, "", ""},
	} {
		f, err := graph.ParseField(test.field, test.in)
		if part, isError := strings.CutPrefix(test.want, "!"); isError {
			if !errors.Is(err, graph.ErrInvalid) || !strings.Contains(err.Error(), part) || !strings.Contains(err.Error(), test.field.String()) {
				t.Errorf("%v %q: error %v; want one that names the field and says %q", test.field, test.in, err, part)
			}
			continue
		}
		if err != nil || f.Value() != test.want {
			t.Errorf("%v %q = %q, %v; want %q", test.field, test.in, f.Value(), err, test.want)
		}
	}
}

func TestValuesReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := graph.FieldID(rapid.IntRange(0, graph.NumFields-1).Draw(t, "field"))
		text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"0.1", "1e-7", "123456789.123", "US", "EUR", "2024", "true", "filing", "a;b"})).Draw(t, "text")
		f, err := graph.ParseField(id, text)
		if err != nil {
			return
		}
		back, err := graph.ParseField(id, f.Value())
		if err != nil || !back.Equal(f) {
			t.Fatalf("%v %q gives %q, which reads back as %q, %v", id, text, f.Value(), back.Value(), err)
		}
	})
}

func FuzzParseField(f *testing.F) {
	for id := range graph.NumFields {
		f.Add(uint8(id), "0.5")
	}
	f.Fuzz(func(t *testing.T, id uint8, text string) {
		if int(id) >= graph.NumFields {
			return
		}
		field, err := graph.ParseField(graph.FieldID(id), text)
		if err == nil && graph.FieldID(id).Spec().Type.Numeric() && math.IsInf(field.Number, 0) {
			t.Errorf("%q is infinite", text)
		}
	})
}

func TestFieldsOfAKindAreItsColumns(t *testing.T) {
	for k := range graph.Kind(graph.NumKinds) {
		fields := graph.FieldsOf(k)
		if !slices.IsSorted(fields) {
			t.Errorf("%v: %v are not in order", k, fields)
		}
		for _, f := range fields {
			if got, ok := graph.FieldByName(k, f.String()); !ok || got != f {
				t.Errorf("%v.%v is not found by its name", k, f)
			}
		}
		details := slices.IndexFunc(fields, func(f graph.FieldID) bool { return f.Spec().Details })
		for _, f := range fields[details:] {
			if !f.Spec().Details {
				t.Errorf("%v: %v stands behind details; the View cuts statements off at the first", k, f)
			}
		}
	}
}

func TestPatchFields(t *testing.T) {
	field := func(id graph.FieldID, text string) graph.Field {
		f, err := graph.ParseField(id, text)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	before := []graph.Field{field(graph.FieldShareOfInput, "0.5"), field(graph.FieldCurrency, "USD"), field(graph.FieldAttributes, `{"a":"1","b":"2"}`)}
	patch := []graph.Field{field(graph.FieldShareOfInput, ""), field(graph.FieldValue, "7"), field(graph.FieldAttributes, `{"a":"","c":"3"}`)}
	want := []graph.Field{field(graph.FieldValue, "7"), field(graph.FieldCurrency, "USD"), field(graph.FieldAttributes, `{"b":"2","c":"3"}`)}
	if got := graph.PatchFields(before, patch); !graph.EqualFields(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := graph.PatchFields(before, nil); !graph.EqualFields(got, before) {
		t.Errorf("an empty patch gives %v", got)
	}
}

func TestNormalizeName(t *testing.T) {
	same := [][]string{
		{"NVIDIA Corp.", "nvidia corp", "ＮＶＩＤＩＡ　Corp", " Nvidia  Corp "},
		{"Société Générale", "SOCIETE GENERALE"},
		{"AT&S", "at s", "AT & S"},
		{"英伟达", "英伟达 "},
		{"Straße", "STRASSE"},
	}
	for _, group := range same {
		for _, name := range group {
			if got, want := graph.NormalizeName(name), graph.NormalizeName(group[0]); got != want {
				t.Errorf("%q is %q, %q is %q", name, got, group[0], want)
			}
		}
	}
	for _, pair := range [][2]string{{"ガ", "カ"}, {"台积电", "台達電"}, {"Nokia", "Nokian"}} {
		if graph.NormalizeName(pair[0]) == graph.NormalizeName(pair[1]) {
			t.Errorf("%q and %q normalise alike", pair[0], pair[1])
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		once := graph.NormalizeName(rapid.String().Draw(t, "name"))
		if twice := graph.NormalizeName(once); twice != once {
			t.Fatalf("%q normalises on to %q", once, twice)
		}
	})
}
