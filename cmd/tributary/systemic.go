package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
)

func systemicCommand(p *program) *cobra.Command {
	var q question
	var req queries.SystemicRequest
	var fresh bool
	cmd := &cobra.Command{
		Use:   "systemic-risk [COMPANY...]",
		Short: "What part of all documented sales is lost when a company stops",
		Long: `Scores each company by the part of all documented sales that is lost when it stops: the Economic Systemic
Risk Index (ESRI). Its customers lack inputs, its suppliers lack a customer, and so on from company to company; what
its own sector can replace is replaced. Named companies come with whom they take down. Each score has a certified
error: it is no further than that from the equations followed to their end.

Only values count, of one currency and period: those of the most relations unless asked. Scores are kept for the
revision in the user's cache folder; a run that is stopped goes on where it was.`,
		Example: `  tributary systemic-risk --limit 20
  tributary systemic-risk nvidia tsmc --missing-value equal
  tributary systemic-risk --production essential --replaceability off --eps 0.01 -o csv > esri.csv`,
		Args: wantArgs(0, -1),
		RunE: func(cmd *cobra.Command, args []string) error {
			req.Scope, req.Page = q.scope, q.page
			err := p.ask(cmd.Context(), &q, func(ctx context.Context, v *graph.View, _ graph.Store) (answer, error) {
				req.Companies = nil
				for _, name := range args {
					id, err := resolve(v, graph.KindCompany, name)
					if err != nil {
						return answer{}, err
					}
					req.Companies = append(req.Companies, id)
				}
				return p.systemicAnswer(ctx, v, req, fresh)
			})
			if errors.Is(err, context.Canceled) {
				return hint(err, "the same command goes on where this one was")
			}
			return err
		},
	}
	p.completesCompanies(cmd, 1)
	inGroup(cmd, groupQuestion, func(f *pflag.FlagSet) {
		f.Var(newChoice(&req.Production, "linear", "linear", "essential"), "production", "linear: each input counts by its part of the cost; essential: those stated to be essential stop the buyer")
		f.Var(newChoice(&req.Replaceability, "on", "on", "off"), "replaceability", "on: customers turn to the rest of the sector; off: nobody replaces anybody")
		f.Float64Var(&req.Eps, "eps", 0, "stop as the authors do when no company loses more than this `PART` in a round (they use 0.01)")
		f.Float64Var(&req.Error, "error", 0, "certified `ERROR` of each score; 0.0001 unless --eps is given")
		f.IntVar(&req.Victims, "victims", 0, fmt.Sprintf("list the `N` companies that each one takes down (default: %d for named companies)", queries.DefaultVictims))
	})
	inGroup(cmd, groupFilters, func(f *pflag.FlagSet) {
		f.StringVar(&req.Currency, "currency", "", "`CURRENCY` of the values that count, ISO 4217 (default: that of the most relations)")
		f.StringVar(&req.Period, "period", "", "`PERIOD` of the values that count, as it is stated (default: that of the most relations)")
		f.Var(newChoice(&req.MissingValue, "leave_out", "leave_out", "equal"), "missing-value", "relations without value: leave_out, or equal to count them like the mean of the others")
	})
	inGroup(cmd, groupWork, func(f *pflag.FlagSet) {
		f.BoolVar(&fresh, "fresh", false, "neither use nor keep scores of earlier runs")
	})
	p.lists(cmd, &q)
	return cmd
}

func (p *program) systemicAnswer(ctx context.Context, v *graph.View, req queries.SystemicRequest, fresh bool) (answer, error) {
	m := p.newMeter()
	defer m.end()
	req.Progress = func(done, total int) {
		m.show(step{what: "scoring", done: int64(done), total: int64(total), part: -1, took: m.elapsed(), unit: "companies"})
	}
	if !fresh {
		req.Keep = p.cache()
	}
	found, err := queries.SystemicRisk(ctx, v, req)
	if err != nil {
		return answer{}, err
	}
	return answer{
		whole: found, items: found.Items, short: stopped(&found.Answer),
		print: func(o *printer) {
			switch {
			case len(found.Items) == 0:
				o.printf("No company has a score under these conditions.\n")
			default:
				o.table(systemicTable(found.Items))
				systemicVictims(o, found.Items)
			}
			o.warnings(&found.Answer)
		},
		last: func(*printer) string {
			s := found.Values
			amount := strings.Join(strings.Fields(thousands(int64(s.Total))+" "+s.Currency+" "+s.Period), " ")
			total := fmt.Sprintf("%s; %s of %s", plural(len(found.Items), "companies"), plural(s.Relations, "relations"), amount)
			if s.LeftOut > 0 {
				total += fmt.Sprintf(", %s without a value left out", thousands(s.LeftOut))
			}
			if s.Imputed > 0 {
				total += fmt.Sprintf(", %s of them imputed", thousands(s.Imputed))
			}
			return closing(total, &found.Answer)
		},
	}, nil
}

