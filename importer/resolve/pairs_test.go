package resolve_test

import (
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// heldOutSum freezes the pairs kept aside: figures on them mean something only while nobody fits them to the rules, or
// the rules to them.
const heldOutSum = "4f182c745b445e2f91443a99218df1a78be36666f53a4ff915a0be1643436b0b"

// labelledPair is a row of the labelled pairs; testdata/README.md says what the columns mean.
type labelledPair struct {
	name1, name2, match, language, kind, cluster, country1, country2, source string
}

// readPairs reads one part of the labelled pairs, dev or heldout.
func readPairs(t *testing.T, part string) []labelledPair {
	t.Helper()
	file, err := os.Open(filepath.Join("testdata", "pairs-"+part+".csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	const header = "name1,name2,is_match,language,kind,cluster,country1,country2,source"
	if got := strings.Join(rows[0], ","); got != header {
		t.Fatalf("%s begins with %s, not %s", file.Name(), got, header)
	}
	var pairs []labelledPair
	for _, row := range rows[1:] {
		pairs = append(pairs, labelledPair{row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7], row[8]})
	}
	return pairs
}

// kindsOfMatch says for each kind of pair which label it has.
var kindsOfMatch = map[string]string{
	"legal_form": "1", "abbreviation": "1", "brand": "1", "short_name": "1", "translated": "1", "transliterated": "1",
	"former_name": "1", "traditional": "1", "typo": "1", "case": "1", "punctuation": "1", "width": "1", "word_order": "1",
	"same_group": "0", "same_short_name_two_countries": "0", "homophone": "0", "number_differs": "0",
	"place_differs": "0", "similar": "0",
}

var languagesOfPairs = []string{"en", "zh", "de", "ja", "fr"}

func TestPairsAreWellFormed(t *testing.T) {
	isCountry := func(s string) bool {
		return s == "" || len(s) == 2 && strings.ToUpper(s) == s
	}
	for _, part := range []string{"dev", "heldout"} {
		for _, pair := range readPairs(t, part) {
			label, known := kindsOfMatch[pair.kind]
			switch {
			case !known || label != pair.match:
				t.Errorf("%v: no kind of pairs labelled %s", pair, pair.match)
			case !slices.Contains(languagesOfPairs, pair.language):
				t.Errorf("%v: no language of the pairs", pair)
			case !isCountry(pair.country1) || !isCountry(pair.country2):
				t.Errorf("%v: a country has two capital letters", pair)
			case pair.cluster == "" || pair.source == "" || pair.name1 == pair.name2:
				t.Errorf("%v: no cluster, no source, or one name twice", pair)
			case pair.name1 != strings.TrimSpace(pair.name1) || pair.name2 != strings.TrimSpace(pair.name2):
				t.Errorf("%v: a name has spaces around it", pair)
			}
		}
	}
}

// lettersOf is a name without case, width, spaces and punctuation.
func lettersOf(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) {
			return r
		}
		return -1
	}, strings.ToLower(norm.NFKC.String(name)))
}

// A name in both parts would let a rule be tuned on what it is measured on.
func TestPairsShareNothing(t *testing.T) {
	partOfName, partOfCluster := map[string]string{}, map[string]string{}
	seen := map[[2]string]bool{}
	claim := func(of map[string]string, what, part string) {
		if other, ok := of[what]; ok && other != part {
			t.Errorf("%s is in both parts", what)
		}
		of[what] = part
	}
	for _, part := range []string{"dev", "heldout"} {
		for _, pair := range readPairs(t, part) {
			claim(partOfCluster, pair.cluster, part)
			claim(partOfName, lettersOf(pair.name1), part)
			claim(partOfName, lettersOf(pair.name2), part)
			key := [2]string{min(pair.name1, pair.name2), max(pair.name1, pair.name2)}
			if seen[key] {
				t.Errorf("%q and %q are a pair twice", pair.name1, pair.name2)
			}
			seen[key] = true
		}
	}
}

// TestSplitOfPairs draws the split again, as testdata/README.md describes it.
func TestSplitOfPairs(t *testing.T) {
	sizes, partOf := map[string]int{}, map[string]string{}
	languages := map[string]map[string]int{}
	for _, part := range []string{"dev", "heldout"} {
		for _, pair := range readPairs(t, part) {
			sizes[pair.cluster]++
			partOf[pair.cluster] = part
			if languages[pair.cluster] == nil {
				languages[pair.cluster] = map[string]int{}
			}
			languages[pair.cluster][pair.language]++
		}
	}
	strata := map[string][]string{}
	for cluster, counts := range languages {
		main := ""
		for _, language := range slices.Sorted(maps.Keys(counts)) {
			if main == "" || counts[language] > counts[main] {
				main = language
			}
		}
		strata[main] = append(strata[main], cluster)
	}
	hash := func(cluster string) string {
		sum := sha256.Sum256([]byte(cluster))
		return hex.EncodeToString(sum[:])
	}
	for _, clusters := range strata {
		slices.SortFunc(clusters, func(a, b string) int { return strings.Compare(hash(a), hash(b)) })
		drawn := map[string]int{}
		for _, cluster := range clusters {
			part := "dev"
			if drawn["heldout"] <= drawn["dev"] {
				part = "heldout"
			}
			if partOf[cluster] != part {
				t.Errorf("cluster %s belongs to part %s, not %s", cluster, part, partOf[cluster])
			}
			drawn[part] += sizes[cluster]
		}
	}
}

func TestCountsOfPairs(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join("testdata", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	type countKey struct{ part, language, match string }
	counts := map[countKey]int{}
	for _, part := range []string{"dev", "heldout"} {
		for _, pair := range readPairs(t, part) {
			counts[countKey{part, pair.language, pair.match}]++
		}
	}
	for _, language := range languagesOfPairs {
		row, total := "| "+language, 0
		for _, part := range []string{"dev", "heldout"} {
			for _, match := range []string{"1", "0"} {
				n := counts[countKey{part, language, match}]
				row += fmt.Sprintf(" | %d", n)
				total += n
			}
		}
		row += fmt.Sprintf(" | %d |", total)
		if !strings.Contains(string(readme), row) {
			t.Errorf("testdata/README.md lacks the row %s", row)
		}
		if heldOut := counts[countKey{"heldout", language, "1"}] + counts[countKey{"heldout", language, "0"}]; heldOut < 60 || total < 130 {
			t.Errorf("%s has only %d pairs, %d of them held out", language, total, heldOut)
		}
	}
}

func TestHeldOutPairsAreFrozen(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("testdata", "pairs-heldout.csv"))
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(data)
	if got := hex.EncodeToString(sum[:]); got != heldOutSum {
		t.Errorf("pairs-heldout.csv has changed: SHA-256 %s", got)
	}
}
