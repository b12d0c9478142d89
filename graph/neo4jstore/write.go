package neo4jstore

import (
	"fmt"

	"github.com/tributarygraph/tributary/graph"
)

// rows is what has to be written of one kind.
type rows struct {
	form    *form
	created grouped[string] // by upstream node; of a node kind by dataset
	sourced grouped[string] // of a node kind, by source
	changed []any
	removed []string
	nodes   map[string]bool // of a node kind: the nodes whose fields may have changed
	loose   map[nodeName]bool
}

// nodeName is a node that lost a relationship.
type nodeName struct{ label, id string }

// grouped collects rows under the node that they share, in the order of first appearance.
type grouped[K comparable] struct {
	order []K
	rows  map[K][]any
}

func (g *grouped[K]) add(key K, row any) {
	if g.rows == nil {
		g.rows = map[K][]any{}
	}
	if _, known := g.rows[key]; !known {
		g.order = append(g.order, key)
	}
	g.rows[key] = append(g.rows[key], row)
}

func (g *grouped[K]) list() []any {
	list := make([]any, len(g.order))
	for i, key := range g.order {
		list[i] = []any{key, g.rows[key]}
	}
	return list
}

// write brings the database to what the plan says.
func (a *application) write(plan graph.Plan) error {
	var begun, continued []any // histories
	loose := map[nodeName]bool{}
	for changes := plan.Changes; len(changes) > 0; {
		n := 1
		for n < len(changes) && changes[n].After.Kind == changes[0].After.Kind {
			n++
		}
		r := rows{form: forms[changes[0].After.Kind], nodes: map[string]bool{}, loose: loose}
		for i := range changes[:n] {
			c := &changes[i]
			if c.Skip {
				continue
			}
			r.add(c)
			if c.After.Touches == nil {
				continue
			}
			row, err := historyRow(&c.After)
			if err != nil {
				return err
			}
			if c.Before == nil || c.Before.Touches == nil {
				begun = append(begun, row)
			} else {
				continued = append(continued, row)
			}
		}
		if err := a.writeRows(&r); err != nil {
			return err
		}
		changes = changes[n:]
	}
	if err := a.prune(loose); err != nil {
		return err
	}
	return a.writeHistories(begun, continued)
}

func (a *application) writeHistories(begun, continued []any) error {
	if len(begun) > 0 {
		if err := a.exec("UNWIND $rows AS row CREATE (h:TributaryHistory) SET h = row", map[string]any{"rows": begun}); err != nil {
			return err
		}
	}
	if len(continued) == 0 {
		return nil
	}
	return a.exec("UNWIND $rows AS row MATCH (h:TributaryHistory {id: row.id}) SET h = row", map[string]any{"rows": continued})
}

// add sorts a change into what has to be created, changed or removed.
func (r *rows) add(c *graph.Planned) {
	before := c.Before != nil && c.Before.Live
	key := &c.After.Key
	switch {
	case c.After.Live && before:
		r.changed = append(r.changed, properties(&c.After, len(c.After.Touches)))
	case c.After.Live:
		r.create(&c.After)
	case before:
		r.removed = append(r.removed, claimOf(*key))
		r.loosen(key)
	}
	if r.form.to == "" {
		r.nodes[key.From] = true
	}
}

func (r *rows) create(s *graph.Stored) {
	p := properties(s, len(s.Touches))
	switch {
	case r.form.to != "":
		r.created.add(s.From, []any{s.To, p})
	case s.Source != "":
		r.sourced.add(s.Source, []any{s.From, p})
	default:
		r.created.add(s.Dataset, []any{s.From, p})
	}
}

// loosen notes that the ends of a relationship lost it.
func (r *rows) loosen(key *graph.Key) {
	r.loose[nodeName{r.form.from, key.From}] = true
	switch {
	case r.form.to != "":
		r.loose[nodeName{r.form.to, key.To}] = true
	case key.Source != "":
		r.loose[nodeName{"Source", key.Source}] = true
	default:
		r.loose[nodeName{"Dataset", key.Dataset}] = true
	}
}

func (a *application) writeRows(r *rows) error {
	nodes := make([]string, 0, len(r.nodes))
	for id := range r.nodes {
		nodes = append(nodes, id)
	}
	for _, step := range []struct {
		query string
		name  string
		rows  any
		n     int
	}{
		{r.form.create, "rows", r.created.list(), len(r.created.order)},
		{r.form.createBySource, "rows", r.sourced.list(), len(r.sourced.order)},
		{r.form.replace, "rows", r.changed, len(r.changed)},
		{r.form.remove, "claims", r.removed, len(r.removed)},
		{r.form.fold, "ids", nodes, len(nodes)},
	} {
		if step.n == 0 {
			continue
		}
		err := a.exec(step.query, map[string]any{step.name: step.rows})
		if violates(err) && a.fresh {
			return errMade{errCollided}
		}
		if err != nil {
			return err
		}
	}
	for _, query := range r.form.operate {
		if len(nodes) > 0 {
			if err := a.exec(query, map[string]any{"ids": nodes}); err != nil {
				return err
			}
		}
	}
	return nil
}

var pruneQueries = func() map[string]string {
	queries := map[string]string{}
	for _, label := range []string{"Company", "Product", "Source", "Site", "Dataset"} {
		queries[label] = fmt.Sprintf("UNWIND $ids AS id MATCH (n:%s {id: id}) WHERE NOT (n)--() DELETE n", label)
	}
	return queries
}()

// prune removes the nodes that nothing refers to any more.
func (a *application) prune(loose map[nodeName]bool) error {
	ids := map[string][]string{}
	for name := range loose {
		ids[name.label] = append(ids[name.label], name.id)
	}
	for label, some := range ids {
		if err := a.exec(pruneQueries[label], map[string]any{"ids": some}); err != nil {
			return err
		}
	}
	return nil
}