func systemicTable(rows []queries.SystemicRow) *table {
	t := &table{columns: []column{{title: "ESRI", right: true}, {title: "ID", least: 20}, {title: "NAME", least: 12}, {title: "ERROR", right: true},
		{title: "DOWNSTREAM", right: true}, {title: "UPSTREAM", right: true}, {title: "OWN SALES", right: true}, {title: "SECTOR", least: 10}, {title: "REMARK", least: 20}}}
	for _, r := range rows {
		t.add(part(r.ESRI), r.ID, r.Name, errorText(r.ErrorBound), part(r.Downstream), part(r.Upstream), fine(r.Share), r.Sector, r.Reason)
	}
	return t
}

// systemicVictims prints whom each company takes down.
func systemicVictims(o *printer, rows []queries.SystemicRow) {
	for _, r := range rows {
		if r.ESRI == nil || r.Victims == nil {
			continue
		}
		o.printf("\n")
		lost := fine(max(0, *r.ESRI-*r.ErrorBound))
		if most := fine(min(1, *r.ESRI+*r.ErrorBound)); most != lost {
			lost = fmt.Sprintf("at least %s, at most %s", lost, most)
		}
		o.heading(fmt.Sprintf("If %s stops, %s of all documented sales is lost", r.Name, lost))
		if len(r.Victims) == 0 {
			o.printf("It takes nobody down but itself.\n")
			continue
		}
		t := &table{columns: []column{{title: "OF ALL SALES", right: true}, {title: "ID", least: 20}, {title: "NAME", least: 12}, {title: "LACKS INPUTS", right: true}, {title: "LACKS CUSTOMERS", right: true}}}
		for _, x := range r.Victims {
			t.add(fine(x.Loss), x.ID, x.Name, fine(x.Downstream), fine(x.Upstream))
		}
		o.table(t)
	}
}

// part is a part that may be unknown.
func part(x *float64) string {
	if x == nil {
		return "unknown"
	}
	return fine(*x)
}

// fine prints a part with three digits that tell.
func fine(x float64) string {
	if x < 1e-12 { // rounding
		return "0%"
	}
	text := strconv.FormatFloat(100*x, 'f', 4, 64)
	switch {
	case x < 1e-6:
		return "<0.0001%"
	case x >= 0.1:
		text = strconv.FormatFloat(100*x, 'f', 1, 64)
	case x >= 0.001:
		text = strconv.FormatFloat(100*x, 'f', 2, 64)
	}
	return strings.TrimRight(strings.TrimRight(text, "0"), ".") + "%"
}

// errorText is a bound on an error; a tiny one is only told to be so.
func errorText(x *float64) string {
	switch {
	case x == nil:
		return ""
	case *x < 1e-6:
		return "<0.0001%"
	}
	return "±" + fine(*x)
}

// fileKeeper keeps scores in a folder, a file for each store and set of parameters.
type fileKeeper struct{ folder string }

// cache is where scores are kept; nil where the user has no such place. It is a file of the user's and not a part of
// the store, because scores are large, can be computed again, and a question should need no right to write.
func (p *program) cache() queries.SystemicKeeper {
	folder := p.env["XDG_CACHE_HOME"]
	if folder == "" && p.env["HOME"] != "" {
		folder = filepath.Join(p.env["HOME"], ".cache")
	}
	if folder == "" {
		return nil
	}
	return fileKeeper{filepath.Join(folder, "tributary")}
}

func (k fileKeeper) path(key string) string {
	hash := sha256.Sum256([]byte(key))
	return filepath.Join(k.folder, "esri-"+hex.EncodeToString(hash[:12]))
}

// Load is part of [queries.SystemicKeeper].
func (k fileKeeper) Load(key string) []byte {
	data, err := os.ReadFile(k.path(key))
	if err != nil {
		return nil
	}
	return data
}

// Save is part of [queries.SystemicKeeper]. What cannot be kept is computed again.
func (k fileKeeper) Save(key string, scores []byte) {
	if os.MkdirAll(k.folder, 0o700) != nil {
		return
	}
	f, err := os.CreateTemp(k.folder, "esri-*.tmp")
	if err != nil {
		return
	}
	_, err = f.Write(scores)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), k.path(key))
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
}
