package main

import (
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tributarygraph/tributary/graph"
)

// completeLimit is the size of the largest store, in bytes, that is loaded at the press of a key.
const completeLimit = 64 << 20

// completesCompanies lets the shell offer companies for the first args arguments of a command.
func (p *program) completesCompanies(cmd *cobra.Command, args int) {
	cmd.ValidArgsFunction = func(cmd *cobra.Command, given []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(given) >= args || p.applyEnvironment(cmd) != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		if info, err := os.Stat(p.store.target); err != nil || info.Size() > completeLimit {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		var found []cobra.Completion
		err := p.withView(cmd.Context(), func(v *graph.View, _ graph.Store) error {
			found = companiesLike(v, begun)
			return nil
		})
		if err != nil {
			cobra.CompErrorln(err.Error())
			return nil, cobra.ShellCompDirectiveError
		}
		return found, cobra.ShellCompDirectiveNoFileComp
	}
}

// companiesLike are the ids, and the names, that begin as the word does; the shell drops all others.
func companiesLike(v *graph.View, begun string) (found []cobra.Completion) {
	hits, _ := v.Search(graph.KindCompany, begun, 100)
	for _, h := range hits {
		id, name := v.ID(graph.KindCompany, h.Node), v.Name(graph.KindCompany, h.Node)
		switch {
		case strings.HasPrefix(id, begun):
			found = append(found, cobra.CompletionWithDesc(id, name))
		case strings.HasPrefix(name, begun):
			found = append(found, cobra.CompletionWithDesc(name, id))
		}
	}
	slices.Sort(found)
	return found
}
