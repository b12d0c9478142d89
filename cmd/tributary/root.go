package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// The groups that the list of commands shows.
const (
	groupStart  = "start"
	groupAsk    = "ask"
	groupWeigh  = "weigh"
	groupDecide = "decide"
	groupKeep   = "keep"
	groupMore   = "more"
)

const rootLong = `Tributary is a supply-chain knowledge graph: it imports companies and supplier relations, with the
evidence for each, and answers who stands behind whom, over how many tiers, and on whose word.

Everything is kept in one SQLite file (default: tributary.db in the current folder) or in Neo4j:
--store FILE, or --store neo4j://HOST. Wherever a command takes a company, it takes an id, an
identifier (lei:..., ticker:XNAS:NVDA), a name or an alias.`

const firstSteps = `Tributary answers who stands behind your suppliers, and on whose word.

  1. See it on a sample, the AI-compute supply chain:
       %[1]s demo

  2. Import your own. Two columns are enough, supplier and buyer:
       %[1]s import vendors.csv

  3. Ask:
       %[1]s suppliers "Your Company" --depth 3

%[1]s --help lists all commands.
`

// newRoot makes the tree of commands.
func newRoot(p *program) *cobra.Command {
	root := &cobra.Command{
		Use:           "tributary",
		Short:         "Who stands behind your suppliers, and on whose word",
		Long:          rootLong,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(cmd, args[0])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			fmt.Fprintf(p.out, firstSteps, p.self)
			return nil
		},
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return p.applyEnvironment(cmd) },
	}
	root.SetIn(p.in)
	root.SetOut(p.out)
	root.SetErr(p.err)
	root.SetFlagErrorFunc(explainFlag)
	root.SetUsageFunc(func(cmd *cobra.Command) error { return writeUsage(cmd) })
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) { writeHelp(cmd) })
	root.AddGroup(&cobra.Group{ID: groupStart, Title: "Start"}, &cobra.Group{ID: groupAsk, Title: "Ask"}, &cobra.Group{ID: groupWeigh, Title: "Weigh"},
		&cobra.Group{ID: groupDecide, Title: "Decide"},
		&cobra.Group{ID: groupKeep, Title: "Keep in order"}, &cobra.Group{ID: groupMore, Title: "More"})
	add := func(group string, commands ...*cobra.Command) {
		for _, c := range commands {
			c.GroupID = group
			root.AddCommand(c)
		}
	}
	add(groupStart, demoCommand(p), importCommand(p), serveCommand(p))
	add(groupAsk, findCommand(p), showCommand(p), sitesCommand(p), suppliersCommand(p), customersCommand(p), chainCommand(p), pathsCommand(p), claimsCommand(p), flowsCommand(p), loopsCommand(p), statsCommand(p))
	add(groupWeigh, disruptCommand(p), exposureCommand(p), chokepointsCommand(p), concentrationCommand(p), commonSuppliersCommand(p), systemicCommand(p))
	add(groupDecide, alternativesCommand(p), remedyCommand(p), gapsCommand(p), sanctionsCommand(p), changesCommand(p), reportCommand(p))
	add(groupKeep, importsCommand(p), mappingCommand(p), resolveCommand(p), reviewCommand(p), mergeCommand(p), unmergeCommand(p), checkCommand(p), exportCommand(p))
	add(groupMore, formatsCommand(p), generateCommand(p), openapiCommand(p), versionCommand(p))
	root.SetHelpCommandGroupID(groupMore)
	root.SetCompletionCommandGroupID(groupMore)
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, c := range allCommands(root) {
		completeChoices(c)
	}
	return root
}

// allCommands are the command and all below it, in the order of --help.
func allCommands(c *cobra.Command) []*cobra.Command {
	out := []*cobra.Command{c}
	for _, child := range c.Commands() {
		out = append(out, allCommands(child)...)
	}
	return out
}

