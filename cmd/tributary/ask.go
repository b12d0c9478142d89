package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
)

// question is what the commands that ask have in common.
type question struct {
	scope   queries.Scope
	page    queries.Page
	timeout time.Duration
}

// asks adds the flags of a command that asks a question.
func (p *program) asks(cmd *cobra.Command, q *question) {
	scopeFlags(cmd, &q.scope)
	inGroup(cmd, groupWork, func(f *pflag.FlagSet) {
		f.DurationVar(&q.timeout, "timeout", 0, "answer with what was found within this `TIME` (0: take the time it needs)")
	})
	p.outputs(cmd)
	p.stores(cmd)
}

// lists adds --limit too.
func (p *program) lists(cmd *cobra.Command, q *question) {
	pageFlags(cmd, &q.page)
	p.asks(cmd, q)
}

// ask runs a question on the network and prints the answer that it gives.
func (p *program) ask(ctx context.Context, q *question, work func(context.Context, *graph.View, graph.Store) (answer, error)) error {
	return p.withView(ctx, func(v *graph.View, store graph.Store) error {
		if q.timeout > 0 {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, q.timeout)
			defer cancel()
		}
		a, err := work(ctx, v, store)
		if errors.Is(err, context.DeadlineExceeded) {
			return hint(fmt.Errorf("the time was over before there was an answer: %w", err), "give it more: --timeout")
		}
		if err != nil {
			return err
		}
		return p.render(a)
	})
}

// listed is the answer of a question for a list: print writes its table, total says in the closing line how much
// there is.
func listed(found interface{ Rows() any }, a *queries.Answer, print func(*printer), total func() string) answer {
	return answer{
		whole: found, items: found.Rows(), short: stopped(a),
		print: func(o *printer) {
			print(o)
			o.warnings(a)
		},
		last: func(*printer) string { return closing(total(), a) },
	}
}

// longLists adds --limit to a command whose table is short unless it is given: see [program.shortTable].
func (p *program) longLists(cmd *cobra.Command, q *question, rows int) {
	inGroup(cmd, groupOutput, func(f *pflag.FlagSet) {
		f.IntVar(&q.page.Limit, "limit", 0, fmt.Sprintf("list at most `N` (0: everything); unless it is given, a table has %d rows, other formats everything", rows))
	})
	p.asks(cmd, q)
}
