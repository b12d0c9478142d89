package main

import (
	"context"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
)

// subject is whom a command asks about: a company, or the companies of a file together.
type subject struct {
	file    string
	members queries.Portfolio // nil for a company
	company string            // as the question takes it
	named   int               // members that each item names, where the question has such items
}

// asksOf lets a command that asks of a company ask of a portfolio too. run is given the subject, read; the company is
// to be found with [subject.find].
func (p *program) asksOf(cmd *cobra.Command, s *subject, run func(cmd *cobra.Command) error) {
	cmd.Use += " COMPANY | --portfolio FILE"
	cmd.Long += "\n\n" + portfolioHelp
	cmd.Args = wantArgs(0, 1)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if s.file != "" && len(args) > 0 {
			return hint(usagef("%s: want a company, or --portfolio FILE, not both", cmd.Name()), "leave out %s, or --portfolio %s", args[0], s.file)
		}
		if s.file == "" && len(args) == 0 {
			return hint(usagef("%s: want a company, or --portfolio FILE", cmd.Name()), "%s --help shows examples", cmd.CommandPath())
		}
		if s.file != "" {
			if err := s.read(cmd.Context(), p); err != nil {
				return err
			}
		} else {
			s.company = args[0]
		}
		return run(cmd)
	}
	s.flag(cmd)
	p.completesCompanies(cmd, 1)
}

// flag adds the flag that names the file.
func (s *subject) flag(cmd *cobra.Command) {
	inGroup(cmd, groupQuestion, func(f *pflag.FlagSet) {
		f.StringVar(&s.file, "portfolio", "", "ask about the companies in this `FILE` together (-: standard input)")
	})
}

// read reads the file.
func (s *subject) read(ctx context.Context, p *program) (err error) {
	s.members, err = p.portfolio(ctx, s.file)
	return err
}

// find finds the company, where it is one.
func (s *subject) find(v *graph.View) (err error) {
	if s.members == nil {
		s.company, err = resolve(v, graph.KindCompany, s.company)
	}
	return err
}
