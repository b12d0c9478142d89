package httpapi

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/tributarygraph/tributary/graph"
)

const (
	// pastKept is how many Views of earlier revisions are kept in memory.
	pastKept = 2
	// pastRelations is how many relations a network may have for the server to load an earlier revision of it: the two
	// together take as much memory as the network itself.
	pastRelations = 2_000_000
)

// past keeps Views of earlier revisions. They are read one at a time.
type past struct {
	mu    sync.Mutex
	views []*graph.View // the one used last comes last
}

// viewAt is the network at a revision; v is the present one.
func (s *Server) viewAt(ctx context.Context, v *graph.View, at *graph.Revision) (*graph.View, error) {
	if at == nil || *at == v.Head().Revision {
		return v, nil
	}
	if *at > v.Head().Revision {
		return nil, fmt.Errorf("%w: revision %d is beyond the head, %d", graph.ErrInvalid, *at, v.Head().Revision)
	}
	if n := v.RelationCount(); n > pastRelations {
		return nil, fmt.Errorf("%w: revision %d: the network has %d relations, and the server loads earlier revisions of up to %d; the command tributary changes has no such limit", graph.ErrInvalid, *at, n, pastRelations)
	}
	return s.past.get(ctx, s.store, graph.Head{UUID: v.Head().UUID, Revision: *at})
}

func (p *past) get(ctx context.Context, store graph.Store, head graph.Head) (*graph.View, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := slices.IndexFunc(p.views, func(v *graph.View) bool { return v.Head() == head })
	if i >= 0 {
		v := p.views[i]
		p.views = append(slices.Delete(p.views, i, i+1), v)
		return v, nil
	}
	v, err := graph.LoadAt(ctx, store, head.Revision)
	if err != nil {
		return nil, err
	}
	if len(p.views) == pastKept {
		p.views = slices.Delete(p.views, 0, 1)
	}
	p.views = append(p.views, v)
	return v, nil
}
