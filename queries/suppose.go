package queries

import "github.com/tributarygraph/tributary/graph"

// edits are what is supposed of a network other than what it holds. A nil one supposes nothing.
type edits struct {
	removed map[graph.Rel]bool
	changed map[graph.Rel]func(*graph.Supply)
	added   []supposed
}

// supposed is a relation that is supposed.
type supposed struct {
	rel      graph.Rel // numbered down from -1
	from, to graph.Node
	product  graph.Node
	stated   graph.Supply
}

func (e *edits) removes(r graph.Rel) bool { return e != nil && e.removed[r] }

// apply is what a relation says, as it is supposed.
func (e *edits) apply(r graph.Rel, s graph.Supply) graph.Supply {
	if e != nil {
		if change := e.changed[r]; change != nil {
			change(&s)
		}
	}
	return s
}

func (e *edits) into(c graph.Node) (list []supposed) {
	return e.which(func(s *supposed) bool { return s.to == c })
}

func (e *edits) from(c graph.Node) (list []supposed) {
	return e.which(func(s *supposed) bool { return s.from == c })
}

func (e *edits) which(fits func(*supposed) bool) (list []supposed) {
	if e == nil {
		return nil
	}
	for i := range e.added {
		if fits(&e.added[i]) {
			list = append(list, e.added[i])
		}
	}
	return list
}
