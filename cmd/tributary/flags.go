package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
)

// The groups that --help lists flags under, in this order.
const (
	groupQuestion = "What to ask"
	groupFilters  = "What counts"
	groupWork     = "How to do it"
	groupOutput   = "Output"
	groupStore    = "Store"
	groupOther    = "Other"
)

var flagGroups = []string{groupQuestion, groupFilters, groupWork, groupOutput, groupStore, groupOther}

const (
	groupAnnotation = "tributary_group"
	noEnvironment   = "tributary_no_environment"
)

// inGroup adds the flags that define makes, and notes the group that they are listed under.
func inGroup(cmd *cobra.Command, group string, define func(*pflag.FlagSet)) {
	set := pflag.NewFlagSet(cmd.Name(), pflag.ContinueOnError)
	define(set)
	set.VisitAll(func(f *pflag.Flag) {
		if f.Annotations == nil {
			f.Annotations = map[string][]string{}
		}
		f.Annotations[groupAnnotation] = []string{group}
	})
	cmd.Flags().AddFlagSet(set)
}

func groupOf(f *pflag.Flag) string {
	if group := f.Annotations[groupAnnotation]; len(group) > 0 {
		return group[0]
	}
	return groupOther
}

// shortTable limits what is listed in a table to n rows, unless --limit says otherwise. What programs read is whole.
func (p *program) shortTable(cmd *cobra.Command, page *queries.Page, n int) {
	if p.output.format == formatTable && !cmd.Flags().Changed("limit") {
		page.Limit = n
	}
}

// envPrefix begins the names of the environment variables that stand for flags.
const envPrefix = "TRIBUTARY_"

// envName is the variable that stands for a flag: --as-of is TRIBUTARY_AS_OF.
func envName(flag string) string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// ignoreEnvironment makes a flag one that the environment does not set.
func ignoreEnvironment(cmd *cobra.Command, flag string) {
	f := cmd.Flags().Lookup(flag)
	f.Annotations[noEnvironment] = []string{"true"}
}

// applyEnvironment sets the flags of a command that the command line left out and the environment has.
func (p *program) applyEnvironment(cmd *cobra.Command) error {
	var err error
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		value := p.env[envName(f.Name)]
		if f.Changed || value == "" || f.Name == "help" || f.Annotations[noEnvironment] != nil || err != nil {
			return
		}
		if bad := cmd.Flags().Set(f.Name, value); bad != nil {
			err = usagef("%s=%q: %s", envName(f.Name), value, wanted(f))
		}
	})
	return err
}

// wanted says what a flag takes.
func wanted(f *pflag.Flag) string {
	switch f.Value.Type() {
	case "int", "int64", "uint64":
		return "want a whole number"
	case "float64":
		return "want a number such as 0.6"
	case "duration":
		return "want a time such as 30s or 2m"
	case "bool":
		return "want true or false"
	}
	if c, ok := f.Value.(*choice); ok {
		return "allowed: " + strings.Join(c.allowed, ", ")
	}
	return "want a " + f.Value.Type()
}

// explainFlag says what is wrong with a flag: the nearest one for an unknown, what it takes for a bad value.
func explainFlag(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(err, &invalid):
		f := invalid.GetFlag()
		return hint(usagef("--%s %q: %s", f.Name, invalid.GetValue(), wanted(f)), "%s --help lists the flags", cmd.CommandPath())
	case errors.As(err, &unknown):
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		if near := nearest(unknown.GetSpecifiedName(), names); near != "" {
			return hint(usagef("%v", err), "did you mean --%s? %s --help lists the flags", near, cmd.CommandPath())
		}
	}
	return hint(usagef("%v", err), "%s --help lists the flags", cmd.CommandPath())
}

// choice is a flag whose value is one of a few words.
type choice struct {
	value   *string
	allowed []string
}

func newChoice(value *string, initial string, allowed ...string) *choice {
	*value = initial
	return &choice{value: value, allowed: allowed}
}

func (c *choice) String() string { return *c.value }
func (c *choice) Type() string   { return strings.Join(c.allowed, "|") }

func (c *choice) Set(text string) error {
	if !slices.Contains(c.allowed, text) {
		return fmt.Errorf("allowed: %s", strings.Join(c.allowed, ", "))
	}
	*c.value = text
	return nil
}

// completeChoices lets the shell offer the words of every choice of the command.
func completeChoices(cmd *cobra.Command) {
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if c, ok := f.Value.(*choice); ok {
			// The error is of a flag that does not exist or has a completion already.
			_ = cmd.RegisterFlagCompletionFunc(f.Name, cobra.FixedCompletions(c.allowed, cobra.ShellCompDirectiveNoFileComp))
		}
	})
}

// scopeFlags adds the flags that say which claims count.
func scopeFlags(cmd *cobra.Command, s *queries.Scope) {
	inGroup(cmd, groupFilters, func(f *pflag.FlagSet) {
		f.StringVar(&s.AsOf, "as-of", "today", "`DATE` on which relations hold (2024-05-11, 2024-05, 2024Q2, 2024), today, or any to ignore dates")
		f.StringSliceVar(&s.Stages, "stage", nil, "`STAGES` that count, of "+strings.Join(graph.Stages, ", ")+" (default unknown,qualified,volume)")
		f.Float64Var(&s.MinConfidence, "min-confidence", 0, "least `CONFIDENCE` of a relation, 0 to 1")
		f.Var(newChoice(&s.Group, queries.GroupNone, queries.GroupNone, queries.GroupControl), "group", "what counts as one company: each by itself, or all that one company controls")
		f.Float64Var(&s.ControlThreshold, "control-threshold", queries.DefaultControlThreshold, "who holds more than this `SHARE` of a company controls it (--group control)")
	})
}

// pageFlags adds the flags that cut a list.
func pageFlags(cmd *cobra.Command, p *queries.Page) {
	inGroup(cmd, groupOutput, func(f *pflag.FlagSet) {
		f.IntVar(&p.Limit, "limit", 0, "list at most `N` (0: everything)")
	})
}

// tierFlags adds the flags of a question about tiers.
func tierFlags(cmd *cobra.Command, r *queries.TiersRequest) {
	inGroup(cmd, groupQuestion, func(f *pflag.FlagSet) {
		f.IntVar(&r.Depth, "depth", queries.DefaultDepth, fmt.Sprintf("greatest `TIER` listed, up to %d", queries.MaxDepth))
		f.StringVar(&r.Product, "product", "", "only along this `PRODUCT` and every kind of it (id, name or alias)")
		f.Var(newChoice(&r.ProductHop, "listed", "listed", "first", "every"), "product-hop", "the hop that must be of the product: of the listed company, the first, or every")
		f.StringVar(&r.Country, "country", "", "only companies of this `COUNTRY` (ISO 3166-1: TW, US)")
		f.Var(newChoice(&r.CountryBy, "headquarters", "headquarters", "origin", "site"), "country-by", "what ties to the country: headquarters, origin (where the goods ship from), or site (where they have one)")
		f.StringSliceVar(&r.Kinds, "kind", []string{"supplies"}, "`KINDS` of relation to follow: supplies, owns")
	})
	areaFlags(cmd, &r.Area, "only companies with a site")
}
