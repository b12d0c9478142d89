package graph_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/tributarygraph/tributary/graph"
)

// company is a statement of dataset d: fields are name, aliases, country, ticker, kind in turn.
func company(t *testing.T, id string, fields ...string) graph.Statement {
	t.Helper()
	s := graph.Statement{Key: graph.Key{RelationKey: graph.RelationKey{Kind: graph.KindCompany, From: id}, Dataset: "d"}}
	for i, id := range []graph.FieldID{graph.FieldName, graph.FieldAliases, graph.FieldCountry, graph.FieldTicker, graph.FieldKind} {
		if i < len(fields) && fields[i] != "" {
			f, err := graph.ParseField(id, fields[i])
			if err != nil {
				t.Fatal(err)
			}
			s.Fields = append(s.Fields, f)
		}
	}
	slices.SortFunc(s.Fields, func(a, b graph.Field) int { return int(a.ID) - int(b.ID) })
	return s
}

func TestResolver(t *testing.T) {
	nvidia := company(t, "c1", "NVIDIA Corporation", "英伟达;Nvidia", "US", "XNAS:NVDA")
	panasonicJP := company(t, "c2", "Panasonic", "", "JP")
	panasonicUS := company(t, "c3", "Panasonic", "", "US")
	for _, test := range []struct {
		name        string
		definitions []graph.Statement
		mentions    []string
		described   []graph.Statement
		decisions   map[string]string
		different   [][2]string
		canonical   map[string]string
		ambiguous   map[string][]string
		provisional []string
	}{
		{
			name:        "a name, an alias and an identifier find the one that carries them",
			definitions: []graph.Statement{nvidia}, mentions: []string{"nvidia corporation", "英伟达", "ＮＶＩＤＩＡ", "ticker:xnas:nvda"},
			canonical: map[string]string{"nvidia corporation": "c1", "英伟达": "c1", "ＮＶＩＤＩＡ": "c1", "ticker:xnas:nvda": "c1"},
		}, {
			name:        "two definitions of one name leave the mention alone",
			definitions: []graph.Statement{panasonicJP, panasonicUS}, mentions: []string{"PANASONIC"},
			ambiguous: map[string][]string{"PANASONIC": {"c2", "c3"}},
		}, {
			name:        "a country that conflicts rules a definition out",
			definitions: []graph.Statement{panasonicJP, panasonicUS}, described: []graph.Statement{company(t, "Panasonic", "Panasonic", "", "US")},
			canonical: map[string]string{"Panasonic": "c3"},
		}, {
			name:     "mentions of one spelling are one provisional node, the described one where there is one",
			mentions: []string{"Acme", "ACME"}, described: []graph.Statement{company(t, "acme", "acme", "", "DE")},
			canonical: map[string]string{"Acme": "acme", "ACME": "acme"}, provisional: []string{"acme"},
		}, {
			name:      "one spelling in two countries is two nodes",
			described: []graph.Statement{company(t, "Acme", "Acme", "", "DE"), company(t, "ACME", "ACME", "", "FR")},
			canonical: map[string]string{}, provisional: []string{"ACME", "Acme"},
		}, {
			name:        "a country that another statement of the definition gives conflicts as well",
			definitions: []graph.Statement{company(t, "c2", "Matsushita", "", "JP"), company(t, "c2", "Panasonic")},
			described:   []graph.Statement{company(t, "Panasonic", "Panasonic", "", "US")}, provisional: []string{"Panasonic"},
		}, {
			name:     "a spelling that stands for two countries tells nothing about a mention without one",
			mentions: []string{"Aaa co"}, described: []graph.Statement{company(t, "AAA Co", "AAA Co", "", "US"), company(t, "aaa co", "aaa co", "", "TW")},
			canonical: map[string]string{}, provisional: []string{"AAA Co", "Aaa co", "aaa co"},
		}, {
			name:        "decisions win, also over what is ambiguous, and chain",
			definitions: []graph.Statement{panasonicJP, panasonicUS}, mentions: []string{"Panasonic", "National"},
			decisions: map[string]string{"Panasonic": "c2", "National": "Panasonic"},
			canonical: map[string]string{"Panasonic": "c2", "National": "c2"},
		}, {
			name:        "definitions that were merged are one candidate",
			definitions: []graph.Statement{panasonicJP, panasonicUS}, mentions: []string{"PANASONIC"}, decisions: map[string]string{"c3": "c2"},
			canonical: map[string]string{"PANASONIC": "c2", "c3": "c2"},
		}, {
			name:        "a ring of decisions ends at the least id",
			definitions: []graph.Statement{panasonicJP, panasonicUS}, decisions: map[string]string{"c2": "c3", "c3": "c2"},
			canonical: map[string]string{"c3": "c2"},
		}, {
			name:        "a name does not lead to an anonymous party: it is somebody else in each document",
			definitions: []graph.Statement{company(t, "filing-1-a", "Customer A", "", "", "", "anonymous")}, mentions: []string{"Customer A"},
			canonical: map[string]string{}, provisional: []string{"Customer A"},
		}, {
			name:        "nor where another statement says that it is one, and beside one of that name that is not",
			definitions: []graph.Statement{company(t, "x", "Customer A"), company(t, "x", "", "", "", "", "anonymous"), company(t, "y", "Customer A")},
			mentions:    []string{"customer a"}, canonical: map[string]string{"customer a": "y"},
		}, {
			name:      "anonymous parties that are known by a name only are not one by its spelling, and nobody else",
			described: []graph.Statement{company(t, "Customer A", "Customer A", "", "", "", "anonymous"), company(t, "CUSTOMER A", "CUSTOMER A", "", "", "", "anonymous")},
			mentions:  []string{"customer a"}, definitions: []graph.Statement{company(t, "y", "Customer A")},
			canonical: map[string]string{"customer a": "y"}, provisional: []string{"CUSTOMER A", "Customer A"},
		}, {
			name:        "a decision says who an anonymous party is",
			definitions: []graph.Statement{company(t, "filing-1-a", "Customer A", "", "", "", "anonymous"), nvidia}, mentions: []string{"Customer A"},
			decisions: map[string]string{"filing-1-a": "c1"}, canonical: map[string]string{"filing-1-a": "c1"}, provisional: []string{"Customer A"},
		}, {
			name:        "what is decided to be different is not absorbed, in any spelling, and other names are",
			definitions: []graph.Statement{nvidia}, mentions: []string{"Nvidia", "NVIDIA", "英伟达"}, different: [][2]string{{"Nvidia", "c1"}},
			canonical: map[string]string{"英伟达": "c1", "Nvidia": "NVIDIA"}, provisional: []string{"NVIDIA"},
		}, {
			name:        "one that is ruled out leaves the other",
			definitions: []graph.Statement{panasonicJP, panasonicUS}, mentions: []string{"Panasonic"}, different: [][2]string{{"c2", "Panasonic"}},
			canonical: map[string]string{"Panasonic": "c3"},
		}, {
			name:        "different from a record is different from what that was merged into",
			definitions: []graph.Statement{panasonicJP, nvidia}, mentions: []string{"Panasonic"}, decisions: map[string]string{"c1": "c2"}, different: [][2]string{{"Panasonic", "c1"}},
			canonical: map[string]string{"c1": "c2"}, provisional: []string{"Panasonic"},
		}, {
			name:     "mentions of one spelling that are different are two nodes",
			mentions: []string{"Acme", "ACME", "acme"}, different: [][2]string{{"acme", "ACME"}},
			canonical: map[string]string{"Acme": "ACME"}, provisional: []string{"ACME", "acme"},
		}, {
			name:        "a decision what a record is goes before one that it is different",
			definitions: []graph.Statement{nvidia}, mentions: []string{"Nvidia"}, decisions: map[string]string{"Nvidia": "c1"}, different: [][2]string{{"Nvidia", "c1"}},
			canonical: map[string]string{"Nvidia": "c1"},
		}, {
			name:     "a name and an identifier find the company that is described under another identifier",
			mentions: []string{"Nvidia", "ticker:XNAS:NVDA", "lei:549300S4KLFTLO7GSQ80"}, described: []graph.Statement{company(t, "lei:549300S4KLFTLO7GSQ80", "NVIDIA Corporation", "Nvidia", "US", "XNAS:NVDA")},
			canonical:   map[string]string{"Nvidia": "lei:549300S4KLFTLO7GSQ80", "ticker:XNAS:NVDA": "lei:549300S4KLFTLO7GSQ80"},
			provisional: []string{"lei:549300S4KLFTLO7GSQ80"},
		}, {
			name:        "a definition and a company described under an identifier are two, until it is decided",
			definitions: []graph.Statement{nvidia}, mentions: []string{"Nvidia"}, described: []graph.Statement{company(t, "lei:X", "Nvidia", "", "US")},
			ambiguous: map[string][]string{"Nvidia": {"c1", "lei:X"}}, provisional: []string{"lei:X"},
		}, {
			name:        "what is decided of it is decided of its names",
			definitions: []graph.Statement{nvidia}, mentions: []string{"Nvidia"}, described: []graph.Statement{company(t, "lei:X", "Nvidia", "", "US")},
			decisions: map[string]string{"lei:X": "c1"}, canonical: map[string]string{"Nvidia": "c1", "lei:X": "c1"},
		}, {
			name:        "a country that conflicts with it, or with the definition that it is, rules it out",
			definitions: []graph.Statement{company(t, "c4", "Other", "", "DE", "XNAS:OTH")},
			described:   []graph.Statement{company(t, "ticker:XNAS:OTH", "Acme", ""), company(t, "lei:X", "Globex", "", "US"), company(t, "Acme", "", "", "US"), company(t, "Globex", "", "", "DE")},
			canonical:   map[string]string{"ticker:XNAS:OTH": "c4"}, provisional: []string{"Acme", "Globex", "lei:X"},
		}, {
			name:     "an anonymous party under an identifier is not found by name",
			mentions: []string{"Customer A"}, described: []graph.Statement{company(t, "lei:X", "Customer A", "", "", "", "anonymous")},
			canonical: map[string]string{}, provisional: []string{"Customer A", "lei:X"},
		}, {
			name:     "names without letters match themselves only",
			mentions: []string{"!!!", "???"}, canonical: map[string]string{}, provisional: []string{"!!!", "???"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			for range 5 { // in any order
				r := graph.NewResolver(graph.KindCompany)
				for id, canonical := range test.decisions {
					r.Decide(graph.Sameness{NodeKey: graph.NodeKey{Kind: graph.KindCompany, ID: id}, Canonical: canonical})
				}
				for _, pair := range test.different {
					r.Decide(graph.Different(graph.KindCompany, pair[0], pair[1]))
				}
				for _, i := range rand.Perm(len(test.mentions)) {
					r.Mention(test.mentions[i], nil)
				}
				for i := range test.described {
					r.Mention(test.described[i].From, &test.described[i])
				}
				for _, i := range rand.Perm(len(test.definitions)) {
					r.Define(&test.definitions[i])
				}
				res := r.Resolve()
				if !maps.Equal(res.Canonical, test.canonical) && len(res.Canonical)+len(test.canonical) > 0 {
					t.Errorf("canonical %v, want %v", res.Canonical, test.canonical)
				}
				if !maps.EqualFunc(res.Ambiguous, test.ambiguous, slices.Equal) {
					t.Errorf("ambiguous %v, want %v", res.Ambiguous, test.ambiguous)
				}
				if !slices.Equal(res.Provisional, test.provisional) {
					t.Errorf("provisional %v, want %v", res.Provisional, test.provisional)
				}
			}
		})
	}
}
