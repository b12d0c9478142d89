package neo4jstore

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/tributarygraph/tributary/graph"
)

// Check reads the whole database and looks for what Tributary did not write: relationships and nodes that were
// added, changed or deleted with Cypher, and constraints that were dropped. Each problem is a sentence that says
// what was found and what to do. The error tells that the check could not be done.
func (s *Store) Check(ctx context.Context) (problems []string, err error) {
	c := checking{store: s, found: map[string]*suspicion{}}
	if err := s.settled(ctx, nil, c.begin); err != nil {
		return nil, err
	}
	for _, f := range forms {
		if err := c.readAll(ctx, f); err != nil {
			return nil, err
		}
	}
	if err := s.settled(ctx, nil, c.end); err != nil {
		return nil, err
	}
	return c.problems, nil
}

// checking is a check under way.
type checking struct {
	store      *Store
	head       graph.Revision
	live       int64 // statements that there ought to be
	statements int64 // read
	found      map[string]*suspicion
	problems   []string
}

// suspicion is something found, with the first example.
type suspicion struct {
	count   int
	example string
}

func (c *checking) suspect(what, example string) {
	if c.found[what] == nil {
		c.found[what] = &suspicion{example: example}
	}
	c.found[what].count++
}

func (c *checking) begin(tx transaction) error {
	m, err := tx.meta()
	c.head, c.live = m.revision, m.live
	return err
}

// readAll reads the relationships of a kind, each page at the gate, so that no commit is half visible.
func (c *checking) readAll(ctx context.Context, f *form) error {
	for after, last := "", false; !last; {
		var rows [][]any
		err := c.store.settled(ctx, nil, func(tx transaction) error {
			rows = nil
			return tx.each(f.raw, map[string]any{"after": after, "nodes": int64(sizes.page)}, func(row []any) error {
				rows = append(rows, row)
				return nil
			})
		})
		if err != nil {
			return err
		}
		seen := map[string]bool{}
		for _, row := range rows {
			after = max(after, text(row[0]))
			seen[text(row[0])] = true
			c.check(f, row)
		}
		last = len(seen) < sizes.page
	}
	return nil
}

// The things that are found, as the problem calls them; the count stands before, an example after.
const (
	foundForeign  = "relationships were added by hand"
	foundChanged  = "statements were changed by hand"
	foundHistory  = "statements have lost or gained history"
	foundDetached = "nodes were added by hand, or are left over: nothing is said of them"
)

// check looks at one relationship, or at a node that has none of the form.
func (c *checking) check(f *form, row []any) {
	from, to := text(row[0]), text(row[1])
	properties, ok := row[2].(map[string]any)
	if !ok {
		if connected, _ := row[3].(bool); !connected && f.to == "" {
			c.suspect(foundDetached, f.from+" "+from)
		}
		return
	}
	claim := text(properties["claim"])
	if claim == "" {
		c.suspect(foundForeign, fmt.Sprintf("%s between %q and %q", f.relationship, from, to))
		return
	}
	c.statements++
	values := []any{to}
	for _, name := range keyColumns {
		values = append(values, properties[name])
	}
	for _, id := range f.detailed.fields {
		values = append(values, properties[id.String()])
	}
	rec := f.decode(f.detailed, from, values)
	if id := rec.Key.ID(); claim != claimOfID(id) || integer(properties["fingerprint"]) != fingerprint(&rec.Stored, id) {
		c.suspect(foundChanged, claim)
	}
}

// end looks at what can be counted, and says what was found.
func (c *checking) end(tx transaction) error {
	c.problems = nil
	m, err := tx.meta()
	if err != nil {
		return err
	}
	if m.revision == c.head && c.statements != c.live {
		c.problems = append(c.problems, fmt.Sprintf("%d statements are there, and there ought to be %d: relationships were added or deleted by hand; undo the imports of the dataset and import it again", c.statements, c.live))
	}
	if err := c.histories(tx); err != nil {
		return err
	}
	for _, what := range slices.Sorted(maps.Keys(c.found)) {
		s := c.found[what]
		c.problems = append(c.problems, fmt.Sprintf("%d %s, the first: %s; change what Tributary shows with imports, never with Cypher", s.count, what, s.example))
	}
	missing, err := tx.missingSchema()
	for _, statement := range missing {
		c.problems = append(c.problems, "a constraint or index is missing; make it again: "+statement)
	}
	return err
}

// histories compares how many touches statements have with how many they say that they have.
func (c *checking) histories(tx transaction) error {
	for _, f := range forms {
		query := fmt.Sprintf(`MATCH %s WHERE r.touches IS NOT NULL
			WITH r.claim AS claim, r.touches AS touches
			OPTIONAL MATCH (h:TributaryHistory {id: claim}) WITH claim, touches, h WHERE coalesce(size(h.touches), 0) <> touches RETURN claim`, f.within())
		err := tx.each(query, nil, func(row []any) error {
			c.suspect(foundHistory, text(row[0]))
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
