package ownership

import (
	"context"

	"github.com/tributarygraph/tributary/queries/internal/loss"
	"github.com/tributarygraph/tributary/queries/internal/pathsum"
)

// Interest is what part of each company belongs to some owners, directly or through others: shares multiplied along the
// chains of holdings and added over them, (I-A)^-1 for the matrix A of shares, with loops. A chain ends at the first of
// these owners that it comes to: what one of them owns of another is not counted twice. Of an owner itself all is
// theirs.
type Interest struct{ Low, High []float64 }

// Interest computes the interest of the owners in all companies, at least and at most: an unknown share is between
// nothing and what the other documented owners leave.
func (x *Net) Interest(ctx context.Context, owners []int32) (*Interest, error) {
	b := loss.NewBuilder()
	for c := range int32(x.companies) {
		b.Node()
		if held := x.in(c); len(held) > 0 {
			b.Input(loss.Input{Readings: loss.Both, Weight: loss.Unknown})
			for i := range held {
				b.Edge(held[i].owner, held[i].share)
			}
		}
	}
	start := &pathsum.Start{}
	for _, c := range owners {
		start.Nodes = append(start.Nodes, loss.Damage{At: c, Low: 1, High: 1})
	}
	run := pathsum.NewRun(pathsum.New(b.Net(nil), pathsum.Options{}))
	if err := run.Solve(ctx, start); err != nil {
		return nil, err
	}
	out := &Interest{Low: make([]float64, x.companies), High: make([]float64, x.companies)}
	for c := range int32(x.companies) {
		out.Low[c], out.High[c] = run.Low(c), run.High(c)
	}
	return out, nil
}