// checkCommandName refuses a first word that is no command before its flags are looked at, which would be refused for
// belonging to no command.
func checkCommandName(root *cobra.Command, args []string) error {
	if len(args) == 0 || strings.HasPrefix(args[0], "-") || strings.HasPrefix(args[0], "__complete") {
		return nil
	}
	if found, _, err := root.Find(args[:1]); err == nil && found != root {
		return nil
	}
	return unknownCommand(root, args[0])
}

func unknownCommand(cmd *cobra.Command, name string) error {
	var names []string
	for _, c := range cmd.Commands() {
		names = append(names, c.Name())
	}
	err := usagef("unknown command %q", name)
	if near := nearest(name, names); near != "" {
		return hint(err, "did you mean %s? %s --help lists the commands", near, cmd.CommandPath())
	}
	return hint(err, "%s --help lists the commands", cmd.CommandPath())
}

// wantArgs checks how many arguments a command has; names are what they stand for, the usage line says so too.
func wantArgs(least, most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return hint(usagef("%s: too few arguments: want %s", cmd.Name(), cmd.Use), "%s --help shows examples", cmd.CommandPath())
		case most >= 0 && len(args) > most:
			return hint(usagef("%s: too many arguments: want %s", cmd.Name(), cmd.Use),
				"a name with spaces stands in quotes; %s --help shows examples", cmd.CommandPath())
		}
		return nil
	}
}

func writeHelp(cmd *cobra.Command) {
	text := cmd.Long
	if text == "" {
		text = cmd.Short
	}
	fmt.Fprintln(cmd.OutOrStdout(), strings.TrimSpace(text)+"\n")
	_ = writeUsage(cmd) // as cobra: help has nobody to tell that it cannot be written
}

// writeUsage prints how a command is used: usage line, examples, commands, flags by group.
func writeUsage(cmd *cobra.Command) error {
	var b strings.Builder
	fmt.Fprintf(&b, "Usage\n  %s\n", cmd.UseLine())
	if cmd.Example != "" {
		fmt.Fprintf(&b, "\nExamples\n%s\n", strings.TrimRight(cmd.Example, "\n"))
	}
	writeCommands(&b, cmd)
	groups := flagsByGroup(cmd)
	for _, group := range flagGroups {
		if set := groups[group]; set != nil {
			fmt.Fprintf(&b, "\n%s\n%s", group, set.FlagUsagesWrapped(100))
		}
	}
	if cmd.HasAvailableSubCommands() && !cmd.HasParent() {
		fmt.Fprintf(&b, "\n%s COMMAND --help tells more.\n", cmd.CommandPath())
	} else if len(groups) > 1 {
		fmt.Fprintf(&b, "\nEvery flag can be set in the environment: --as-of is %s.\n", envName("as-of"))
	}
	_, err := fmt.Fprint(cmd.OutOrStdout(), b.String())
	return err
}

func writeCommands(b *strings.Builder, cmd *cobra.Command) {
	groups := cmd.Groups()
	if len(groups) == 0 && cmd.HasAvailableSubCommands() {
		groups = []*cobra.Group{{Title: "Commands"}}
	}
	for _, group := range groups {
		fmt.Fprintf(b, "\n%s\n", group.Title)
		for _, c := range cmd.Commands() {
			if c.IsAvailableCommand() && c.GroupID == group.ID {
				fmt.Fprintf(b, "  %-*s %s\n", c.NamePadding(), c.Name(), c.Short)
			}
		}
	}
}

// flagsByGroup are the flags of a command, in the order in which they were defined.
func flagsByGroup(cmd *cobra.Command) map[string]*pflag.FlagSet {
	groups := map[string]*pflag.FlagSet{}
	cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
		group := groupOf(f)
		if !slices.Contains(flagGroups, group) || f.Hidden {
			return
		}
		if groups[group] == nil {
			groups[group] = pflag.NewFlagSet(group, pflag.ContinueOnError)
			groups[group].SortFlags = false
		}
		groups[group].AddFlag(f)
	})
	return groups
}
